#include "algorithms/01_version_1_5.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "envs/all.hpp"
#include "short_run.hpp"

using namespace mbrl;

namespace test_version_1_5 {

// Small enough to run in a moment, large enough to pass through every step of the slide.
version_1_5::Config tiny() {
  version_1_5::Config config;
  config.initial_steps = 60;
  config.refit_every = 20;
  config.model.epochs = 3;
  config.planner.horizon = 8;
  config.planner.cem.candidates = 300;
  config.planner.cem.iterations = 2;
  return config;
}

std::vector<double> returns_of(const std::string& env_name, const version_1_5::Config& config,
                               const RunOptions& options) {
  const auto env = make_env(env_name);
  Recorder record(options, env->spec, "test");
  version_1_5::run(*env, config, record);
  return record.returns();
}

TEST_CASE("version 1.5 swings the pendulum up in its first episodes, where random actions fail") {
  const std::vector<double> returns = returns_of("pendulum", {}, quietly(2));
  REQUIRE(returns.size() == 2);
  for (const double r : returns) CHECK(r > -550);  // random actions: -1231 +- 286
}

TEST_CASE("the same seed gives the same returns, to the bit, on 1, 2 and 4 threads") {
  const auto one = returns_of("cartpole_swingup", tiny(), quietly(1, 1));
  CHECK(one == returns_of("cartpole_swingup", tiny(), quietly(1, 2)));
  CHECK(one == returns_of("cartpole_swingup", tiny(), quietly(1, 4)));
  RunOptions other = quietly(1);
  other.seed = 2;
  CHECK(one != returns_of("cartpole_swingup", tiny(), other));
}

TEST_CASE("writing a run folder does not change the run") {
  RunOptions written = quietly(2);
  written.out = empty_folder("same-run");
  written.record = true;
  CHECK(returns_of("pendulum", tiny(), written) == returns_of("pendulum", tiny(), quietly(2)));
}

TEST_CASE("progress.csv holds every finished episode, and transitions.csv every step") {
  RunOptions options = quietly(0);
  options.steps = 500;
  options.out = empty_folder("csv");
  options.record = true;
  const auto env = make_env("cartpole_balance");
  Recorder record(options, env->spec, "test");
  version_1_5::run(*env, tiny(), record);

  const Csv transitions = read_csv(options.out + "/transitions.csv");
  CHECK(transitions.rows.size() == 500);
  // Replay every transition: the file alone is enough to check the environment.
  double largest = 0;
  for (std::size_t r = 0; r < transitions.rows.size(); ++r) {
    Matrix s(4, 1), s_next(4, 1), a(1, 1);
    for (Index i = 0; i < 4; ++i) {
      s(i) = static_cast<Scalar>(transitions.number(r, "s_" + std::to_string(i)));
      s_next(i) = static_cast<Scalar>(transitions.number(r, "s_next_" + std::to_string(i)));
    }
    a(0) = static_cast<Scalar>(transitions.number(r, "a_0"));
    largest = std::max(largest, double((env->dynamics(s, a) - s_next).cwiseAbs().maxCoeff()));
    CHECK(transitions.number(r, "terminated") == double(env->terminated(s_next)(0)));
  }
  CHECK(largest < 1e-6);

  const Csv progress = read_csv(options.out + "/progress.csv");
  double steps_in_episodes = 0;
  for (const double length : progress.column("length")) steps_in_episodes += length;
  CHECK(steps_in_episodes <= 500);
  CHECK(progress.words("phase").front() == "base");
  CHECK(read_csv(options.out + "/model.csv").rows.size() == 22);  // (500 - 60) / 20
}

TEST_CASE("a budget in steps is kept exactly, whichever phase it ends in") {
  for (const int steps : {1, 59, 60, 61, 85}) {
    RunOptions options = quietly(0);
    options.steps = steps;
    const auto env = make_env("point_mass");
    Recorder record(options, env->spec, "test");
    version_1_5::run(*env, tiny(), record);
    CHECK(record.env_steps() == steps);
  }
}

TEST_CASE("a loaded run acts as the agent that was saved") {
  const auto env = make_env("pendulum");
  RunOptions options = quietly(1);
  options.out = empty_folder("load");
  Recorder record(options, env->spec, "test");
  version_1_5::run(*env, tiny(), record);
  Workers workers(1);
  std::vector<Vector> actions;
  for (int i = 0; i < 2; ++i) {
    Archive archive(options.out + "/checkpoint.bin");
    const Policy policy = version_1_5::load(*env, tiny(), 1, workers, archive);
    actions.push_back(policy.act(Vector{{Scalar(1), Scalar(0)}}));
  }
  CHECK(actions[0] == actions[1]);
  version_1_5::Config wider = tiny();
  wider.model.hidden_width = 65;
  Archive archive(options.out + "/checkpoint.bin");
  CHECK_THROWS_AS(version_1_5::load(*env, wider, 1, workers, archive), UserError);
}

TEST_CASE("a run stops at the first step after an interruption, and keeps what it has") {
  const auto env = make_env("pendulum");
  RunOptions options = quietly(10);
  options.out = empty_folder("interrupt");
  int asked = 0;
  Recorder record(options, env->spec, "test", [&] { return ++asked > 150; });
  version_1_5::run(*env, tiny(), record);
  CHECK(record.was_interrupted());
  CHECK(record.env_steps() <= 150);
  CHECK(std::filesystem::exists(options.out + "/checkpoint.bin"));
}

TEST_CASE("learning the reward instead of knowing it still swings the pendulum up") {
  version_1_5::Config config;
  config.model.learned_reward = true;
  config.initial_steps = 400;
  const std::vector<double> returns = returns_of("pendulum", config, quietly(1));
  CHECK(returns.back() > -600);
}

}  // namespace test_version_1_5
