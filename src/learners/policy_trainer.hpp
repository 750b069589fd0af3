// Gradient ascent on anything that a policy should make large: the step that versions 2.0 and 2.5
// have in common.
#pragma once

#include "learners/batch_gradient.hpp"
#include "learners/network_policy.hpp"
#include "nn/adam.hpp"

namespace mbrl {

struct PolicyTrainerConfig {
  double learning_rate = 3e-3;
  double max_gradient_norm = 1;

  void list(Settings& field) {
    field("policy-learning-rate", learning_rate, 1e-7, 1, "the policy: Adam's step size");
    field("max-gradient-norm", max_gradient_norm, 0, 1e9,
          "the policy: a longer gradient is shortened to this; 0: never");
  }
};

class PolicyTrainer {
 public:
  static constexpr Index pieces = 10;  // that a batch is cut into

  // An objective that is a sum over a batch: the share of one piece, (1, 1), on the tape of pi.
  // Called from several threads.
  using Share = std::function<Var(Tape& tape, const NetworkPolicyOf<Var>& pi, const Piece& piece)>;

  PolicyTrainer(const PolicyTrainerConfig& config, bool stochastic);

  // J over a batch of B columns, and its gradient in the order of parameters(pi, stochastic).
  const BatchGradient::Slope& slope(const NetworkPolicy& pi, Index B, const Share& J,
                                    Workers& workers);

  // One step of Adam up the slope. Returns J and the gradient's norm before it was shortened.
  // Throws Diverged if either is not finite.
  struct Ascent {
    double J = 0, gradient_norm = 0;
  };
  Ascent ascend(NetworkPolicy& pi, Index B, const Share& J, Workers& workers);

  // Its optimiser, of this policy.
  void archive(Archive& ar, NetworkPolicy& pi) { adam_.archive(ar, parameters(pi, stochastic_)); }

 private:
  PolicyTrainerConfig config_;
  bool stochastic_;  // whether log_sd is trained
  Adam adam_;
  BatchGradient gradient_{pieces};
};

}  // namespace mbrl
