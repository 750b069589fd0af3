#include "dynamics/posterior.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_posterior {

// A model that says N(mean, var) whatever x is.
Theta constant_theta(double mean, double var) {
  Theta theta;
  theta.noise = var > 0 ? Noise::fixed : Noise::none;
  theta.net.layers.push_back({Matrix::Zero(1, 1), Matrix::Constant(1, 1, Scalar(mean))});
  theta.min_log_var = theta.max_log_var = Matrix::Constant(1, 1, Scalar(std::log(var)));
  return theta;
}

TEST_CASE("B25: members at +1 and -1 without noise have mean 0, variance 1, all of it epistemic") {
  const Moments m = moments({constant_theta(1, 0), constant_theta(-1, 0)}, Matrix::Zero(1, 3));
  CHECK(m.mean.isZero(1e-6));
  CHECK(m.aleatoric.isZero(1e-6));
  CHECK((m.epistemic.array() - 1).abs().maxCoeff() < 1e-6);
}

TEST_CASE("B25: the two variances add up to that of draws from the mixture") {
  const std::vector<Theta> thetas{constant_theta(0, 1), constant_theta(3, 4), constant_theta(6, 1)};
  const Moments m = moments(thetas, Matrix::Zero(1, 1));
  CHECK(double(m.mean(0, 0)) == doctest::Approx(3));
  CHECK(double(m.aleatoric(0, 0)) == doctest::Approx(2));
  CHECK(double(m.epistemic(0, 0)) == doctest::Approx(6));
  Rng rng(1, "test");
  double sum = 0, squares = 0;
  const int n = 30000;
  for (int k = 0; k < n; ++k) {
    const double mean = 3.0 * double(k % 3), sd = k % 3 == 1 ? 2 : 1;
    const double y = mean + sd * double(rng.normal());
    sum += y / n, squares += y * y / n;
  }
  CHECK(squares - sum * sum == doctest::Approx(8).epsilon(0.03).scale(0));
}

TEST_CASE("members that agree leave no mutual information; two that exclude each other, log 2") {
  Rng rng(1, "test");
  const Matrix x = Matrix::Zero(1, 50);
  const EntropySplit same = entropy_split({constant_theta(1, 4), constant_theta(1, 4)}, x, 50, rng);
  CHECK(std::abs(double(same.mutual.mean())) < 1e-5);
  CHECK(double(same.expected(0)) == doctest::Approx(0.5 * std::log(2 * M_PI * std::exp(1.0) * 4)));
  const EntropySplit apart =
      entropy_split({constant_theta(0, 1), constant_theta(100, 1)}, x, 50, rng);
  CHECK(double(apart.mutual.mean()) == doctest::Approx(std::log(2.0)).epsilon(1e-4));
  CHECK(double(apart.total.mean()) ==
        doctest::Approx(double(apart.expected.mean()) + std::log(2.0)).epsilon(0.02).scale(0));
}

TEST_CASE("B28: members a hundred standard deviations apart do not underflow the mixture") {
  Rng rng(1, "test");
  const EntropySplit split = entropy_split({constant_theta(0, 1e-6), constant_theta(1000, 1e-6)},
                                           Matrix::Zero(1, 5), 4, rng);
  CHECK(split.total.allFinite());
  CHECK(double(split.mutual.mean()) == doctest::Approx(std::log(2.0)).epsilon(0.01).scale(0));
}

TEST_CASE("a deterministic member has entropy -infinity and no mutual information") {
  Rng rng(1, "test");
  const Gaussian p = predict(constant_theta(1, 0), Matrix::Zero(1, 2));
  CHECK(p.log_var.array().exp().isZero());
  const EntropySplit split = entropy_split({constant_theta(1, 0)}, Matrix::Zero(1, 2), 3, rng);
  CHECK(double(split.expected(0)) == -INFINITY);
  CHECK(std::isnan(split.mutual(0)));
}

TEST_CASE("a learned log-variance stays between its bounds, and the mean is free of them") {
  Rng rng(1, "test");
  Theta theta = make_theta(2, 3, {}, Noise::learned, rng);
  CHECK(theta.net.layers.back().W.rows() == 6);
  for (auto& layer : theta.net.layers) layer.W *= 100;
  const Gaussian p = predict(theta, Matrix(10 * rng.normal(2, 200)));
  REQUIRE(p.mean.rows() == 3);
  CHECK(p.log_var.minCoeff() >= Scalar(kMinLogVar));
  CHECK(p.log_var.maxCoeff() < Scalar(kMaxLogVar + 0.01));
  CHECK(p.mean.cwiseAbs().maxCoeff() > 20);
}

TEST_CASE("the taped and the plain model agree to the bit") {
  Rng rng(1, "test");
  const Theta theta = make_theta(2, 3, {}, Noise::learned, rng);
  const Matrix x = rng.normal(2, 9);
  Tape tape;
  const GaussianOf<Var> taped = predict(on_tape(tape, theta), tape.constant(x));
  const Gaussian plain = predict(theta, x);
  CHECK(taped.mean.value() == plain.mean);
  CHECK(taped.log_var.value() == plain.log_var);
}

}  // namespace test_posterior
