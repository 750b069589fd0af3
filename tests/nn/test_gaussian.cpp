#include "nn/gaussian.hpp"

#include <doctest/doctest.h>

#include "autodiff/gradient_check.hpp"
#include "core/random.hpp"

using namespace mbrl;

namespace test_gaussian {

constexpr bool kDouble = sizeof(Scalar) == 8;

TEST_CASE(
    "B17: the loss is the negative log-likelihood of the normal, constant and half included") {
  // -log N(1; 0, 4) = log 2 + 1/2 log 2 pi + 1/8
  const Matrix mean = Matrix::Zero(1, 1), log_var = Matrix::Constant(1, 1, std::log(Scalar(4)));
  const Matrix y = Matrix::Ones(1, 1);
  const double truth = std::log(2.0) + 0.5 * std::log(2 * M_PI) + 0.125;
  CHECK(gaussian_nll({mean, log_var}, y) == doctest::Approx(truth).epsilon(1e-6));
  Tape tape;
  const GaussianOf<Var> p{tape.parameter(mean), tape.parameter(log_var)};
  const Var loss = gaussian_nll(p, tape.constant(y));
  CHECK(double(loss.value()(0, 0)) == doctest::Approx(truth).epsilon(1e-6));
  tape.backward(loss);
  CHECK(double(p.mean.adjoint()(0, 0)) == doctest::Approx(-0.25));           // (mu - y) / var
  CHECK(double(p.log_var.adjoint()(0, 0)) == doctest::Approx(0.5 - 0.125));  // 1/2 (1 - e^2 / var)
}

TEST_CASE("the loss of a batch is the mean over its entries, taped and plain alike") {
  Rng rng(1, "test");
  const Gaussian p{rng.normal(3, 7), rng.normal(3, 7)};
  const Matrix y = rng.normal(3, 7);
  double truth = 0;
  for (Index i = 0; i < y.size(); ++i) {
    const double var = std::exp(double(p.log_var.data()[i]));
    const double error = double(y.data()[i] - p.mean.data()[i]);
    truth += 0.5 * (std::log(2 * M_PI * var) + error * error / var) / 21;
  }
  CHECK(gaussian_nll(p, y) == doctest::Approx(truth).epsilon(1e-5));
  Tape tape;
  const Var loss =
      gaussian_nll({tape.constant(p.mean), tape.constant(p.log_var)}, tape.constant(y));
  CHECK(double(loss.value()(0, 0)) == doctest::Approx(truth).epsilon(1e-5));
}

TEST_CASE("B18: the soft bounds are not a clamp, never overflow, and keep the order") {
  const auto bounded = [](double x) {
    const Matrix low = Matrix::Constant(1, 1, -10), high = Matrix::Constant(1, 1, Scalar(0.5));
    return double(soft_bounds(Matrix(Matrix::Constant(1, 1, Scalar(x))), low, high)(0, 0));
  };
  CHECK(bounded(0.5) == doctest::Approx(-0.19).epsilon(0.02).scale(0));
  CHECK(bounded(0) == doctest::Approx(-0.47).epsilon(0.02).scale(0));
  CHECK(bounded(-10) == doctest::Approx(-9.31).epsilon(0.002).scale(0));
  CHECK(bounded(-5) == doctest::Approx(-5).epsilon(0.003).scale(0));
  double last = -11;
  for (double x = -20; x <= 20; x += 0.5) {
    CHECK(bounded(x) >= last);
    CHECK(bounded(x) >= -10);
    CHECK(bounded(x) < 0.51);
    last = bounded(x);
  }
  for (const double x : {-100.0, 100.0, -1e30, 1e30}) CHECK(std::isfinite(bounded(x)));
}

TEST_CASE("B18: raw value and both bounds get the gradient of the bounded log-variance") {
  if (!kDouble) return;
  Rng rng(2, "test");
  const std::vector<Matrix> inputs{3 * rng.normal(2, 4),
                                   Matrix::Constant(2, 4, -2) + rng.normal(2, 4) / 4,
                                   Matrix::Constant(2, 4, 1) + rng.normal(2, 4) / 4};
  const auto f = [](const std::vector<Var>& x) {
    return sum(square(soft_bounds(x[0], x[1], x[2])));
  };
  CHECK(gradient_error(f, inputs) < 1e-6);
}

TEST_CASE("B28: a density of a thousand nats below zero is a number, in log space") {
  const Gaussian p{Matrix::Zero(1, 1), Matrix::Zero(1, 1)};
  const double far = double(log_density(p, Matrix::Constant(1, 1, 50))(0));
  CHECK(far == doctest::Approx(-0.5 * (2500 + std::log(2 * M_PI))));
}

TEST_CASE("the entropy of a normal is 1/2 log(2 pi e var), summed over coordinates") {
  Matrix log_var(2, 1);
  log_var << 0, std::log(Scalar(9));
  const double one = 0.5 * std::log(2 * M_PI * std::exp(1.0));
  CHECK(double(entropy({Matrix::Zero(2, 1), log_var})(0)) ==
        doctest::Approx(2 * one + std::log(3.0)).epsilon(1e-6));
}

}  // namespace test_gaussian
