#include "algorithms/08_mve.hpp"

#include <doctest/doctest.h>

#include "check_run.hpp"

using namespace mbrl;

namespace test_mve {

using namespace mbrl::mve;

Config tiny() {
  Config config;
  config.initial_steps = 60, config.refit_every = 20;
  config.model.network.epochs = 3;
  config.horizon = 2;
  config.learner.hidden_width = 16, config.learner.batch_size = 32;
  return config;
}

// A chain: from s one step goes to s + 1, pays 10^s, and the world ends at `end`.
struct Chain {
  Scalar end = 1000;

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "chain";
    spec.state_names = {"s"};
    spec.action_low = Vector::Constant(1, -1), spec.action_high = Vector::Constant(1, 1);
    spec.terminates = true;
    spec.noise_scale = Vector::Zero(1);
    return spec;
  }
  template <class M>
  M dynamics(const M& s, const M&) const {
    return stack(row(s, 0) + Scalar(1));
  }
  Row reward(const Matrix& s, const Matrix&, const Matrix&) const {
    return s.array().row(0).unaryExpr([](Scalar x) { return std::pow(Scalar(10), x); });
  }
  Var reward(const Var& s, const Var&, const Var&) const { return row(s, 0); }
  Mask terminated(const Matrix& s_next) const { return s_next.row(0).array() >= end; }
  template <class M>
  M features(const M& s) const {
    return s;
  }
  Vector reset(Rng&) const { return Vector::Zero(1); }
  Drawing draw(const Vector&) const { return {}; }
};

// What is imagined after the real step from state 0, and the targets if V' is 1 everywhere.
std::vector<double> targets(const Env& env, int H) {
  const Matrix s = Matrix::Zero(1, 1), a = Matrix::Zero(1, 1), s_next = env.dynamics(s, a);
  const Batch real{s, a, env.reward(s, a, s_next), s_next, env.terminated(s_next), Mask{{false}}};
  const auto pi = [](const Matrix& x) { return Matrix(Matrix::Zero(1, x.cols())); };
  const Expansion tau = expand(env, real, true_dynamics<Matrix>(env), pi, H);
  std::vector<double> y;
  const std::vector<Row> all = value_expansion(tau, Row::Ones(1), 0.5);
  for (std::size_t t = 0; t < all.size(); ++t)
    if (tau.counts[t](0)) y.push_back(double(all[t](0)));
  return y;
}

TEST_CASE("B36: value expansion on a chain, by hand, for H = 0, 1, 2, 3") {
  const auto env = make_env(Chain{});
  CHECK(targets(*env, 0) == std::vector<double>{1 + 0.5});
  CHECK(targets(*env, 1) == std::vector<double>{1 + 5 + 0.25, 10 + 0.5});
  CHECK(targets(*env, 2) == std::vector<double>{1 + 5 + 25 + 0.125, 10 + 50 + 0.25, 100 + 0.5});
  CHECK(targets(*env, 3) == std::vector<double>{1 + 5 + 25 + 125 + 0.0625, 10 + 50 + 250 + 0.125,
                                                100 + 500 + 0.25, 1000 + 0.5});
}

TEST_CASE("B36: value expansion stops at an imagined end: no reward and no V' from beyond") {
  const auto env = make_env(Chain{3});  // the step from 2 to 3 ends it
  CHECK(targets(*env, 1) == std::vector<double>{1 + 5 + 0.25, 10 + 0.5});
  CHECK(targets(*env, 2) == std::vector<double>{1 + 5 + 25, 10 + 50, 100});
  CHECK(targets(*env, 3) == std::vector<double>{1 + 5 + 25, 10 + 50, 100});
  CHECK(targets(*make_env(Chain{1}), 3) == std::vector<double>{1});  // the real step is the last
}

TEST_CASE("B36: with H = 0 the target is the plain one, to the bit, and so are the updates") {
  const auto env = make_env("cartpole_balance");
  Config config = tiny();
  config.horizon = 0;
  Agent agent(*env, config, 1);
  const auto plain = make_learner(*env, config.learner, 1);
  Dataset B(4, 1);
  World world(*env, Rng(1, "test"));
  Rng rng(2, "test");
  while (B.size() < 200) {
    if (world.over()) world.reset();
    B.append(world.step(random_action(env->spec, rng)));
  }
  Workers workers(1);
  for (int k = 0; k < 30; ++k) {
    const Batch batch = B.sample(32, rng);
    agent.update(batch, workers);
    plain->update(batch, workers);
  }
  const Matrix s = rng.normal(4, 20);
  CHECK(agent.learner->act(s) == plain->act(s));
  CHECK((agent.learner->value(s, workers) == plain->value(s, workers)).all());
}

TEST_CASE("imagined steps begin at the s' of the real one, with the policy as it acts") {
  Workers workers(1);
  const auto env = make_env("pendulum");
  Agent agent(*env, tiny(), 1);
  Dataset B(2, 1);
  World world(*env, Rng(1, "test"));
  Rng rng(2, "test");
  while (B.size() < 50) B.append(world.step(random_action(env->spec, rng)));
  const Batch real = B.sample(20, rng);
  const auto mu = [&](const Matrix& s) { return agent.learner->act(s); };
  const Expansion tau = expand(*env, real, agent.p_hat(true, workers), mu, 2);
  CHECK(tau.steps[0].a == real.a);
  CHECK(tau.steps[1].s == real.s_next);
  CHECK(tau.steps[1].a == agent.learner->act(real.s_next));
  CHECK(tau.steps[2].s == tau.steps[1].s_next);
}

TEST_CASE(
    "B36: Q is trained at the imagined states with TD-k, and without it at the real ones alone; "
    "the targets imagine the policy's noise only where that is asked for") {
  const auto env = make_env("pendulum");
  Config config = tiny();
  config.true_dynamics = true;
  Dataset B(2, 1);
  World world(*env, Rng(1, "test"));
  Rng rng(2, "test");
  while (B.size() < 50) B.append(world.step(random_action(env->spec, rng)));
  const Batch real = B.sample(20, rng);
  const Matrix s = rng.normal(2, 20);
  Workers workers(1);
  std::vector<Matrix> learned;
  for (const auto& [td_k, noise] :
       std::vector<std::pair<bool, bool>>{{false, false}, {true, false}, {true, true}}) {
    config.td_k = td_k, config.explore_in_targets = noise;
    Agent agent(*env, config, 1), by_hand(*env, config, 1);
    agent.update(real, workers);

    OffPolicyLearner& learner = *by_hand.learner;
    const auto best = [&](const Matrix& s_t) { return learner.act(s_t); };
    const auto p_hat = by_hand.p_hat(true, workers);
    const auto tau =
        noise ? expand(*env, real, p_hat, by_hand.pi(), 2) : expand(*env, real, p_hat, best, 2);
    const auto y =
        value_expansion(tau, learner.value(tau.steps[2].s_next, workers), config.learner.discount);
    if (td_k)
      learner.update_critic(side_by_side(side_by_side(real.s, tau.steps[1].s), tau.steps[2].s),
                            side_by_side(side_by_side(real.a, tau.steps[1].a), tau.steps[2].a),
                            side_by_side(side_by_side(y[0], y[1]), y[2]), workers);
    else
      learner.update_critic(real.s, real.a, y[0], workers);
    learner.update_actor(real.s, workers);
    learner.update_targets();
    CHECK(agent.learner->act(s) == learner.act(s));
    CHECK((agent.learner->value(s, workers) == learner.value(s, workers)).all());
    learned.push_back(Matrix(learner.value(s, workers)));
  }
  CHECK(learned[0] != learned[1]);
  CHECK(learned[1] != learned[2]);
}

TEST_CASE("MVE: the same seed gives the same returns on 1, 2 and 4 threads") {
  check_same_on_all_threads(tiny(), mve::run);
}

TEST_CASE("MVE: a loaded run acts as the policy that was saved, and imagines") {
  check_loads(tiny(), mve::run, mve::load, true);
}

}  // namespace test_mve
