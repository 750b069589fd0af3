#include "planning/ilqr.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"
#include "envs/point_mass.hpp"
#include "planning/lqr.hpp"
#include "planning/objective.hpp"
#include "planning/return_of_plans.hpp"

using namespace mbrl;

namespace test_ilqr {

Dynamics<Var> truth(const Env& env) { return true_dynamics<Var>(env); }

TEST_CASE("the Jacobians of every environment are those of central differences") {
  for (const auto& env : all_envs()) {
    const std::string& name = env->spec.name;
    if (name == "obstacles" || name == "mountain_car") continue;  // walls: not differentiable there
    // Stiff feet: compared in double, in tests/envs/test_planar_bodies.cpp.
    if (name == "half_cheetah" || name == "hopper" || name == "walker2d") continue;
    CAPTURE(name);
    Rng rng(1, "test");
    Matrix s(env->spec.state_dim(), 3), a(env->spec.action_dim(), 3);
    for (Index b = 0; b < 3; ++b) {
      s.col(b) = env->reset(rng);
      a.col(b) = random_action(env->spec, rng) / 2;
    }
    const Jacobians J = jacobians(truth(*env), s, a);
    const auto h = static_cast<Scalar>(std::is_same_v<Scalar, float> ? 1e-2 : 1e-5);
    for (Index b = 0; b < 3; ++b)
      for (Index j = 0; j < s.rows() + a.rows(); ++j) {
        Matrix s_up = s.col(b), s_down = s_up, a_up = a.col(b), a_down = a_up;
        (j < s.rows() ? s_up(j) : a_up(j - s.rows())) += h;
        (j < s.rows() ? s_down(j) : a_down(j - s.rows())) -= h;
        const Matrix slope = (env->dynamics(s_up, a_up) - env->dynamics(s_down, a_down)) / (2 * h);
        const auto i = static_cast<std::size_t>(b);
        const Matrix column = j < s.rows() ? J.s[i].col(j) : J.a[i].col(j - s.rows());
        CHECK((slope - column).norm() < 2e-2 * (1 + column.norm()));
      }
  }
}

TEST_CASE("on point_mass one step of iLQR is the linear-quadratic regulator") {
  const PointMass task;
  const auto env = make_env("point_mass");
  constexpr int H = 20;
  const LqrSolution best = lqr(task.A, task.B, task.Q, task.R, H);
  const Vector s = Rng(1, "test").normal(4, 1) / 2;
  const IlqrSolution found =
      ilqr(truth(*env), env->spec, s, Vector::Zero(2 * H), {.iterations = 1});
  const double tight = std::is_same_v<Scalar, float> ? 1e-3 : 1e-6;
  for (int t = 0; t < H; ++t)
    CHECK((found.K[std::size_t(t)] - best.K[std::size_t(t)]).norm() <
          tight * (1 + best.K[std::size_t(t)].norm()));
  CHECK(found.J[1] == doctest::Approx(-double(s.dot(best.P[0] * s))).epsilon(tight));
}

TEST_CASE("an action that is held at its wall is worth what it is worth there") {
  // x' = x + a, and a clock tau. At tau = 0 the action is to be 0.3, at tau = 1 the state is to
  // reach 3, which is too far: a_2 is held at 1. With it, J = -(a_1 - 0.3)^2 - (x + a_1 + 1 - 3)^2
  // / 2.
  EnvSpec spec;
  spec.state_names = {"x", "tau"};
  spec.action_low = Vector::Constant(1, -1), spec.action_high = Vector::Constant(1, 1);
  const Dynamics<Var> f = [](const Var& s, const Var& a) -> Step<Var> {
    const Var x = row(s, 0), tau = row(s, 1), x_next = x + a;
    const Var at_first = square(a - Scalar(0.3)) + Scalar(1e-3) * square(x);
    return {stack(x_next, tau + Scalar(1)),
            -((Scalar(1) - tau) * at_first + tau * square(x_next - Scalar(3)) / Scalar(2))};
  };
  const IlqrSolution best = ilqr(f, spec, Vector::Zero(2), Vector::Zero(2));
  const double tight = std::is_same_v<Scalar, float> ? 2e-3 : 1e-6;
  CHECK(best.plan(0) == doctest::Approx(2.6 / 3).epsilon(tight));
  CHECK(best.plan(1) == Scalar(1));
  CHECK(std::abs(double(best.K[0](0, 0)) + 1.0 / 3) < tight);
  CHECK(best.K[1].norm() == 0);
}

TEST_CASE("the return never falls, is that of the plan, and the plan is in the box") {
  const auto env = make_env("pendulum");
  Rng rng(1, "test");
  for (int i = 0; i < 5; ++i) {
    const Vector s = env->reset(rng);
    Vector plan(40);
    for (Index t = 0; t < 40; ++t) plan(t) = rng.uniform(-2, 2);
    const IlqrSolution found = ilqr(truth(*env), env->spec, s, plan);
    for (std::size_t k = 1; k < found.J.size(); ++k) CHECK(found.J[k] >= found.J[k - 1]);
    CHECK(found.J.back() > found.J.front() + 1);
    CHECK(true_return(*env, s, found.plan) ==
          doctest::Approx(found.J.back()).epsilon(1e-3).scale(0));
    CHECK(found.plan.cwiseAbs().maxCoeff() <= 2);
  }
}

TEST_CASE("on the pendulum iLQR beats random shooting at as many calls of the true dynamics") {
  const auto env = make_env("pendulum");
  constexpr int H = 40;
  int wins = 0;
  double gap = 0;
  Workers workers(1);
  for (int i = 0; i < 10; ++i) {
    Rng rng(std::uint64_t(i), "test");
    const Vector s = env->reset(rng);
    const auto shoot = [&](Index count, Vector* best) {
      Matrix plans(H, count);
      for (Index j = 0; j < count; ++j)
        for (Index t = 0; t < H; ++t) plans(t, j) = rng.uniform(-2, 2);
      Index winner = 0;
      const Row J = return_of_plans(*env, true_dynamics<Matrix>(*env), s, plans, workers);
      const double value = double(J.maxCoeff(&winner));
      if (best) *best = plans.col(winner);
      return value;
    };
    // iLQR finds the top of the hill that it begins on: so it begins at the best of 50 shots.
    Vector first;
    shoot(50, &first);
    const IlqrSolution found = ilqr(truth(*env), env->spec, s, first);
    const double shot = shoot(50 + found.model_calls / H, nullptr);
    wins += found.J.back() > shot;
    gap += (found.J.back() - shot) / 10;
  }
  MESSAGE("iLQR wins ", wins, " of 10, by ", gap, " on average");
  CHECK(wins >= 8);
  CHECK(gap > 0);
}

}  // namespace test_ilqr
