#include "algorithms/07_mba.hpp"

#include <doctest/doctest.h>

#include "algorithms/model_free.hpp"
#include "check_run.hpp"

using namespace mbrl;

namespace test_mba {

using namespace mbrl::mba;

Config tiny() {
  Config config;
  config.initial_steps = 80;
  config.refit_episodes = 1;
  config.model.network.epochs = 3, config.imagine_with = "linear";
  config.rollouts = 20, config.rollout_length = 3;
  config.updates_per_step = 1;
  config.learner.hidden_width = 16, config.learner.batch_size = 32;
  return config;
}

// An agent that has seen some episodes of a task.
void live(Agent& agent, const Env& env, int episodes) {
  World world(env, Rng(1, "test"));
  Rng rng(2, "test");
  for (int k = 0; k < episodes; ++k) {
    Dataset episode(env.spec.state_dim(), env.spec.action_dim());
    for (world.reset(); !world.over();) episode.append(world.step(random_action(env.spec, rng)));
    agent.episodes.push_back(episode.all());
  }
}

TEST_CASE("switched off it is plain NAF, to the bit") {
  const auto env = make_env("pendulum");
  env->spec.max_steps = 40;
  Config config = tiny();
  config.imagination_episodes = 0;
  model_free::Config plain = model_free::with("naf");
  plain.initial_steps = config.initial_steps;
  plain.learner = config.learner, plain.updates_per_step = config.updates_per_step;
  const auto off = returns_of(*env, config, mba::run, quietly(4));
  CHECK(off == returns_of(*env, plain, model_free::run, quietly(4)));
  CHECK(off != returns_of(*env, tiny(), mba::run, quietly(4)));
}

TEST_CASE("after so many episodes imagination stops") {
  const auto env = make_env("pendulum");
  env->spec.max_steps = 20;
  Config config = tiny(), off = config;
  config.initial_steps = off.initial_steps = 20;
  off.imagination_episodes = 2;
  const Agent agent(*env, off, 1);
  CHECK(agent.real_ratio(0) == 0.5);
  CHECK(agent.real_ratio(1) == 0.5);
  CHECK(agent.real_ratio(2) == 1);
  // Nothing is imagined before the first episode has ended; from the end of the second on nothing
  // again, so that the third is another one.
  const auto on_returns = returns_of(*env, config, mba::run, quietly(5));
  const auto off_returns = returns_of(*env, off, mba::run, quietly(5));
  REQUIRE(off_returns.size() >= 3);
  for (const std::size_t episode : {0, 1}) CHECK(on_returns[episode] == off_returns[episode]);
  CHECK(on_returns[2] != off_returns[2]);
}

TEST_CASE("B30: with linear models too an imagined end is there once, and nothing after it") {
  Workers workers(1);
  const auto env = make_env("cartpole_balance");
  Config config = tiny();
  config.rollouts = 200, config.rollout_length = 40;
  Agent agent(*env, config, 1);
  live(agent, *env, 6);
  agent.linear.fit(agent.recent());
  agent.imagine(workers);
  const Batch made = agent.imagined.all();
  CHECK((made.terminated == env->terminated(made.s_next)).all());
  CHECK(made.terminated.any());
  CHECK_FALSE(env->terminated(made.s).any());
  CHECK_FALSE(made.truncated.any());
}

TEST_CASE("rollouts begin at states of the recent episodes, and go no further than the model") {
  Workers workers(1);
  const auto env = make_env("pendulum");
  env->spec.max_steps = 10;
  Config config = tiny();
  config.recent_episodes = 2, config.rollouts = 300;
  Agent agent(*env, config, 1);
  live(agent, *env, 5);
  CHECK(agent.recent().size() == 2);
  agent.linear.fit(agent.recent());
  CHECK(agent.linear.length() == 10);
  agent.imagine(workers);
  const Batch made = agent.imagined.all();
  int starts = 0;
  for (Index j = 0; j < 300; ++j)
    for (const Batch& episode : agent.recent())
      starts += (episode.s.colwise() - made.s.col(j)).colwise().norm().minCoeff() == 0;
  CHECK(starts == 300);
  // From t = 8 there are two steps, from t = 9 one, else three.
  CHECK(made.size() < 900);
  CHECK(made.size() > 900 - 2 * 300 / 2);
}

TEST_CASE("MBA: the same seed gives the same returns on 1, 2 and 4 threads") {
  check_same_on_all_threads(tiny(), mba::run);
}

TEST_CASE("MBA: a loaded run acts as the policy that was saved") {
  for (const char* with : {"linear", "network"}) {
    Config config = tiny();
    config.imagine_with = with;
    check_loads(config, mba::run, mba::load, false);
  }
}

}  // namespace test_mba
