// The learning bands: whole runs on several seeds, which a random policy misses. `make learn`,
// about half an hour; `make learn ONLY='the oracle*'` for some of them.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>

#include "algorithms/01_version_1_5.hpp"
#include "algorithms/02_pets.hpp"
#include "algorithms/04_version_2_5.hpp"
#include "algorithms/baselines.hpp"
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
