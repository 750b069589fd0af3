// Bayesian linear regression: the one model whose p(theta | D) can be written down.
//
//   y = W [x; 1] + noise,   noise ~ N(0, noise_sd^2),   every weight ~ N(0, prior_sd^2).
//
// The posterior of each row of W is normal, with a precision that all rows share (Bishop 2006,
// eqs. 3.53 and 3.54; X = [x; 1] holds one example a column):
//
//   A = I / prior_sd^2 + X X^T / noise_sd^2,   mean = Y X^T A^-1 / noise_sd^2,   covariance = A^-1.
//
// It is what the approximations are measured with: Hamiltonian Monte Carlo must give the same mean
// and covariance, Bayes by Backprop the best that independent weights can do.
#pragma once

#include "dynamics/posterior.hpp"

namespace mbrl {

struct LinearConfig {
  double prior_sd = 1;
  double noise_sd = 0.1;

  void list(Settings& field) {
    field("prior-sd", prior_sd, 1e-3, 1e3, "step 2: standard deviation of every weight before D");
    field("noise-sd", noise_sd, 1e-3, 1e3,
          "step 2: standard deviation of the noise of a normalised output");
  }
};

class BayesianLinearRegression : public Posterior {
 public:
  // From x of `in` rows to y of `out` rows. Before the first fit it is the prior.
  BayesianLinearRegression(Index in, Index out, const LinearConfig& config);

  // Solved in double and rounded once, so that a loaded posterior samples the same bits. Throws
  // UserError for rows that do not fit, Diverged for data that are not finite.
  FitReport fit(const RegressionData& data, Workers& workers) override;
  // Networks without hidden layers, whose only layer has W and b.
  std::vector<Theta> sample(int n, Rng& rng) const override;
  void archive(Archive& ar) override;

  // Of the weights [W b].
  Eigen::MatrixXd mean() const;        // (out, in + 1)
  Eigen::MatrixXd covariance() const;  // (in + 1, in + 1), of each row
  Eigen::MatrixXd precision() const;   // its inverse, A

  // The best of all posteriors with independent weights, q = prod_i N(mu_i, sigma_i^2): where
  // KL(q || p) is smallest, mu is the exact mean and sigma_i^2 = 1 / A_ii (Bishop 2006, section
  // 10.1.2). Smaller than the exact variance, because it is that of one weight with all the others
  // known.
  Eigen::VectorXd mean_field_variance() const;  // (in + 1)

 private:
  Theta theta_of(const Matrix& weights) const;  // (out, in + 1)

  LinearConfig config_;
  Matrix mean_;    // (out, in + 1)
  Matrix factor_;  // (in + 1, in + 1), upper triangular: covariance = factor factor^T
};

}  // namespace mbrl
