#include "algorithms/03_version_2_0.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"
#include "envs/point_mass.hpp"
#include "planning/lqr.hpp"
#include "short_run.hpp"

using namespace mbrl;

namespace test_version_2_0 {

version_2_0::Config tiny() {
  version_2_0::Config config;
  config.initial_steps = 60;
  config.refit_every = 20;
  config.model.network.epochs = 3;
  config.updates = 3, config.rollouts = 12, config.horizon = 5;
  return config;
}

std::vector<double> returns_of(const Env& env, const version_2_0::Config& config,
                               const RunOptions& options) {
  Recorder record(options, env.spec, "test");
  version_2_0::run(env, config, record);
  return record.returns();
}

TEST_CASE("the imagined return is the sum of the rewards of a rollout, step by step") {
  for (const char* name : {"pendulum", "cartpole_balance", "cliff"}) {
    CAPTURE(name);
    const auto env = make_env(name);
    env->spec.after_termination = -3;
    version_2_0::Config config = tiny();
    config.true_dynamics = true;
    version_2_0::Agent agent(*env, config, 1);
    agent.pi.net.layers.back().b.setConstant(1);  // so that something happens
    Rng rng(1, "test");
    constexpr int H = 40, B = 4;
    Matrix s(env->spec.state_dim(), B);
    for (Index j = 0; j < B; ++j) s.col(j) = env->reset(rng);
    std::vector<Matrix> eps;
    for (int t = 0; t < H; ++t) eps.push_back(rng.normal(env->spec.action_dim(), B));

    Tape tape;
    const Var total = version_2_0::imagined_return(*env, agent.dynamics({}, {}),
                                                   on_tape(tape, agent.pi), tape.constant(s), eps);
    for (Index j = 0; j < B; ++j) {
      double sum = 0;
      bool over = false;
      Matrix x = s.col(j);
      for (int t = 0; t < H; ++t) {
        const Matrix u = sample_u(*env, agent.pi, x, eps[std::size_t(t)].col(j));
        const Matrix a = squash(env->spec, u), x_next = env->dynamics(x, a);
        sum += over ? -3 : double(env->reward(x, a, x_next)(0));
        over = over || env->terminated(x_next)(0);
        x = x_next;
      }
      CHECK(double(total.value()(0, j)) == doctest::Approx(sum).epsilon(1e-3).scale(0));
    }
  }
}

TEST_CASE("on point_mass the policy is within 2 % of the linear-quadratic optimum") {
  const PointMass task;
  const auto env = make_env("point_mass");
  version_2_0::Config config;
  config.start = "initial", config.horizon = 50, config.updates = 1500;
  config.trainer.learning_rate = 1e-2;
  config.refit_every = 50;
  version_2_0::Agent agent(*env, config, 1);
  Dataset D(4, 2);
  World world(*env, Rng(1, "test"));
  Rng rng(2, "test");
  while (D.size() < 200) {
    D.append(world.step(random_action(env->spec, rng)));
    if (world.over()) world.reset();
  }
  Workers workers(2);
  agent.model.fit(D, workers);
  for (int k = 0; k < config.updates; ++k)
    agent.improve(agent.starts(D, config.start, 100), workers);

  // The cost of the policy and of the optimum, from the same 200 starts.
  const LqrSolution best = lqr(task.A, task.B, task.Q, task.R, 50);
  double cost = 0, least = 0;
  for (int i = 0; i < 200; ++i) {
    Vector s = env->reset(rng);
    least += double(s.dot(best.P[0] * s));
    for (int t = 0; t < 50; ++t) {
      const Vector a = agent.act(s), s_next = env->dynamics(s, a);
      cost -= double(env->reward(s, a, s_next)(0));
      s = s_next;
    }
  }
  MESSAGE("cost / least cost = ", cost / least);
  CHECK(cost >= least);
  CHECK(cost < 1.02 * least);
}

TEST_CASE("the same seed gives the same returns, to the bit, on 1, 2 and 4 threads") {
  for (const char* kind : {"D", "PE"}) {
    version_2_0::Config config = tiny();
    config.model.kind = kind;
    config.stochastic = true;
    const auto env = make_env("pendulum");
    env->spec.max_steps = 40;
    const auto one = returns_of(*env, config, quietly(2, 1));
    CHECK(one == returns_of(*env, config, quietly(2, 2)));
    CHECK(one == returns_of(*env, config, quietly(2, 4)));
  }
}

TEST_CASE("version 2.0 swings up the pendulum within 8 episodes") {
  const auto env = make_env("pendulum");
  const auto returns = returns_of(*env, {}, quietly(8));
  CHECK(*std::max_element(returns.end() - 3, returns.end()) > -300);  // random: -1200
}

TEST_CASE("a loaded run acts as the policy that was saved") {
  const auto env = make_env("pendulum");
  env->spec.max_steps = 40;
  RunOptions options = quietly(1);
  options.out = empty_folder("v2.0-load");
  Recorder record(options, env->spec, "test");
  version_2_0::run(*env, tiny(), record);
  Workers workers(1);
  Archive last(options.out + "/checkpoint.bin"), first(options.out + "/first.bin");
  const Vector s{{Scalar(1), Scalar(0)}};
  const Vector a = version_2_0::load(*env, tiny(), 1, workers, last).act(s);
  CHECK(a != version_2_0::load(*env, tiny(), 1, workers, first).act(s));
  Archive again(options.out + "/checkpoint.bin");
  CHECK(a == version_2_0::load(*env, tiny(), 7, workers, again).act(s));  // whatever the seed
}

}  // namespace test_version_2_0
