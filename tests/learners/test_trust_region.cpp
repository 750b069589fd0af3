#include "learners/trust_region.hpp"

#include <doctest/doctest.h>

#include "../nn/precision.hpp"
#include "core/linear_algebra.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace test_trust_region {

// A few steps of a few trajectories of a small policy, and what they are said to have been worth.
struct Fixture {
  std::unique_ptr<Env> env = make_env("point_mass");
  Rng rng{1, "test"};
  NetworkPolicy pi = make_network_policy(*env, {.hidden_layers = 1, .hidden_width = 5}, rng);
  Index T = 4, B = 9;
  Trajectories tau;
  Matrix A = rng.normal(T, B);
  Workers workers{2};
  PolicyTrainer trainer{{}, true};

  Fixture() {
    pi.net.layers.back().W *= 10;
    pi.log_sd = Matrix{{Scalar(-0.7)}, {Scalar(0.2)}};
    play();
  }
  void play() {
    tau = {{}, {}, Matrix::Zero(T, B), Matrix::Ones(T, B)};
    for (Index t = 0; t < T; ++t) {
      tau.s.push_back(rng.normal(4, B));
      tau.u.push_back(sample_u(*env, pi, tau.s.back(), rng.normal(2, B)));
    }
  }
  const BatchGradient::Slope& policy_gradient(double sign = 1) {
    const auto J = [&, sign](const NetworkPolicyOf<Var>& taped, const Piece& piece) {
      return Scalar(sign) * surrogate(*env, taped, tau, A, piece);
    };
    return trainer.slope(pi, B, J, workers);
  }
  RealVector gradient() {
    NetworkPolicy g = pi;
    const BatchGradient::Slope& up = policy_gradient();
    const std::vector<Matrix*> parts = parameters(g, true);
    for (std::size_t i = 0; i < parts.size(); ++i) *parts[i] = *up.gradient[i];
    return flat(g).cast<double>();
  }
  // F as the matrix that it is, one row of the Jacobian at a time.
  RealMatrix dense_fisher(const Matrix& s) const {
    const Index n = flat(pi).size();
    RealMatrix F = RealMatrix::Zero(n, n);
    for (Index j = 0; j < s.cols(); ++j)
      for (Index k = 0; k < 2; ++k) {
        Tape tape;
        const NetworkPolicyOf<Var> taped = on_tape(tape, pi);
        const Var mu = mean_u(*env, taped, tape.constant(Matrix(s.col(j))));
        tape.backward(mu, Matrix(Matrix::Identity(2, 2).col(k)));
        NetworkPolicy row = pi;
        const std::vector<Matrix*> parts = parameters(row, true);
        const std::vector<Var> wanted = leaves(taped, true);
        for (std::size_t i = 0; i < parts.size(); ++i) *parts[i] = wanted[i].adjoint();
        const RealVector J = flat(row).cast<double>();
        F += J * J.transpose() * std::exp(-2 * double(pi.log_sd(k))) / double(s.cols());
      }
    F.bottomRightCorner(2, 2) += 2 * RealMatrix::Identity(2, 2);
    return F;
  }
};

double relative_error(const RealMatrix& x, const RealMatrix& truth) {
  return (x - truth).norm() / truth.norm();
}

TEST_CASE_FIXTURE(Fixture, "a policy as a vector, and back, is the same policy") {
  const Vector theta = flat(pi);
  CHECK(theta.size() == 4 * 5 + 5 + 5 * 2 + 2 + 2);
  CHECK(theta(0) == pi.net.layers[0].W(0, 0));
  CHECK(theta.tail(2) == pi.log_sd);
  NetworkPolicy other = make_network_policy(*env, {.hidden_layers = 1, .hidden_width = 5}, rng);
  CHECK(flat(other) != theta);
  assign(theta, other);
  CHECK(flat(other) == theta);
}

TEST_CASE_FIXTURE(Fixture, "J v is the slope of the network along v") {
  for (const int layers : {0, 1, 3}) {
    CAPTURE(layers);
    const MlpConfig shape{layers, 6, Activation::tanh, Init::xavier};
    Mlp net = make_mlp(4, 2, shape, rng), v = make_mlp(4, 2, shape, rng);
    for (Matrix* p : parameters(net)) *p = Scalar(0.5) * rng.normal(p->rows(), p->cols());
    for (Matrix* p : parameters(v)) *p = rng.normal(p->rows(), p->cols());
    const Matrix x = rng.normal(4, 11);
    const auto moved = [&](double h) -> Matrix {
      Mlp there = net;
      const std::vector<Matrix*> at = parameters(there), along = parameters(v);
      for (std::size_t i = 0; i < at.size(); ++i) *at[i] += Scalar(h) * *along[i];
      return forward(there, x);
    };
    const double h = std::cbrt(double(kEpsilon));
    const RealMatrix by_differences = ((moved(h) - moved(-h)) / Scalar(2 * h)).cast<double>();
    CHECK(relative_error(derivative_along(v, net, x).cast<double>(), by_differences) < 10 * h * h);
  }
}

TEST_CASE_FIXTURE(Fixture, "F v is the Fisher matrix times v, and that matrix is not needed") {
  const Matrix s = rng.normal(4, 23);
  const RealMatrix F = dense_fisher(s);
  TrustRegion region({});
  for (int i = 0; i < 5; ++i) {
    const Vector v = rng.normal(flat(pi).size(), 1);
    const RealVector Fv = region.fisher_times(v, *env, pi, s, workers).cast<double>();
    CHECK(relative_error(Fv, F * v.cast<double>()) < 20 * double(kEpsilon));
  }
}

TEST_CASE_FIXTURE(Fixture,
                  "near the old policy the KL is half the Fisher matrix's quadratic form") {
  const Matrix s = rng.normal(4, 23);
  const RealMatrix F = dense_fisher(s);
  const Vector v = rng.normal(flat(pi).size(), 1).col(0).normalized();
  const double h = std::pow(double(kEpsilon), 0.2);
  const double curvature = v.cast<double>().dot(F * v.cast<double>());
  double kl = 0;  // the mean of both sides: the cubic term drops out
  for (const double there : {h, -h}) {
    NetworkPolicy moved = pi;
    assign(flat(pi) + Scalar(there) * v, moved);
    kl += mean_kl(*env, pi, moved, s) / 2;
  }
  CHECK(kl == doctest::Approx(h * h * curvature / 2).epsilon(30 * h * h));
}

TEST_CASE_FIXTURE(Fixture, "the KL is that of the textbook, from the old policy to the new one") {
  NetworkPolicy old = pi, next = pi;
  for (NetworkPolicy* policy : {&old, &next})
    for (Matrix* p : parameters(*policy, true)) p->setZero();
  next.net.layers.back().b = Matrix{{Scalar(0.6)}, {Scalar(-0.3)}};
  next.log_sd = Matrix{{Scalar(std::log(2.0))}, {Scalar(std::log(0.5))}};
  const Matrix s = rng.normal(4, 3);
  const double first = std::log(2.0) + (1 + 0.36) / 8 - 0.5;
  const double second = -std::log(2.0) + (1 + 0.09) * 2 - 0.5;
  CHECK(mean_kl(*env, old, next, s) == doctest::Approx(first + second).epsilon(1e-6));
  CHECK(mean_kl(*env, old, old, s) == 0);
}

TEST_CASE("conjugate gradients solve n equations in n steps, and half way are on their way") {
  Rng rng(3, "test");
  const Matrix R = rng.normal(6, 6), A = R * R.transpose() + Matrix::Identity(6, 6);
  const Vector b = rng.normal(6, 1);
  int products = 0;
  const auto times = [&](const Vector& v) -> Vector {
    ++products;
    return A * v;
  };
  const RealVector x = solve_symmetric(A.cast<double>(), b.cast<double>());
  const auto miss = [&](int steps) {  // in the norm of A, in which every step is for the better
    const RealVector off = conjugate_gradients(times, b, steps).cast<double>() - x;
    return std::sqrt(off.dot(A.cast<double>() * off));
  };
  CHECK(miss(6) < 1e4 * double(kEpsilon) * x.norm());
  for (int k = 1; k <= 5; ++k) CHECK(miss(k) < miss(k - 1));
  products = 0;
  CHECK(conjugate_gradients(times, Vector::Zero(6), 5).norm() == 0);
  CHECK(products == 0);
}

TEST_CASE_FIXTURE(Fixture, "where the KL is a quadratic, the step is the natural gradient's") {
  // mu linear in the weights, and u one sd from it: then log sd has no gradient, and the KL is
  // exactly d^T F d / 2.
  pi = make_network_policy(*env, {.hidden_layers = 0}, rng);
  pi.log_sd = Matrix{{Scalar(-0.7)}, {Scalar(0.2)}};
  play();
  const Vector sd = pi.log_sd.array().exp();
  for (std::size_t t = 0; t < tau.s.size(); ++t)
    for (Index i = 0; i < B; ++i)
      for (Index k = 0; k < 2; ++k)
        tau.u[t](k, i) = mean_u(*env, pi, tau.s[t])(k, i) + (rng.uniform() < 0.5 ? -sd(k) : sd(k));
  const TrustRegionConfig config{
      .max_kl = 0.02, .conjugate_steps = 50, .damping = 1e-3, .fisher_every = 1};
  const Taken taken = steps_taken(tau, A);
  const RealMatrix F = dense_fisher(taken.s) +
                       config.damping * RealMatrix::Identity(flat(pi).size(), flat(pi).size());
  const RealVector d = solve_symmetric(F, gradient());
  const RealVector step = std::sqrt(2 * config.max_kl / d.dot(F * d)) * d;

  NetworkPolicy next = pi;
  const auto report = TrustRegion(config).ascend(*env, next, policy_gradient(), taken, workers);
  CHECK(relative_error((flat(next) - flat(pi)).cast<double>(), step) < 1e-3);
  CHECK(report.kl == doctest::Approx(config.max_kl).epsilon(0.01));
  CHECK(report.kl == mean_kl(*env, pi, next, taken.s));
  CHECK(report.gain == gain(*env, pi, next, taken));
  CHECK(report.gradient_norm == doctest::Approx(gradient().norm()).epsilon(1e-5));
}

TEST_CASE_FIXTURE(Fixture, "a step raises L, and goes no further than the KL allows") {
  int shortened = 0;
  for (const double max_kl : {1e-3, 1e-2, 0.1, 1.0, 5.0})
    for (int i = 0; i < 10; ++i) {
      CAPTURE(max_kl);
      play();
      A = rng.normal(T, B);
      const Taken taken = steps_taken(tau, A);
      NetworkPolicy next = pi;
      TrustRegion region({.max_kl = max_kl});
      const auto step = region.ascend(*env, next, policy_gradient(), taken, workers);
      CHECK(step.kl <= max_kl);
      CHECK(step.kl == mean_kl(*env, pi, next, taken.s));  // from the old policy to the new one
      CHECK(gain(*env, pi, next, taken) > 0);
      CHECK(step.kl > max_kl / 5000);  // at most a few halvings, each a quarter of the KL
      shortened += step.kl < max_kl / 3;
    }
  CHECK(shortened > 0);  // so that the line search was needed
}

TEST_CASE_FIXTURE(Fixture, "where no length of the step helps, the policy stays what it was") {
  const Vector theta = flat(pi);
  const Taken taken = steps_taken(tau, A);
  TrustRegion region({});
  const auto down = region.ascend(*env, pi, policy_gradient(-1), taken, workers);
  CHECK(flat(pi) == theta);
  CHECK(down.kl == 0);
  A.setZero();
  region.ascend(*env, pi, policy_gradient(), steps_taken(tau, A), workers);
  CHECK(flat(pi) == theta);
}

TEST_CASE_FIXTURE(Fixture, "a gradient that is not finite ends the run, and is named") {
  A(1, 2) = std::numeric_limits<Scalar>::quiet_NaN();
  TrustRegion region({});
  CHECK_THROWS_WITH_AS(region.ascend(*env, pi, policy_gradient(), steps_taken(tau, A), workers),
                       doctest::Contains("the gradient of the policy is no longer finite"),
                       Diverged);
}

TEST_CASE_FIXTURE(Fixture, "what comes after the end of a trajectory is not among its steps") {
  tau.counts.bottomRows(2).col(3).setZero();
  const Taken taken = steps_taken(tau, A);
  REQUIRE(taken.s.cols() == T * B - 2);
  CHECK(taken.s.col(0) == tau.s[0].col(0));
  CHECK(taken.u.col(B + 1) == tau.u[1].col(1));
  CHECK(taken.advantage(2 * B + 3) == A(2, 4) / Scalar(B));  // (2, 3) is left out
  CHECK(taken.s.col(2 * B + 3) == tau.s[2].col(4));
}

TEST_CASE_FIXTURE(Fixture, "the same bits on 1, 2 and 4 threads") {
  const Taken taken = steps_taken(tau, A);
  std::vector<Vector> after;
  for (const int threads : {1, 2, 4}) {
    Workers some(threads);
    NetworkPolicy next = pi;
    TrustRegion region({});
    region.ascend(*env, next, policy_gradient(), taken, some);
    after.push_back(flat(next));
  }
  CHECK(after[0] == after[1]);
  CHECK(after[0] == after[2]);
}

}  // namespace test_trust_region
