#include "algorithms/06_dyna_style.hpp"

#include <doctest/doctest.h>

#include "check_run.hpp"

using namespace mbrl;

namespace test_dyna_style {

using namespace mbrl::dyna_style;

Config tiny() {
  Config config;
  config.initial_steps = 60, config.refit_every = 20;
  config.model.network.epochs = 3;
  config.learner.hidden_width = 16, config.learner.batch_size = 32;
  return config;
}

Dataset random_steps(const Env& env, int n) {
  Dataset B(env.spec.state_dim(), env.spec.action_dim());
  World world(env, Rng(1, "test"));
  Rng rng(2, "test");
  while (B.size() < n) {
    if (world.over()) world.reset();
    B.append(world.step(random_action(env.spec, rng)));
  }
  return B;
}

// How far the columns of x are from the nearest column of y.
Row distance(const Matrix& x, const Matrix& y) {
  Row d(x.cols());
  for (Index j = 0; j < x.cols(); ++j) d(j) = (y.colwise() - x.col(j)).colwise().norm().minCoeff();
  return d;
}

TEST_CASE("states come from the buffer, all of it or its recent part") {
  Workers workers(1);
  const auto env = make_env("pendulum");
  const Dataset B = random_steps(*env, 100);
  std::vector<Index> late, all;
  for (Index i = 0; i < 100; ++i) (i >= 70 ? late : all).push_back(i);
  all.insert(all.end(), late.begin(), late.end());
  for (const bool recent : {false, true}) {
    Config config = tiny();
    config.true_dynamics = true;
    config.states = recent ? "recent" : "all", config.recent = 30;
    config.learner.batch_size = 200;
    Agent agent(*env, config, 1);
    const Matrix s = agent.sample(B).s;
    CHECK(distance(s, B.s(all)).maxCoeff() == 0);
    CHECK((distance(s, B.s(late)).maxCoeff() == 0) == recent);
  }
}

TEST_CASE("actions come from the buffer, from the policy, or are random") {
  Workers workers(1);
  const auto env = make_env("pendulum");
  const Dataset B = random_steps(*env, 100);
  std::vector<Index> all;
  for (Index i = 0; i < 100; ++i) all.push_back(i);
  const auto pairs = [](const Matrix& s, const Matrix& a) { return stack(s, a); };
  for (const std::string actions : {"buffer", "policy", "random"}) {
    CAPTURE(actions);
    Config config = tiny();
    config.true_dynamics = true;
    config.actions = actions, config.more_steps = 2;
    config.learner.kind = "ddpg", config.learner.exploration_noise = 0;
    config.learner.batch_size = 400;
    Agent agent(*env, config, 1);
    const Batch past = agent.sample(B);
    const Matrix a = agent.choose(past);
    const Row from_buffer = distance(pairs(past.s, a), pairs(B.s(all), B.a(all)));
    CHECK((from_buffer.maxCoeff() == 0) == (actions == "buffer"));
    const bool of_policy = a.isApprox(agent.learner->act(past.s), Scalar(1e-4));
    CHECK(of_policy == (actions == "policy"));
    // The bulk of a uniform draw is far from 0: its mean square on [-2, 2] is 4/3.
    if (actions == "random") CHECK(std::abs(double(a.array().square().mean()) - 4.0 / 3) < 0.3);
    const Batch first = agent.simulate(past.s, a, workers);
    CHECK(first.s == past.s);
    CHECK(first.a == a);
    CHECK(first.s_next == env->dynamics(past.s, a));
    // 8. More steps are the policy's, from where the first one led.
    const auto more = agent.go_on(first, workers);
    REQUIRE(more.size() == 2);
    CHECK(more[0].s == first.s_next);
    CHECK(more[0].a.isApprox(agent.learner->act(more[0].s), Scalar(1e-4)));
    CHECK(more[1].s == more[0].s_next);
  }
}

TEST_CASE("more model-based steps are taken by what has not ended, and by nothing else") {
  Workers workers(1);
  const auto env = make_env("cartpole_balance");
  Config config = tiny();
  config.true_dynamics = true, config.more_steps = 1;
  Agent agent(*env, config, 1);
  Batch past = agent.sample(random_steps(*env, 100));
  past.s.row(2).leftCols(10).setConstant(3);  // ten poles that lie down
  const Batch first = agent.simulate(past.s, past.a, workers);
  REQUIRE(first.terminated.leftCols(10).all());
  const auto more = agent.go_on(first, workers);
  REQUIRE(more.size() == 1);
  CHECK(more[0].size() == (!first.terminated).count());
  CHECK_FALSE(env->terminated(more[0].s).any());
  past.s.row(2).setConstant(3);
  CHECK(agent.go_on(agent.simulate(past.s, past.a, workers), workers).empty());
}

TEST_CASE("K = 0 is the learner alone") {
  const auto env = make_env("pendulum");
  env->spec.max_steps = 40;
  Config with = tiny(), without = tiny();
  without.K = 0;
  without.model.kind = "D";  // which must not matter then
  const auto alone = returns_of(*env, without, dyna_style::run, quietly(3));
  without.model.kind = "PE";
  CHECK(alone == returns_of(*env, without, dyna_style::run, quietly(3)));
  CHECK(alone != returns_of(*env, with, dyna_style::run, quietly(3)));
}

TEST_CASE("real steps are followed by K updates, or more with more steps, and the real ones") {
  const auto env = make_env("pendulum");
  Config config = tiny();
  config.K = 3, config.more_steps = 1, config.real_updates = 2;
  RunOptions options = quietly(0);
  options.steps = 60 + 40;
  options.out = empty_folder("dyna-style-counts");
  Recorder record(options, env->spec, "test");
  env->spec.max_steps = 20;
  dyna_style::run(*env, config, record);
  double updates = 0;
  for (const double n : read_csv(options.out + "/learner.csv").column("updates")) updates += n;
  CHECK(updates == 40 * (2 + 3 * 2));
}

TEST_CASE("the Dyna-style recipe: the same seed gives the same returns on 1, 2 and 4 threads") {
  check_same_on_all_threads(tiny(), dyna_style::run);
}

TEST_CASE("the Dyna-style recipe: a loaded run acts as the policy that was saved") {
  check_loads(tiny(), dyna_style::run, dyna_style::load, true);
}

}  // namespace test_dyna_style
