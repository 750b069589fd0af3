#include "algorithms/05_version_3_0.hpp"

#include <doctest/doctest.h>

#include "check_run.hpp"

using namespace mbrl;

namespace test_version_3_0 {

version_3_0::Config tiny() {
  version_3_0::Config config;
  config.initial_steps = 60, config.refit_every = 20;
  config.model.network.epochs = 3;
  config.rollouts = 50, config.rollout_length = 2, config.updates_per_step = 1;
  config.learner.hidden_width = 16, config.learner.batch_size = 32;
  return config;
}

TEST_CASE("version 3.0: the same seed gives the same returns on 1, 2 and 4 threads") {
  for (const char* learner : {"sac", "ddpg"}) {
    version_3_0::Config config = tiny();
    config.learner.kind = learner;
    check_same_on_all_threads(config, version_3_0::run);
  }
}

TEST_CASE("version 3.0: a loaded run acts as the policy that was saved, and imagines") {
  check_loads(tiny(), version_3_0::run, version_3_0::load, true);
}

TEST_CASE("version 3.0 balances the pole within 15 episodes") {
  version_3_0::Config config;
  config.learner.hidden_width = 64;
  const auto env = make_env("cartpole_balance");
  const auto returns = returns_of(*env, config, version_3_0::run, quietly(15));
  CHECK(*std::max_element(returns.begin(), returns.end()) > 150);  // random: 27
}

}  // namespace test_version_3_0
