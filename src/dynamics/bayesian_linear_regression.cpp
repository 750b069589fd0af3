#include "dynamics/bayesian_linear_regression.hpp"

#include <chrono>

#include "core/linear_algebra.hpp"

namespace mbrl {

BayesianLinearRegression::BayesianLinearRegression(Index in, Index out, const LinearConfig& config)
    : config_(config),
      mean_(Matrix::Zero(out, in + 1)),
      factor_(static_cast<Scalar>(config.prior_sd) * Matrix::Identity(in + 1, in + 1)) {}

FitReport BayesianLinearRegression::fit(const RegressionData& data, Workers&) {
  const auto start = std::chrono::steady_clock::now();
  const Index in = factor_.rows() - 1, N = data.x.cols();
  require_shape("inputs of the linear model", data.x, in, -1);
  require_shape("targets of the linear model", data.y, mean_.rows(), N);

  // A = I / prior_sd^2 + X X^T / noise_sd^2
  RealMatrix X(in + 1, N);
  X << data.x.cast<double>(), Eigen::RowVectorXd::Ones(N);
  const double noise_var = config_.noise_sd * config_.noise_sd;
  RealMatrix A = product_transposed(X, X) / noise_var;
  A.diagonal().array() += 1 / (config_.prior_sd * config_.prior_sd);
  require_finite("the precision of the linear model's weights", A);

  // mean^T = A^-1 X Y^T / noise_sd^2.  With A = L L^T the factor of A^-1 is L^-T.
  const std::optional<RealMatrix> L = cholesky(A);
  if (!L) throw Diverged("the precision of the linear model's weights is not positive definite");
  const RealMatrix XY = product_transposed(X, data.y.cast<double>()) / noise_var;
  const RealMatrix mean = cholesky_solve(*L, XY).transpose();
  require_finite("the mean of the linear model's weights", mean);
  mean_ = mean.cast<Scalar>();
  const RealMatrix identity = RealMatrix::Identity(in + 1, in + 1);
  const RealMatrix factor = solve_upper(L->transpose(), identity);
  factor_ = factor.cast<Scalar>();

  const Theta best = theta_of(mean_);
  FitReport report = report_of({best}, data);
  report.epochs = 1;
  report.train_loss = gaussian_nll(predict(best, data.x), data.y);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

std::vector<Theta> BayesianLinearRegression::sample(int n, Rng& rng) const {
  std::vector<Theta> thetas;
  for (int k = 0; k < n; ++k) {
    const Matrix z = rng.normal(mean_.rows(), mean_.cols());
    thetas.push_back(theta_of(mean_ + z * factor_.transpose()));
  }
  return thetas;
}

Theta BayesianLinearRegression::theta_of(const Matrix& weights) const {
  const Index in = weights.cols() - 1;
  const Matrix log_var =
      Matrix::Constant(weights.rows(), 1, static_cast<Scalar>(2 * std::log(config_.noise_sd)));
  Theta theta{{}, Noise::fixed, log_var, log_var};
  theta.net.layers.push_back({weights.leftCols(in), weights.rightCols(1)});
  return theta;
}

void BayesianLinearRegression::archive(Archive& ar) {
  ar.fixed_shape("mean of the weights", mean_);
  ar.fixed_shape("factor of their covariance", factor_);
}

RealMatrix BayesianLinearRegression::mean() const { return mean_.cast<double>(); }

RealMatrix BayesianLinearRegression::covariance() const {
  const RealMatrix factor = factor_.cast<double>();
  return product_transposed(factor, factor);
}

RealMatrix BayesianLinearRegression::precision() const {
  const RealMatrix factor = factor_.cast<double>();
  const RealMatrix identity = RealMatrix::Identity(factor.rows(), factor.rows());
  const RealMatrix inverse = solve_upper(factor, identity);  // L^T
  return transposed_product(inverse, inverse);
}

RealVector BayesianLinearRegression::mean_field_variance() const {
  return precision().diagonal().cwiseInverse();
}

}  // namespace mbrl
