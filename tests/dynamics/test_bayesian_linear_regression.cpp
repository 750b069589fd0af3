#include "dynamics/bayesian_linear_regression.hpp"

#include <Eigen/LU>

#include "check_posterior.hpp"

using namespace mbrl;

namespace test_bayesian_linear_regression {

LinearConfig of(double prior_sd, double noise_sd) {
  LinearConfig config;
  config.prior_sd = prior_sd, config.noise_sd = noise_sd;
  return config;
}

RegressionData data_of(const Matrix& x, const Matrix& y) {
  RegressionData data{x, y, {}, x, y};
  for (Index i = 0; i < x.cols(); ++i) data.row.push_back(i);
  return data;
}

TEST_CASE("two points at -1 and 1 give the posterior that a hand computes") {
  Workers workers(1);
  BayesianLinearRegression model(1, 1, of(1, 1));
  model.fit(data_of(Matrix{{-1, 1}}, Matrix{{1, 3}}), workers);
  // A = I + diag(2, 2); mean = (-1 + 3, 1 + 3) / 3
  const Eigen::MatrixXd A = 3 * Eigen::MatrixXd::Identity(2, 2);
  CHECK((model.precision() - A).norm() < 1e-5);
  CHECK((model.covariance() - A.inverse()).norm() < 1e-6);
  CHECK(model.mean()(0, 0) == doctest::Approx(2.0 / 3));
  CHECK(model.mean()(0, 1) == doctest::Approx(4.0 / 3));
}

TEST_CASE("before any data the posterior is the prior") {
  const BayesianLinearRegression model(2, 1, of(0.5, 1));
  CHECK(model.mean().norm() == 0);
  CHECK((model.covariance() - 0.25 * Eigen::MatrixXd::Identity(3, 3)).norm() < 1e-6);
}

TEST_CASE("mean and covariance are those of the posterior summed over a grid of weights") {
  Workers workers(1);
  const Matrix x{{Scalar(-0.5), Scalar(0.2), Scalar(1.5)}}, y{{Scalar(-1), Scalar(0.4), 2}};
  BayesianLinearRegression model(1, 1, of(0.8, 0.6));
  model.fit(data_of(x, y), workers);

  double total = 0;
  Eigen::Vector2d mean = Eigen::Vector2d::Zero();
  Eigen::Matrix2d squares = Eigen::Matrix2d::Zero();
  for (double w = -4; w <= 4; w += 0.02)
    for (double b = -4; b <= 4; b += 0.02) {
      double log_density = -(w * w + b * b) / (2 * 0.8 * 0.8);
      for (Index i = 0; i < 3; ++i) {
        const double error = double(y(0, i)) - w * double(x(0, i)) - b;
        log_density -= error * error / (2 * 0.6 * 0.6);
      }
      const double density = std::exp(log_density);
      const Eigen::Vector2d theta(w, b);
      total += density, mean += density * theta, squares += density * theta * theta.transpose();
    }
  mean /= total;
  const Eigen::Matrix2d covariance = squares / total - mean * mean.transpose();
  CHECK((model.mean().row(0).transpose() - mean).norm() < 1e-5);
  CHECK((model.covariance() - covariance).norm() < 1e-5);
  CHECK(std::abs(covariance(0, 1)) > 0.01);  // the weights do hang together
}

TEST_CASE("samples have the posterior's mean and covariance, in every row of W by itself") {
  Workers workers(1);
  RegressionData data = correlated_line(10, 1);
  data.y = stack(data.y, Matrix(-2 * data.y));
  data.y_holdout = data.y;
  BayesianLinearRegression model(2, 2, of(1, 0.5));
  model.fit(data, workers);
  const int n = 20000;
  Eigen::MatrixXd rows(6, n);
  const std::vector<Theta> thetas = sampled(model, n, 1);
  for (int k = 0; k < n; ++k) {
    const auto& [W, b] = thetas[std::size_t(k)].net.layers.front();
    for (Index r = 0; r < 2; ++r)
      rows.col(k).segment(3 * r, 3) << double(W(r, 0)), double(W(r, 1)), double(b(r, 0));
  }
  Eigen::MatrixXd truth = Eigen::MatrixXd::Zero(6, 6);
  truth.topLeftCorner(3, 3) = truth.bottomRightCorner(3, 3) = model.covariance();
  const Eigen::VectorXd mean = rows.rowwise().mean();
  const Eigen::MatrixXd centred = rows.colwise() - mean;
  const Eigen::MatrixXd covariance = centred * centred.transpose() / n;
  for (Index r = 0; r < 2; ++r)
    for (Index i = 0; i < 3; ++i) {
      const double error = std::sqrt(truth(i, i) / n);
      CHECK(std::abs(mean(3 * r + i) - model.mean()(r, i)) < 4 * error);
    }
  for (Index i = 0; i < 6; ++i)
    for (Index j = 0; j < 6; ++j)
      CHECK(std::abs(covariance(i, j) - truth(i, j)) <
            4 * std::sqrt(2.0 / n * truth(i, i) * truth(j, j)));
}

TEST_CASE("the predictive variance is noise_sd^2, aleatoric, plus x^T covariance x, epistemic") {
  Workers workers(1);
  BayesianLinearRegression model(2, 1, of(1, kNoiseOfTheLine));
  model.fit(correlated_line(10, 1), workers);
  const Matrix x{{0, 1, -3}, {0, 1, 3}};
  const Moments m = moments(sampled(model, 20000, 1), x);
  for (Index j = 0; j < 3; ++j) {
    const Eigen::Vector3d with_one(double(x(0, j)), double(x(1, j)), 1);
    const double epistemic = with_one.dot(model.covariance() * with_one);
    CHECK(relative_error(double(m.aleatoric(0, j)), 0.25) < 1e-3);
    CHECK(relative_error(double(m.epistemic(0, j)), epistemic) < 0.04);
    const double mean = model.mean().row(0).dot(with_one);
    CHECK(std::abs(double(m.mean(0, j)) - mean) < 4 * std::sqrt(epistemic / 20000));
  }
}

TEST_CASE("of all posteriors with independent weights, the mean-field one has the smallest KL") {
  Workers workers(1);
  BayesianLinearRegression model(2, 1, of(1, 0.5));
  model.fit(correlated_line(20, 3), workers);
  // KL(q || p) of centred normals, up to a constant: 1/2 (sum A_ii v_i - log v_i)
  const Eigen::VectorXd diagonal = model.precision().diagonal();
  const auto kl = [&](const Eigen::VectorXd& v) {
    return 0.5 * (diagonal.dot(v) - v.array().log().sum());
  };
  const Eigen::VectorXd best = model.mean_field_variance();
  for (Index i = 0; i < 3; ++i)
    for (const double factor : {0.95, 1.05}) {
      Eigen::VectorXd other = best;
      other(i) *= factor;
      CHECK(kl(other) > kl(best));
    }
  CHECK((best.array() < model.covariance().diagonal().array()).all());
}

TEST_CASE("rows that do not fit the model are refused with their shapes") {
  Workers workers(1);
  BayesianLinearRegression model(3, 1, {});
  CHECK_THROWS_WITH_AS(model.fit(correlated_line(10, 1), workers),
                       "inputs of the linear model has shape (2, 10), expected (3, any)",
                       UserError);
}

const MakePosterior kFresh = [] {
  return std::make_unique<BayesianLinearRegression>(2, 1, LinearConfig{});
};

TEST_CASE("linear regression: the same rng gives the same thetas") {
  check_samples_follow_the_rng(kFresh, correlated_line(20, 1));
}
TEST_CASE("linear regression: saved and loaded, it samples the same bits") {
  check_loaded_samples_are_the_same(kFresh, correlated_line(20, 1));
}
TEST_CASE("linear regression: data that are not finite stop it with the tensor's name") {
  check_stops_where_data_are_not_finite(kFresh, correlated_line(20, 1), "linear model's weights");
}

}  // namespace test_bayesian_linear_regression
