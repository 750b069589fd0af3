// The learning bands: whole runs on several seeds, which a random policy misses. `make learn`,
// about an hour; `make learn ONLY='the oracle*'` for some of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "algorithms/01_version_1_5.hpp"
#include "algorithms/02_pets.hpp"
#include "algorithms/04_version_2_5.hpp"
#include "algorithms/05_version_3_0.hpp"
#include "algorithms/07_mba.hpp"
#include "algorithms/09_mbpo.hpp"
#include "algorithms/baselines.hpp"
#include "algorithms/model_free.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace {

template <class Config, class Run>
std::vector<double> returns_of(const std::string& env_name, const Config& config, Run run, int seed,
                               int episodes) {
  const auto env = make_env(env_name);
  RunOptions options;
  options.seed = seed;
  options.episodes = episodes;
  options.quiet = true;
  Recorder record(options, env->spec, "learning");
  run(*env, config, record);
  std::printf("%s, seed %d:", env_name.c_str(), seed);
  for (const double r : record.returns()) std::printf(" %.1f", r);
  std::printf("\n");
  std::fflush(stdout);
  return record.returns();
}

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += value;
  return sum / double(x.size());
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return x.size() % 2 ? x[x.size() / 2] : (x[x.size() / 2 - 1] + x[x.size() / 2]) / 2;
}

// A run of so many real steps: every episode's return as the policy acted, one evaluation of 40
// episodes without exploration at the end, and how long it all took.
struct StepsRun {
  std::vector<double> returns;
  double evaluation, seconds;
};

template <class Config, class Run>
StepsRun steps_of(const std::string& env_name, const Config& config, Run run, int seed, int steps) {
  const auto env = make_env(env_name);
  RunOptions options;
  options.seed = seed;
  options.episodes = 0;
  options.steps = options.evaluate_every = steps;
  options.evaluate_episodes = 40;
  options.quiet = true;
  Recorder record(options, env->spec, "learning");
  const auto start = std::chrono::steady_clock::now();
  run(*env, config, record);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  REQUIRE(record.evaluations().size() == 1);
  const StepsRun result{record.returns(), record.evaluations()[0], taken.count()};
  std::printf("%s, seed %d: last 5 episodes", env_name.c_str(), seed);
  for (std::size_t i = result.returns.size() - 5; i < result.returns.size(); ++i)
    std::printf(" %.1f", result.returns[i]);
  std::printf(", evaluation %.1f, %.0f s\n", result.evaluation, result.seconds);
  std::fflush(stdout);
  return result;
}

// The mean over seeds 1 to 5 of the evaluation after 20,000 real steps.
double evaluation_of(const std::string& learner, const std::string& env) {
  double sum = 0;
  for (int seed = 1; seed <= 5; ++seed) {
    const StepsRun run = steps_of(env, model_free::with(learner), model_free::run, seed, 20000);
    CHECK(run.seconds < 5 * 60);
    sum += run.evaluation;
  }
  return sum / 5;
}

oracle::Config oracle_with(int candidates, int iterations, int horizon) {
  oracle::Config config;
  config.planner.cem.candidates = candidates;
  config.planner.cem.iterations = iterations;
  config.planner.horizon = horizon;
  return config;
}

}  // namespace

TEST_CASE("the oracle swings up the cart-pole: at least 178 over 10 episodes") {
  CHECK(mean(returns_of("cartpole_swingup", oracle_with(400, 5, 25), oracle::run, 1, 10)) >= 178);
}

TEST_CASE("the oracle swings up the pendulum: at least -175 over 40 episodes") {
  CHECK(mean(returns_of("pendulum", oracle_with(400, 5, 25), oracle::run, 1, 40)) >= -175);
}

TEST_CASE("the oracle balances the pole: at least 195 over 10 episodes") {
  CHECK(mean(returns_of("cartpole_balance", oracle_with(350, 5, 15), oracle::run, 1, 10)) >= 195);
}

TEST_CASE("the oracle walks around the obstacles: at least -16 over 200 episodes") {
  CHECK(mean(returns_of("obstacles", oracle_with(200, 4, 10), oracle::run, 1, 200)) >= -16);
}

TEST_CASE(
    "version 1.5, pendulum, 5 seeds: the median return of episodes 8 to 10 is at least -250") {
  std::vector<double> late;
  for (int seed = 1; seed <= 5; ++seed) {
    const auto returns = returns_of("pendulum", version_1_5::Config{}, version_1_5::run, seed, 10);
    late.insert(late.end(), returns.end() - 3, returns.end());
  }
  CHECK(median(late) >= -250);
}

TEST_CASE("version 1.5, cartpole_balance: at least 180 within 10 episodes in 4 of 5 seeds") {
  int reached = 0;
  for (int seed = 1; seed <= 5; ++seed) {
    const auto returns =
        returns_of("cartpole_balance", version_1_5::Config{}, version_1_5::run, seed, 10);
    reached += *std::max_element(returns.begin(), returns.end()) >= 180;
  }
  CHECK(reached >= 4);
}

TEST_CASE("PETS, pendulum, 5 seeds: the median return of trials 6 to 10 is at least -200") {
  std::vector<double> late;
  for (int seed = 1; seed <= 5; ++seed) {
    const auto returns = returns_of("pendulum", pets::Config{}, pets::run, seed, 10);
    late.insert(late.end(), returns.end() - 5, returns.end());
  }
  CHECK(median(late) >= -200);
}

TEST_CASE("PETS, cartpole_balance, 5 seeds: at least 195 in 4 of the last 5 of 10 trials") {
  for (int seed = 1; seed <= 5; ++seed) {
    const auto returns = returns_of("cartpole_balance", pets::Config{}, pets::run, seed, 10);
    CHECK(std::count_if(returns.end() - 5, returns.end(), [](double r) { return r >= 195; }) >= 4);
  }
}

TEST_CASE("PETS, cartpole_swingup: at least 160 within 15 trials in 5 of 5 seeds, then 170") {
  for (int seed = 1; seed <= 5; ++seed) {
    const auto returns = returns_of("cartpole_swingup", pets::Config{}, pets::run, seed, 15);
    CHECK(*std::max_element(returns.begin(), returns.end()) >= 160);
    CHECK(mean({returns.end() - 5, returns.end()}) >= 170);
  }
}

TEST_CASE("version 2.5, cartpole_balance, 5 seeds: median at least 190 within 3,000 real steps") {
  std::vector<double> late;
  for (int seed = 1; seed <= 5; ++seed) {
    const auto returns =
        returns_of("cartpole_balance", version_2_5::Config{}, version_2_5::run, seed, 14);
    late.insert(late.end(), returns.end() - 3, returns.end());
  }
  CHECK(median(late) >= 190);
}

TEST_CASE(
    "version 2.5, pendulum, 5 seeds: last 3 episodes of 2,200 steps at least -200, median -180") {
  std::vector<double> late;
  for (int seed = 1; seed <= 5; ++seed) {
    const auto returns =  // 10 episodes after 200 random steps
        returns_of("pendulum", version_2_5::Config{}, version_2_5::run, seed, 10);
    late.push_back(mean({returns.end() - 3, returns.end()}));
    CHECK(late.back() >= -200);
  }
  CHECK(median(late) >= -180);
}

TEST_CASE("version 2.5, cartpole_swingup: last 3 of 4,000 steps at least 150 in 4 of 5 seeds") {
  int reached = 0;
  for (int seed = 1; seed <= 5; ++seed) {
    const auto returns =  // 19 episodes after 200 random steps
        returns_of("cartpole_swingup", version_2_5::Config{}, version_2_5::run, seed, 19);
    reached += mean({returns.end() - 3, returns.end()}) >= 150;
  }
  CHECK(reached >= 4);
}

TEST_CASE("SAC, pendulum, 5 seeds: evaluated after 20,000 steps at least -170, within 5 minutes") {
  CHECK(evaluation_of("sac", "pendulum") >= -170);
}

TEST_CASE("DDPG, pendulum, 5 seeds: evaluated after 20,000 steps at least -180") {
  CHECK(evaluation_of("ddpg", "pendulum") >= -180);
}

TEST_CASE("SAC, inverted_pendulum, 5 seeds: evaluated after 20,000 steps at least 950") {
  CHECK(evaluation_of("sac", "inverted_pendulum") >= 950);
}

TEST_CASE("MBPO, pendulum: last 5 of 3,000 steps at least -200 in 4 of 5 seeds, within 4 minutes") {
  int reached = 0;
  for (int seed = 1; seed <= 5; ++seed) {
    const StepsRun run = steps_of("pendulum", mbpo::Config{}, mbpo::run, seed, 3000);
    reached += mean({run.returns.end() - 5, run.returns.end()}) >= -200;
    CHECK(run.seconds < 4 * 60);
  }
  CHECK(reached >= 4);
}

TEST_CASE("MBPO, inverted_pendulum: evaluated after 5,000 steps at least 950 in 4 of 5 seeds") {
  int reached = 0;
  for (int seed = 1; seed <= 5; ++seed)
    reached +=
        steps_of("inverted_pendulum", mbpo::Config{}, mbpo::run, seed, 5000).evaluation >= 950;
  CHECK(reached >= 4);
}

TEST_CASE(
    "version 3.0, cartpole_swingup: evaluated after 5,000 steps at least 150 in 4 of 5 seeds") {
  int reached = 0;
  for (int seed = 1; seed <= 5; ++seed)
    reached += steps_of("cartpole_swingup", version_3_0::Config{}, version_3_0::run, seed, 5000)
                   .evaluation >= 150;
  CHECK(reached >= 4);
}

TEST_CASE("MBA, pendulum: five good episodes begin within 1,900 steps in 5 of 5 seeds") {
  for (int seed = 1; seed <= 5; ++seed) {
    const std::vector<double> returns =  // of 200 steps each, after 200 random ones
        steps_of("pendulum", mba::Config{}, mba::run, seed, 2900).returns;
    bool good = false;
    for (std::size_t first = 0; first + 5 <= returns.size() && 200 * (first + 1) <= 1900; ++first)
      good = good || mean({returns.begin() + std::ptrdiff_t(first),
                           returns.begin() + std::ptrdiff_t(first) + 5}) >= -200;
    CHECK(good);
  }
}

TEST_CASE("MBA, cartpole_swingup: evaluated after 5,000 steps at least 150 in 5 of 5 seeds") {
  for (int seed = 1; seed <= 5; ++seed)
    CHECK(steps_of("cartpole_swingup", mba::Config{}, mba::run, seed, 5000).evaluation >= 150);
}
