// Normalised advantage functions (Gu, Lillicrap, Sutskever, Levine 2016): Q-learning where the best
// action is known in closed form.
//
//   Q(s, u) = V(s) - 1/2 (u - mu(s))^T P(s) (u - mu(s)),   P = L L^T positive definite,
//
// so that max_u Q(s, u) = V(s), at u = mu(s). One network says V, mu and the lower triangle of L;
// u is the action in the unit box, and mu is inside it.
#pragma once

#include "learners/off_policy_learner.hpp"

namespace mbrl {

class Naf final : public OffPolicyLearner {
 public:
  Naf(const Env& env, const LearnerConfig& config, std::uint64_t seed);

  Matrix act(const Matrix& s) const override;
  Matrix explore(const Matrix& s, Rng& rng) const override;
  Mlp policy_network() const override { return only_outputs(net_.net, 1, env_.spec.action_dim()); }
  const Row& value(const Matrix& s, Workers& workers) override;
  void update_critic(const Matrix& s, const Matrix& a, const Row& y, Workers& workers) override;
  // Nothing to do: Q contains the policy.
  void update_actor(const Matrix&, Workers&) override {}
  void update_targets() override;
  void archive(Archive& ar) override;

  // Q(s, a), (1, B)
  Row q(const Matrix& s, const Matrix& a) const;

 private:
  TrainedNetwork net_;  // features to V (1), mu (m), and L row by row: 1 + m + m (m + 1) / 2
  Mlp target_;
};

// Q of the network's output and an action in the unit box.  out: as above  c: (m, B)  returns (1,
// B) The diagonal of L is exp of its output, softly kept between exp(-5) and exp(5): a curvature
// that explodes would make every action but mu look infinitely bad.
Var naf_q(const Var& out, const Var& c);

}  // namespace mbrl
