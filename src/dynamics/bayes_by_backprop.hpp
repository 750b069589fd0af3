// Bayes by Backprop: a network whose every weight is a normal distribution.
//
// Lecture, "Quick overview of Bayesian neural networks":
//
//   p(theta | D) ~ q(theta) = prod_i N(theta_i; mu_i, sigma_i^2),
//
// mu_i the expected weight, sigma_i the uncertainty about it. Both are learned, sigma =
// softplus(rho) to stay positive, by descending the variational bound (Blundell et al. 2015, eq. 2)
//
//   KL(q || prior) - E_q[log p(D | theta)],   prior: every weight ~ N(0, prior_sd^2),
//
// through theta = mu + sigma eps, eps ~ N(0, 1), which turns a draw into something to
// differentiate. It cannot stop early: the KL is what keeps it from overfitting, and sigma, which
// begins small, would be left too small. So it makes a fixed number of passes.
#pragma once

#include "dynamics/fixed_passes.hpp"

namespace mbrl {

struct BayesByBackpropConfig {
  Noise noise = Noise::learned;
  double fixed_sd = 1;  // for Noise::fixed
  double prior_sd = 1;
  double initial_sd = 0.02;
  bool local_reparametrisation = true;
  double cool_down = 0.25;

  void list(Settings& field) {
    field("prior-sd", prior_sd, 1e-3, 1e3, "step 2: standard deviation of every weight before D");
    field("initial-sd", initial_sd, 1e-6, 10, "step 2: sigma of every weight before training");
    field("local-reparametrisation", local_reparametrisation,
          "step 2: draw every example's own units instead of one set of weights per minibatch");
    field("cool-down", cool_down, 0, 1,
          "step 2: last share of the epochs, in which the learning rate falls to zero");
  }
};

// KL(N(mu, sigma^2) || N(0, prior_sd^2)) in nats, summed over the entries. (1, 1)
Var kl_to_prior(const Var& mu, const Var& sigma, double prior_sd);

class BayesByBackprop : public Posterior {
 public:
  // x to y of `in` and `out` rows. Of `model` it takes the network's shape, learning_rate,
  // batch_size and epochs; the prior replaces weight decay, and there is no patience.
  BayesByBackprop(Index in, Index out, const ModelConfig& model,
                  const BayesByBackpropConfig& config, std::uint64_t seed);

  // Goes on from the present mu and rho for a fixed number of epochs. Throws Diverged when the loss
  // is no longer finite. FitReport::train_loss is the variational bound per example, in nats.
  FitReport fit(const RegressionData& data, Workers& workers) override;
  std::vector<Theta> sample(int n, Rng& rng) const override;
  void archive(Archive& ar) override;

  // The loss of a minibatch out of N examples, at noise from rng: the mean over its examples of
  // -log p(y | x, theta), summed over the coordinates, + KL / N. So the KL counts once per epoch,
  // whatever the minibatches are.  x: (in, B)  y: (out, B)
  double loss(const Matrix& x, const Matrix& y, Index N, Rng& rng) const;

  const Theta& mean() const { return mu_; }  // the network of the expected weights
  Mlp sd() const;                            // sigma of each, in the same places

 private:
  // Everything of q on a tape.
  struct Taped {
    ThetaOf<Var> mu;
    Network<Var> rho, sigma;
  };
  Taped on_tape(Tape& tape) const;
  Var loss(const Taped& q, const Matrix& x, const Matrix& y, Index N, Rng& rng) const;
  std::vector<Matrix*> trained();  // mu and rho of every weight

  BayesByBackpropConfig config_;
  FixedPasses passes_;
  Theta mu_;
  Mlp rho_;  // sigma = softplus(rho), one for every weight and bias
  Rng noise_;
};

}  // namespace mbrl
