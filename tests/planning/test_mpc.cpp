#include "planning/mpc.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"
#include "planning/return_of_plans.hpp"

using namespace mbrl;

namespace test_mpc {

// A world in which only the box of actions matters: two actions in [1, 3] and [-1, 0].
EnvSpec box_spec() {
  EnvSpec spec;
  spec.state_names = {"s"};
  spec.action_low = Vector{{Scalar(1), Scalar(-1)}};
  spec.action_high = Vector{{Scalar(3), Scalar(0)}};
  spec.horizon = 4;
  return spec;
}

// Records where the search started: with keep_old = 1 the plan returned is the start itself.
PlannerConfig unmoving() {
  PlannerConfig config;
  config.cem.keep_old = 1;
  return config;
}

void no_preference(const Matrix&, Row& J) { J.setZero(); }

TEST_CASE("B7, B8: after reset the search starts from the centre of the box, also off zero") {
  Mpc mpc(box_spec(), unmoving(), 1);
  Vector centre(8);
  centre << 2, Scalar(-0.5), 2, Scalar(-0.5), 2, Scalar(-0.5), 2, Scalar(-0.5);
  CHECK(mpc.plan(no_preference).isApprox(centre));

  PlannerConfig moving;
  Mpc moved(box_spec(), moving, 1);
  moved.plan(objective([](const Matrix& plans) -> Row { return plans.colwise().sum().array(); }));
  moved.reset();
  Matrix first_samples;
  moved.plan(objective([&](const Matrix& plans) -> Row {
    if (first_samples.size() == 0) first_samples = plans;
    return Row::Zero(plans.cols());
  }));
  CHECK((first_samples.rowwise().mean() - centre).cwiseAbs().maxCoeff() < 0.1);
}

TEST_CASE(
    "B7: the warm start is the last plan moved on by one step, its end filled with the centre") {
  PlannerConfig config;
  config.cem.keep_old = 0;
  config.cem.iterations = 1;
  config.cem.elites = 1;
  Mpc mpc(box_spec(), config, 1);
  const Vector last =
      mpc.plan(objective([](const Matrix& plans) -> Row { return plans.colwise().sum().array(); }));
  Matrix samples;
  mpc.plan(objective([&](const Matrix& plans) -> Row {
    samples = plans;
    return Row::Zero(plans.cols());
  }));
  const Vector mean = samples.rowwise().mean();
  CHECK((mean.head(6) - last.tail(6)).cwiseAbs().maxCoeff() < 0.1);
  CHECK(mean(6) == doctest::Approx(2).epsilon(0.05).scale(0));
  CHECK(mean(7) == doctest::Approx(-0.5).epsilon(0.1).scale(0));
}

TEST_CASE("kept elites move on by one step, and are forgotten with the plan") {
  PlannerConfig config;
  config.cem.candidates = 50, config.cem.elites = 10, config.cem.iterations = 1;
  config.cem.keep_elites = 0.2;
  Mpc mpc(box_spec(), config, 1);
  Matrix samples;
  const Objective J = objective([&](const Matrix& plans) -> Row {
    samples = plans;
    return plans.colwise().sum().array();
  });
  mpc.plan(J);
  Index best;
  samples.colwise().sum().maxCoeff(&best);
  const Vector was_best = samples.col(best);
  mpc.plan(J);
  CHECK(samples.col(0).head(6) == was_best.tail(6));
  CHECK(samples.col(0).tail(2) == Vector{{2, Scalar(-0.5)}});  // then the middle of the box
  mpc.reset();
  const Matrix before = samples;
  mpc.plan(J);
  CHECK(samples.col(0).head(6) != before.col(0).tail(6));
}

TEST_CASE("first_action is the first action of the plan") {
  Mpc mpc(box_spec(), unmoving(), 1);
  CHECK(mpc.first_action(no_preference).isApprox(Vector{{Scalar(2), Scalar(-0.5)}}));
  // From 1 at the start of the plan to 3 at its end.
  Mpc rising(box_spec(), {}, 1);
  const Vector a = rising.first_action(objective([](const Matrix& plans) -> Row {
    return plans.row(6).array() - plans.row(0).array() - (plans.row(1).array() + 1).abs();
  }));
  CHECK(a == rising.last_plan().head(2));
  CHECK(a.isApprox(Vector{{1, -1}}, Scalar(0.1)));
}

TEST_CASE("a plan is as long as the horizon that was asked for; 0 means the task's own") {
  PlannerConfig config;
  for (const int horizon : {0, 1, 7}) {
    config.horizon = horizon;
    Mpc mpc(box_spec(), config, 1);
    CHECK(mpc.plan(no_preference).size() == 2 * (horizon == 0 ? 4 : horizon));
  }
}

TEST_CASE("random shooting scores as many plans as all iterations of CEM together") {
  for (const char* method : {"cem", "random-shooting"}) {
    PlannerConfig config;
    config.planner = method;
    Mpc mpc(box_spec(), config, 1);
    Index scored = 0;
    mpc.plan(objective([&](const Matrix& plans) -> Row {
      scored += plans.cols();
      return Row::Zero(plans.cols());
    }));
    CHECK(scored == 2000);
  }
}

TEST_CASE("more elites than candidates are refused") {
  PlannerConfig config;
  config.cem.candidates = 10;
  CHECK_THROWS_WITH_AS(Mpc(box_spec(), config, 1), doctest::Contains("--elites"), UserError);
}

TEST_CASE(
    "the return of a plan is the sum of the rewards of the real rollout, for every environment") {
  Workers workers(2);
  Rng rng(1, "test");
  for (const auto& env : all_envs()) {
    CAPTURE(env->spec.name);
    const Index H = 10, K = 300, m = env->spec.action_dim();
    const Vector s = env->reset(rng);
    Matrix plans(H * m, K);
    for (Index k = 0; k < K; ++k)
      for (Index i = 0; i < H * m; ++i)
        plans(i, k) = rng.uniform(env->spec.action_low(i % m), env->spec.action_high(i % m));
    const Row J = return_of_plans(*env, true_dynamics<Matrix>(*env), s, plans, workers);
    for (const Index k : {0, 127, 128, 299}) {
      Matrix state = s;
      double total = 0;
      for (Index t = 0; t < H; ++t) {
        const Matrix a = plans.block(t * m, k, m, 1);
        const Matrix next = env->dynamics(state, a);
        total += double(env->reward(state, a, next)(0));
        if (env->terminated(next)(0)) break;
        state = next;
      }
      CHECK(double(J(k)) == doctest::Approx(total).epsilon(1e-3).scale(0));
    }
  }
}

TEST_CASE("the return of plans has the same bits on 1, 2 and 4 threads") {
  const auto env = make_env("cartpole_swingup");
  Rng rng(2, "test");
  const Vector s = env->reset(rng);
  const Matrix plans = rng.normal(25, 1000);
  Workers one(1), two(2), four(4);
  const Row J = return_of_plans(*env, true_dynamics<Matrix>(*env), s, plans, one);
  CHECK((return_of_plans(*env, true_dynamics<Matrix>(*env), s, plans, two) == J).all());
  CHECK((return_of_plans(*env, true_dynamics<Matrix>(*env), s, plans, four) == J).all());
}

// Every step costs 1; going left of -1 ends the episode. Standing still is possible.
struct Trap {
  double after_termination = 0;
  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "trap";
    spec.state_names = {"x"};
    spec.action_low = Vector::Constant(1, -1), spec.action_high = Vector::Constant(1, 1);
    spec.terminates = true;
    spec.horizon = 10;
    spec.noise_scale = Vector::Zero(1);
    spec.after_termination = after_termination;
    return spec;
  }
  template <class M>
  M dynamics(const M& s, const M& a) const {
    return s + a;
  }
  template <class M>
  RowOf<M> reward(const M& s, const M&, const M&) const {
    return Scalar(0) * row(s, 0) - Scalar(1);
  }
  Mask terminated(const Matrix& s_next) const { return s_next.row(0).array() < -1; }
  template <class M>
  M features(const M& s) const {
    return s;
  }
  Vector reset(Rng&) const { return Vector::Zero(1); }
  Drawing draw(const Vector&) const { return {}; }
};

TEST_CASE("B10: after a predicted end a plan books the environment's after_termination per step") {
  Workers workers(1);
  // One plan stays, one ends in its third step, and one would come back after it.
  Matrix plans = Matrix::Zero(10, 3);
  plans.col(1).setConstant(Scalar(-0.5));
  plans.col(2).head(3).setConstant(Scalar(-0.5)), plans.col(2).tail(7).setConstant(1);
  for (const double after : {0.0, -5.0}) {
    const auto env = make_env(Trap{after});
    const Row J =
        return_of_plans(*env, true_dynamics<Matrix>(*env), Vector::Zero(1), plans, workers);
    CHECK(J(0) == doctest::Approx(-10));
    CHECK(J(1) == doctest::Approx(-3 + 7 * after));
    CHECK(J(2) == doctest::Approx(-3 + 7 * after));
  }
}

TEST_CASE("B10: with a price on ending, a planner with negative rewards does not end the episode") {
  Workers workers(1);
  for (const double after : {0.0, -5.0}) {
    const auto env = make_env(Trap{after});
    Mpc mpc(env->spec, {}, 1);
    const Vector plan = mpc.plan(objective([&](const Matrix& plans) -> Row {
      return return_of_plans(*env, true_dynamics<Matrix>(*env), Vector::Zero(1), plans, workers);
    }));
    Scalar x = 0, leftmost = 0;
    for (Index t = 0; t < plan.size(); ++t) x += plan(t), leftmost = std::min(leftmost, x);
    // Without the price the task itself rewards ending: the plan rushes out.
    CHECK((leftmost < -1) == (after == 0.0));
  }
}

TEST_CASE("the reward of a plan is the one that the model predicts") {
  Workers workers(1);
  const auto env = make_env(Trap{});
  const Dynamics<Matrix> generous = [&](const Matrix& s, const Matrix& a) {
    return Step<Matrix>{env->dynamics(s, a), Row::Constant(s.cols(), 7)};
  };
  const Matrix plan = Matrix::Zero(10, 1);
  CHECK(return_of_plans(*env, generous, Vector::Zero(1), plan, workers)(0) == doctest::Approx(70));
}

TEST_CASE("a rollout that goes on to infinity after its end does not spoil the score before it") {
  Workers workers(1);
  const auto env = make_env(Trap{});
  const Dynamics<Matrix> explode = [&](const Matrix& s, const Matrix& a) {
    Step<Matrix> step = true_dynamics<Matrix>(*env)(s, a);
    if (s(0, 0) < -1) step.reward.setConstant(NAN);
    return step;
  };
  const Matrix plan = Matrix::Constant(10, 1, Scalar(-0.5));
  CHECK(return_of_plans(*env, explode, Vector::Zero(1), plan, workers)(0) == doctest::Approx(-3));
}

}  // namespace test_mpc
