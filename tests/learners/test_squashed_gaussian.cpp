#include "learners/squashed_gaussian.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_squashed_gaussian {

// A policy that says the same in every state: mu and log sd are its biases.
Mlp constant_policy(const std::vector<double>& mu, const std::vector<double>& log_sd) {
  const auto m = static_cast<Index>(mu.size());
  Mlp net;
  net.layers.push_back({Matrix::Zero(2 * m, 3), Matrix(2 * m, 1)});
  for (Index i = 0; i < m; ++i) {
    net.layers[0].b(i, 0) = static_cast<Scalar>(mu[std::size_t(i)]);
    net.layers[0].b(m + i, 0) = static_cast<Scalar>(log_sd[std::size_t(i)]);
  }
  return net;
}

// log(1 - tanh(u)^2) = -2 log cosh(u), in long double
double exact_log_slope(double u) {
  return double(
      -2 * (std::fabs(u) + std::log1p(std::exp(-2 * std::fabs((long double)u))) - std::log(2.0L)));
}

TEST_CASE("the log-probability is the logarithm of a density: it integrates to 1, saturated too") {
  for (const auto& parameters : std::vector<std::pair<double, double>>{
           {0, 0}, {0.5, -1}, {-2, 0.5}, {6, 0}, {-9, -0.5}, {0.3, -4}}) {
    const double mu = parameters.first, log_sd = parameters.second;
    CAPTURE(mu);
    CAPTURE(log_sd);
    constexpr int n = 20001;
    const double sd = std::exp(log_sd), h = 16.0 / (n - 1);
    Matrix eps(1, n);
    for (int i = 0; i < n; ++i) eps(0, i) = static_cast<Scalar>(-8 + h * i);
    const auto a = sample_squashed(constant_policy({mu}, {log_sd}), Matrix::Zero(3, n), eps);
    double integral = 0, entropy = 0, expected = 0;
    for (int i = 0; i < n; ++i) {
      const double u = mu + sd * double(eps(0, i));
      const double dc = std::exp(exact_log_slope(u)) * sd * h;  // dc = (1 - tanh^2) du
      integral += std::exp(double(a.log_pi(i))) * dc;
      entropy -= std::exp(double(a.log_pi(i))) * double(a.log_pi(i)) * dc;
      // The entropy of the normal, and the mean of log(1 - tanh(u)^2) under it.
      const double weight = std::exp(-std::pow(double(eps(0, i)), 2) / 2) / std::sqrt(2 * M_PI) * h;
      expected += weight * (0.5 * std::log(2 * M_PI * M_E) + log_sd + exact_log_slope(u));
      CHECK(std::abs(double(a.c(0, i)) - std::tanh(u)) < 1e-5);
    }
    CHECK(std::abs(integral - 1) < 2e-4);
    CHECK(std::abs(entropy - expected) < 1e-3 * (1 + std::abs(expected)));
  }
}

TEST_CASE("B38: the tanh correction and its gradient are right where tanh(u) is 1 in float") {
  for (const double u : {-40.0, -10.0, -3.0, -0.1, 0.0, 0.7, 9.0, 10.0, 40.0}) {
    CAPTURE(u);
    const Matrix x = Matrix::Constant(1, 1, static_cast<Scalar>(u));
    const double exact = exact_log_slope(double(x(0, 0)));
    CHECK(std::abs(double(log_slope_of_tanh(x)(0, 0)) - exact) < 1e-5 * (1 + std::abs(exact)));
    Tape tape;
    const Var v = tape.parameter(x);
    const Var y = log_slope_of_tanh(v);
    CHECK(std::abs(double(y.value()(0, 0)) - exact) < 1e-5 * (1 + std::abs(exact)));
    tape.backward(y);
    CHECK(std::abs(double(v.adjoint()(0, 0)) + 2 * std::tanh(u)) < 1e-5);
  }
}

TEST_CASE("several action dimensions add up, and the sample on a tape is the plain one") {
  const Mlp net = constant_policy({0.3, -1}, {-0.7, 0.2});
  Rng rng(1, "test");
  const Matrix eps = rng.normal(2, 50), x = Matrix::Zero(3, 50);
  const auto both = sample_squashed(net, x, eps);
  const auto first = sample_squashed(constant_policy({0.3}, {-0.7}), x, eps.row(0));
  const auto second = sample_squashed(constant_policy({-1}, {0.2}), x, eps.row(1));
  CHECK((both.log_pi - (first.log_pi + second.log_pi)).abs().maxCoeff() < 1e-5);
  CHECK(both.c.row(0).isApprox(first.c));
  CHECK(both.c.row(1).isApprox(second.c));

  Tape tape;
  const auto taped = sample_squashed(forward(net, tape.constant(x)), tape.constant(eps));
  CHECK(taped.c.value() == both.c);
  CHECK((taped.log_pi.value().array() - both.log_pi).abs().maxCoeff() < 1e-5);
}

TEST_CASE("log sd is kept between -20 and 2") {
  const Matrix eps = Matrix::Ones(1, 1), x = Matrix::Zero(3, 1);
  const auto wide = sample_squashed(constant_policy({0}, {5}), x, eps);
  CHECK(wide.log_pi(0) ==
        doctest::Approx(-2 - 0.5 - 0.5 * std::log(2 * M_PI) - exact_log_slope(std::exp(2.0))));
  const auto narrow = sample_squashed(constant_policy({0.5}, {-50}), x, eps);
  CHECK(narrow.log_pi(0) ==
        doctest::Approx(20 - 0.5 - 0.5 * std::log(2 * M_PI) - exact_log_slope(0.5)));
}

TEST_CASE("the gradient of log pi by mu and log sd is that of central differences") {
  const double mu = 0.4, log_sd = -0.3, eps = 0.8, h = 1e-3;
  const Matrix noise = Matrix::Constant(1, 1, Scalar(eps)), x = Matrix::Zero(3, 1);
  const auto log_pi = [&](double m, double l) {
    const double u = m + std::exp(l) * eps;
    return -l - eps * eps / 2 - 0.5 * std::log(2 * M_PI) - exact_log_slope(u);
  };
  Tape tape;
  const Mlp net = constant_policy({mu}, {log_sd});
  const Network<Var> taped = on_tape(tape, net);
  tape.backward(sample_squashed(forward(taped, tape.constant(x)), tape.constant(noise)).log_pi);
  const Matrix& slope = taped.layers[0].b.adjoint();
  const double by_mu = (log_pi(mu + h, log_sd) - log_pi(mu - h, log_sd)) / (2 * h);
  const double by_sd = (log_pi(mu, log_sd + h) - log_pi(mu, log_sd - h)) / (2 * h);
  CHECK(std::abs(double(slope(0, 0)) - by_mu) < 1e-4);
  CHECK(std::abs(double(slope(1, 0)) - by_sd) < 1e-4);
}

}  // namespace test_squashed_gaussian
