#include "algorithms/02_pets.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"
#include "short_run.hpp"

using namespace mbrl;

namespace test_pets {

pets::Config tiny() {
  pets::Config config;
  config.initial_steps = 60;
  config.refit_every = 20;
  config.model.network.epochs = 3;
  config.model.ensemble.members = 3;
  config.propagation.particles = 4;
  config.planner.horizon = 6;
  config.planner.cem.candidates = 120;
  config.planner.cem.iterations = 2;
  return config;
}

std::vector<double> returns_of(const std::string& env_name, const pets::Config& config,
                               const RunOptions& options) {
  const auto env = make_env(env_name);
  Recorder record(options, env->spec, "test");
  pets::run(*env, config, record);
  return record.returns();
}

TEST_CASE("PETS balances the pole in its first trial, where random actions fall after 27 steps") {
  CHECK(returns_of("cartpole_balance", {}, quietly(1)).back() >= 150);
}

TEST_CASE("every cell of the ablation runs") {
  for (const char* model : {"D", "P", "DE", "PE", "BBB", "dropout"})
    for (const char* propagation : {"E", "DS", "MM", "TS1", "TSinf"}) {
      CAPTURE(model);
      CAPTURE(propagation);
      pets::Config config = tiny();
      config.model.kind = model;
      config.propagation.propagation = propagation;
      RunOptions options = quietly(0);
      options.steps = 80;
      const auto env = make_env("cartpole_balance");
      env->spec.max_steps = 15;
      Recorder record(options, env->spec, "test");
      pets::run(*env, config, record);
      CHECK(record.env_steps() == 80);
    }
}

TEST_CASE("the letters of the model: E is an ensemble, P says how noisy the world is") {
  const auto env = make_env("pendulum");
  const auto members_and_noise = [&](const char* kind) {
    pets::Config config = tiny();
    config.model.kind = kind;
    const UncertainModel model = make_uncertain_model(*env, config.model, 1);
    Rng rng(1, "test");
    return std::pair(model.size_or(0), model.sample(1, rng)[0].noise == Noise::learned);
  };
  CHECK(members_and_noise("D") == std::pair(1, false));
  CHECK(members_and_noise("P") == std::pair(1, true));
  CHECK(members_and_noise("DE") == std::pair(3, false));
  CHECK(members_and_noise("PE") == std::pair(3, true));
}

TEST_CASE("the same seed gives the same returns, to the bit, on 1, 2 and 4 threads") {
  for (const char* propagation : {"TSinf", "DS"}) {
    pets::Config config = tiny();
    config.propagation.propagation = propagation;
    const auto one = returns_of("pendulum", config, quietly(1, 1));
    CHECK(one == returns_of("pendulum", config, quietly(1, 2)));
    CHECK(one == returns_of("pendulum", config, quietly(1, 4)));
  }
}

TEST_CASE("a loaded run acts as the agent that was saved, and imagines with its model") {
  const auto env = make_env("pendulum");
  RunOptions options = quietly(1);
  options.out = empty_folder("pets-load");
  Recorder record(options, env->spec, "test");
  pets::run(*env, tiny(), record);
  Workers workers(2);
  std::vector<Vector> actions;
  for (int i = 0; i < 2; ++i) {
    Archive archive(options.out + "/checkpoint.bin");
    const Policy policy = pets::load(*env, tiny(), 1, workers, archive);
    actions.push_back(policy.act(Vector{{Scalar(1), Scalar(0)}}));
    const auto states = policy.imagine(Vector{{Scalar(1), Scalar(0)}}, Vector::Zero(9), 50);
    REQUIRE(states.size() == 9);
    CHECK(states[8].rows() == 2);
    CHECK(states[8].cols() == 50);
    CHECK(states[8].col(0) != states[8].col(1));
  }
  CHECK(actions[0] == actions[1]);
}

TEST_CASE("writing a run folder, with promised and real returns, does not change the run") {
  RunOptions written = quietly(1);
  written.out = empty_folder("pets-same");
  CHECK(returns_of("pendulum", tiny(), written) == returns_of("pendulum", tiny(), quietly(1)));
  const Csv plans = read_csv(written.out + "/plans.csv");
  CHECK(plans.rows.size() == 20);  // every tenth of 200 steps
}

}  // namespace test_pets
