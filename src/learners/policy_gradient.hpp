// The policy gradient (REINFORCE, Williams 1992), with what makes it less noisy: the reward-to-go,
// and a baseline.
//
//   grad J ~ 1/B sum_i sum_t grad log pi(a_{i,t} | s_{i,t}) A_{i,t},
//
// A the reward-to-go minus a baseline. It asks of the world, or of a model of it, for trajectories
// only, and never for a derivative.
#pragma once

#include "learners/policy_trainer.hpp"

namespace mbrl {

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
inline Var surrogate(const Env& env, Tape& tape, const NetworkPolicyOf<Var>& pi,
                     const Trajectories& tau, const Matrix& A, const Piece& piece) {
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
