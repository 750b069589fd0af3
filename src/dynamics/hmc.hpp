// Hamiltonian Monte Carlo: thetas drawn from the true p(theta | D), for networks small enough.
//
// A ball rolls over the landscape U(q) = -log p(q | D), q being all the weights, with a random push
// before every roll; where it stops is the next draw (Neal 2011). No family of distributions is
// assumed, so this is what the other posteriors are compared with. It needs all of D for every
// step, so it is for some 50 to 300 points and a network of one layer.
#pragma once

#include <functional>

#include "dynamics/posterior.hpp"

namespace mbrl {

// ---- the sampler, for any density ----

// U(q) = -log p(q) up to a constant, in nats, and its gradient.
using Potential = std::function<double(const Eigen::VectorXd& q, Eigen::VectorXd& gradient)>;

// A place q, a momentum p, and what is known there.
struct PhasePoint {
  Eigen::VectorXd q, p, gradient;  // gradient of U at q
  double U = 0;

  double energy() const { return U + p.squaredNorm() / 2; }  // H(q, p), for unit masses
};

PhasePoint at_rest(const Potential& U, const Eigen::VectorXd& q);

// `steps` leapfrog steps of Hamilton's equations dq/dt = p, dp/dt = -dU/dq (Neal 2011, eqs.
// 2.28 to 2.30): reversible, keeps volumes, and errs in the energy by O(step^2).
void leapfrog(const Potential& U, PhasePoint& at, double step, int steps);

struct HmcConfig {
  Noise noise = Noise::learned;
  double fixed_sd = 1;  // for Noise::fixed
  double prior_sd = 1;
  int chains = 4;
  int warm_up = 500;
  int draws = 250;
  int leapfrog_steps = 30;
  double target_acceptance = 0.8;

  void list(Settings& field) {
    field("prior-sd", prior_sd, 1e-3, 1e3, "step 2: standard deviation of every weight before D");
    field("chains", chains, 2, 100, "step 2: walks through the weights, from different starts");
    field("warm-up", warm_up, 1, 1000000,
          "step 2: draws of a chain thrown away while it settles and its step size is found");
    field("draws", draws, 2, 1000000, "step 2: draws kept of a chain");
    field("leapfrog-steps", leapfrog_steps, 1, 10000,
          "step 2: most gradients per draw; the number is random, from half as many up");
    field("target-acceptance", target_acceptance, 0.1, 0.99,
          "step 2: share of proposals to be accepted, by choice of the step size");
  }
};

struct HmcChain {
  Eigen::MatrixXd draws;  // (dim, draws)
  Eigen::VectorXd U;      // (draws), at each
  double acceptance = 0;  // mean probability of acceptance after the warm-up
  double step = 0;        // leapfrog step size that the warm-up has found
};

// One chain from q. The step size is adapted during the warm-up only, by dual averaging (Hoffman &
// Gelman 2014, algorithm 5): a chain that went on adapting would not sample p. Throws Diverged if U
// is not finite at the start.
HmcChain run_chain(const Potential& U, const Eigen::VectorXd& q, const HmcConfig& config, Rng& rng);

// Split R-hat of one quantity, a column per chain (Gelman et al. 2013, section 11.4): 1 when every
// half of every chain tells the same; above about 1.1 the chains have not mixed.
double potential_scale_reduction(const Eigen::MatrixXd& chains);  // (draws, chains)

// ---- the posterior of a network ----

struct HmcDiagnostics {
  double acceptance = 0;        // mean over the chains
  double r_hat_potential = 0;   // R-hat of U
  double r_hat_prediction = 0;  // the largest R-hat of the mean predicted at up to 20 of the x
  std::vector<double> step;     // of each chain
};

class Hmc : public Posterior {
 public:
  // x to y of `in` and `out` rows; of `model` it takes the network's shape only.
  Hmc(Index in, Index out, const ModelConfig& model, const HmcConfig& config, std::uint64_t seed);

  // Runs the chains in parallel, from their last draws, or at first from fresh weights. Every
  // weight counts: no minibatches, nothing stops early. FitReport: epochs are gradients per chain,
  // train_loss is the mean of U / N, in nats.
  FitReport fit(const RegressionData& data, Workers& workers) override;
  // Kept draws of all chains in random order, none twice before each was there once.
  std::vector<Theta> sample(int n, Rng& rng) const override;
  void archive(Archive& ar) override;

  const HmcDiagnostics& diagnostics() const { return diagnostics_; }
  // All draws, (dim, chains * draws), chain after chain; weights in the order of parameters().
  const Matrix& draws() const { return draws_; }

 private:
  Theta theta_of(const Eigen::VectorXd& q) const;
  Potential potential(const RegressionData& data, Tape& tape) const;
  void diagnose(const RegressionData& data, const std::vector<HmcChain>& chains);

  HmcConfig config_;
  std::uint64_t seed_;
  int fits_ = 0;
  Theta shape_;  // the network that a vector of weights is poured into
  Matrix draws_;
  HmcDiagnostics diagnostics_;
};

}  // namespace mbrl
