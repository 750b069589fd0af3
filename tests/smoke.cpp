// Every algorithm on every environment that it accepts, very short: it runs, its numbers are
// finite, and what it leaves behind can be read.
#include <doctest/doctest.h>

#include <filesystem>

#include "algorithms/01_version_1_5.hpp"
#include "algorithms/02_pets.hpp"
#include "algorithms/03_version_2_0.hpp"
#include "algorithms/04_version_2_5.hpp"
#include "algorithms/05_version_3_0.hpp"
#include "algorithms/06_dyna_style.hpp"
#include "algorithms/07_mba.hpp"
#include "algorithms/08_mve.hpp"
#include "algorithms/09_mbpo.hpp"
#include "algorithms/baselines.hpp"
#include "algorithms/model_free.hpp"
#include "envs/all.hpp"
#include "report/run_folder.hpp"

using namespace mbrl;

namespace {

template <class Config, class Run>
void smoke(const std::string& algorithm, Config config, Run run) {
  for (const std::string& name : env_names()) {
    for (const double noise : {0.0, 0.3}) {
      CAPTURE(algorithm);
      CAPTURE(name);
      const auto env = make_env(name);
      env->process_noise = noise;
      env->spec.max_steps = 25;
      RunOptions options;
      options.steps = 100;
      options.episodes = 0;
      options.quiet = true;
      options.out = (std::filesystem::temp_directory_path() / "mbrl-test-smoke").string();
      std::filesystem::remove_all(options.out);
      std::filesystem::create_directories(options.out);
      Recorder record(options, env->spec, "test");
      run(*env, config, record);
      CHECK(record.env_steps() == 100);
      for (const double r : record.returns()) CHECK(std::isfinite(r));
      CHECK(read_csv(options.out + "/progress.csv").rows.size() >= 2);
    }
  }
}

PlannerConfig tiny_planner(const std::string& method) {
  PlannerConfig planner;
  planner.planner = method;
  planner.horizon = 5;
  planner.cem.candidates = 20;
  planner.cem.elites = 5;
  planner.cem.iterations = 2;
  return planner;
}

}  // namespace

TEST_CASE("version 1.5 runs on every environment") {
  for (const bool learned_reward : {false, true}) {
    version_1_5::Config config;
    config.initial_steps = 40;
    config.refit_every = 20;
    config.model.epochs = 2;
    config.model.learned_reward = learned_reward;
    config.planner = tiny_planner(learned_reward ? "random-shooting" : "cem");
    smoke("v1.5", config, version_1_5::run);
  }
}

TEST_CASE("random actions and the oracle run on every environment") {
  smoke("random", random_policy::Config{}, random_policy::run);
  smoke("oracle", oracle::Config{tiny_planner("cem")}, oracle::run);
}

TEST_CASE("PETS runs on every environment") {
  for (const bool learned_reward : {false, true}) {
    pets::Config config;
    config.initial_steps = 40;
    config.refit_every = 20;
    config.model.network.epochs = 2;
    config.model.network.learned_reward = learned_reward;
    config.model.ensemble.members = 3;
    config.model.ensemble.resample = learned_reward;
    config.propagation.score = learned_reward ? "pessimistic" : "expected";
    config.planner = tiny_planner("cem");
    smoke("pets", config, pets::run);
  }
}

TEST_CASE("version 2.0 runs on every environment") {
  for (const bool other : {false, true}) {
    version_2_0::Config config;
    config.initial_steps = 40;
    config.refit_every = 20;
    config.model.kind = other ? "PE" : "D";
    config.model.network.epochs = 2;
    config.model.network.learned_reward = other;
    config.stochastic = other;
    config.start = other ? "initial" : "visited";
    config.updates = 2, config.rollouts = 12, config.horizon = 5;
    smoke("v2.0", config, version_2_0::run);
  }
}

TEST_CASE("version 2.5 runs on every environment") {
  for (const bool other : {false, true}) {
    version_2_5::Config config;
    config.initial_steps = 40;
    config.refit_every = 20;
    config.model.kind = other ? "PE" : "D";
    config.model.network.epochs = 2;
    config.model.network.learned_reward = other;
    config.start = other ? "visited" : "initial";
    config.updates = 4, config.check_every = 2, config.rollouts = 12, config.horizon = 5;
    smoke("v2.5", config, version_2_5::run);
  }
}

namespace {

// What every algorithm with a learner is told, to be done soon.
template <class Config>
Config tiny_learner(const std::string& kind) {
  Config config;
  config.initial_steps = 40;
  config.learner.kind = kind;
  config.learner.hidden_width = 8, config.learner.batch_size = 8;
  config.updates_per_step = 1;
  return config;
}

template <class Config>
Config tiny_model_and_learner(const std::string& kind, bool other) {
  Config config = tiny_learner<Config>(kind);
  config.refit_every = 20;
  config.model.network.epochs = 2;
  config.model.network.learned_reward = other;
  return config;
}

}  // namespace

TEST_CASE("the model-free learners run on every environment") {
  for (const char* kind : {"sac", "ddpg", "naf"})
    smoke(kind, tiny_learner<model_free::Config>(kind), model_free::run);
}

TEST_CASE("version 3.0 runs on every environment") {
  for (const bool other : {false, true}) {
    auto config = tiny_model_and_learner<version_3_0::Config>(other ? "ddpg" : "sac", other);
    config.rollouts = 10, config.rollout_length = other ? 5 : 1;
    config.model.kind = other ? "PE" : "D";
    smoke("v3.0", config, version_3_0::run);
  }
}

TEST_CASE("the Dyna-style recipe runs on every environment") {
  for (const bool other : {false, true}) {
    dyna_style::Config config;
    config.initial_steps = 40, config.refit_every = 20;
    config.model.network.epochs = 2;
    config.model.network.learned_reward = other;
    config.learner.hidden_width = 8, config.learner.batch_size = 8;
    config.K = 1, config.more_steps = other ? 2 : 0;
    config.actions = other ? "random" : "buffer", config.states = other ? "recent" : "all";
    smoke("dyna-style", config, dyna_style::run);
  }
}

TEST_CASE("MBA runs on every environment") {
  for (const bool other : {false, true}) {
    mba::Config config = tiny_learner<mba::Config>("naf");
    config.model.network.epochs = 2;
    config.refit_episodes = 1, config.rollouts = 10;
    config.imagine_with = other ? "network" : "linear";
    smoke("mba", config, mba::run);
  }
}

TEST_CASE("MVE runs on every environment") {
  for (const bool other : {false, true}) {
    auto config = tiny_model_and_learner<mve::Config>("ddpg", other);
    config.td_k = !other;
    smoke("mve", config, mve::run);
  }
}

TEST_CASE("MBPO runs on every environment") {
  for (const bool other : {false, true}) {
    auto config = tiny_model_and_learner<mbpo::Config>("sac", other);
    config.rollouts_per_step = 2;
    config.schedule.first_length = other ? 5 : 1;
    smoke("mbpo", config, mbpo::run);
  }
}
