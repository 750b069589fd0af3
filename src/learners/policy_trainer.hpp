// Gradient ascent on anything that a policy should make large: the step that versions 2.0 and 2.5
// have in common; and, for version 2.5, the policy gradient, which asks a model for trajectories
// only, and never for a derivative.
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
  using Share = std::function<Var(const NetworkPolicyOf<Var>& pi, const Piece& piece)>;

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

// ---- the policy gradient (REINFORCE, Williams 1992) ----
//
//   grad J ~ 1/B sum_i sum_t grad log pi(a_{i,t} | s_{i,t}) A_{i,t},
//
// A the reward-to-go minus a baseline: both make it less noisy.

// {tau_i}: T steps of B trajectories side by side. What comes after a predicted end does not count.
struct Trajectories {
  std::vector<Matrix> s, u;  // [t]: (state_dim, B), (action_dim, B); a = middle + half tanh(u)
  Matrix reward;             // (T, B); 0 where it does not count
  Matrix counts;             // (T, B): 1 until the predicted end, then 0
};

// sum_{t' >= t} gamma^{t' - t} r_{t'}, (T, B)
inline Matrix reward_to_go(const Matrix& reward, double discount) {
  Matrix Q = reward;
  // BEGIN SOLUTION hw4.2 (about 1 line)
  for (Index t = Q.rows() - 1; t-- > 0;) Q.row(t) += static_cast<Scalar>(discount) * Q.row(t + 1);
  // END SOLUTION
  return Q;
}

// The baseline of a trajectory at step t: the mean reward-to-go of the others at that step, 0 for
// those that have ended. It does not depend on the trajectory's own actions, so the gradient stays
// unbiased.  Q: (T, B)  returns (T, B)
inline Matrix mean_of_the_others(const Matrix& Q) {
  // BEGIN SOLUTION hw4.3 (about 2 lines)
  const auto others = static_cast<Scalar>(Q.cols() - 1);
  return ((-Q).colwise() + Q.rowwise().sum()) / others;
  // END SOLUTION
}

// Something whose gradient is the policy gradient,
//
//   1/B sum_i sum_t log pi(u_{i,t} | s_{i,t}) A_{i,t},
//
// for some of the trajectories; its value means nothing.  A: (T, B)
inline Var surrogate(const Env& env, const NetworkPolicyOf<Var>& pi, const Trajectories& tau,
                     const Matrix& A, const Piece& piece) {
  Tape& tape = piece.tape;
  // All steps of these trajectories side by side.
  const auto T = static_cast<Index>(tau.s.size()), n = piece.count;
  Matrix s(env.spec.state_dim(), T * n), u(env.spec.action_dim(), T * n), weight(1, T * n);
  for (Index t = 0; t < T; ++t) {
    s.middleCols(t * n, n) = piece.of(tau.s[std::size_t(t)]);
    u.middleCols(t * n, n) = piece.of(tau.u[std::size_t(t)]);
    weight.middleCols(t * n, n) = piece.of(tau.counts.row(t)).cwiseProduct(piece.of(A.row(t))) /
                                  static_cast<Scalar>(A.cols());
  }
  const Var log_pi = log_density(env, pi, tape.constant(std::move(s)), tape.constant(std::move(u)));
  return sum(log_pi * tape.constant(std::move(weight)));
}

}  // namespace mbrl
