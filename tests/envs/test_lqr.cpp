#include <doctest/doctest.h>

#include <Eigen/Cholesky>

#include "core/random.hpp"
#include "planning/lqr.hpp"

using namespace mbrl;

namespace test_lqr {

struct Problem {
  Matrix A, B, Q, R, Q_final;
  int H = 6;
};

// A problem with nothing special about it.
Problem any_problem(int seed) {
  Rng rng(seed, "problem");
  const auto positive = [&](Index n) {
    const Matrix X = rng.normal(n, n);
    return Matrix(X * X.transpose() + 0.1 * Matrix::Identity(n, n));
  };
  return {rng.normal(3, 3), rng.normal(3, 2), positive(3), positive(2), positive(3)};
}

// The cost of the actions, one after the other in one tall vector.
double cost(const Problem& p, Vector s, const Vector& actions) {
  double total = 0;
  for (int t = 0; t < p.H; ++t) {
    const Vector a = actions.segment(2 * t, 2);
    total += s.dot(p.Q * s) + a.dot(p.R * a);
    s = p.A * s + p.B * a;
  }
  return total + s.dot(p.Q_final * s);
}

LqrSolution solve(const Problem& p) { return lqr(p.A, p.B, p.Q, p.R, p.H, p.Q_final); }

Vector best_actions(const Problem& p, const LqrSolution& best, Vector s) {
  Vector actions(2 * p.H);
  for (int t = 0; t < p.H; ++t) {
    const Vector a = best.K[std::size_t(t)] * s;
    actions.segment(2 * t, 2) = a;
    s = p.A * s + p.B * a;
  }
  return actions;
}

TEST_CASE("the simulated cost of the regulator's actions is s^T P_0 s") {
  for (int seed = 0; seed < 5; ++seed) {
    const Problem p = any_problem(seed);
    const LqrSolution best = solve(p);
    const Vector s = Rng(seed, "state").normal(3, 1);
    CHECK(cost(p, s, best_actions(p, best, s)) ==
          doctest::Approx(s.dot(best.P[0] * s)).epsilon(1e-9));
  }
}

TEST_CASE("the regulator finds what Newton's method on all actions at once finds") {
  for (int seed = 0; seed < 5; ++seed) {
    const Problem p = any_problem(seed);
    const Vector s = Rng(seed, "state").normal(3, 1);
    // The cost is quadratic in the actions, so that differences give its derivatives exactly.
    const Index n = 2 * p.H;
    const Matrix I = Matrix::Identity(n, n);
    const auto J = [&](const Vector& actions) { return cost(p, s, actions); };
    Vector gradient(n);
    Matrix hessian(n, n);
    for (Index i = 0; i < n; ++i) gradient(i) = (J(I.col(i)) - J(-I.col(i))) / 2;
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < n; ++j)
        hessian(i, j) = J(I.col(i) + I.col(j)) - J(I.col(i)) - J(I.col(j)) + J(Vector::Zero(n));
    const Vector newton = -hessian.ldlt().solve(gradient);
    const Vector best = best_actions(p, solve(p), s);
    CHECK((best - newton).norm() / newton.norm() < 1e-6);
  }
}

TEST_CASE("no other action is cheaper than the regulator's, at any time and by the cost to go") {
  const Problem p = any_problem(7);
  const LqrSolution best = solve(p);
  Rng rng(7, "other");
  for (std::size_t t = 0; t < best.K.size(); ++t)
    for (int i = 0; i < 50; ++i) {
      const Vector s = rng.normal(3, 1), a = Vector(best.K[t] * s) + Vector(rng.normal(2, 1));
      const Vector s_next = p.A * s + p.B * a;
      CHECK(s.dot(p.Q * s) + a.dot(p.R * a) + s_next.dot(best.P[t + 1] * s_next) >
            s.dot(best.P[t] * s));
    }
}

TEST_CASE("far from the end, the scalar regulator with a = b = q = r = 1 is golden") {
  const Matrix one{{1.0}};
  const LqrSolution best = lqr(one, one, one, one, 60);
  const double golden = (1 + std::sqrt(5.0)) / 2;  // P = 1 + P - P^2 / (1 + P)
  CHECK(best.P[0](0) == doctest::Approx(golden).epsilon(1e-12));
  CHECK(best.K[0](0) == doctest::Approx(-golden / (1 + golden)).epsilon(1e-12));
}

TEST_CASE("without a cost of the last state the last action is zero") {
  const Problem p = any_problem(3);
  const LqrSolution best = lqr(p.A, p.B, p.Q, p.R, p.H);
  CHECK(best.K.size() == 6);
  CHECK(best.P.size() == 7);
  CHECK(best.K.back().norm() == 0);
  CHECK(best.P[5].isApprox(p.Q));
}

TEST_CASE("lqr refuses matrices that do not fit") {
  const Problem p = any_problem(1);
  CHECK_THROWS_AS(lqr(p.B, p.B, p.Q, p.R, 3), UserError);
  CHECK_THROWS_AS(lqr(p.A, p.R, p.Q, p.R, 3), UserError);
  CHECK_THROWS_AS(lqr(p.A, p.B, p.R, p.R, 3), UserError);
  CHECK_THROWS_AS(lqr(p.A, p.B, p.Q, p.Q, 3), UserError);
  CHECK_THROWS_AS(lqr(p.A, p.B, p.Q, p.R, 3, p.R), UserError);
  CHECK_THROWS_AS(lqr(p.A, p.B, p.Q, p.R, 0), UserError);
}

}  // namespace test_lqr
