// Soft actor-critic (Haarnoja et al. 2018b, "Soft Actor-Critic Algorithms and Applications").
//
// It maximises the return plus alpha times the entropy of the policy:
//
//   V'(s) = min_i Q_i'(s, a) - alpha log pi(a | s),  a ~ pi(. | s)
//   critics: two, regressed on the same target y            (eq. 5)
//   actor:   down alpha log pi(a | s) - min_i Q_i(s, a), with a reparametrised  (eq. 9)
//   alpha:   tuned to hold the entropy at target_entropy per action dimension   (eq. 18)
#pragma once

#include "learners/off_policy_learner.hpp"

namespace mbrl {

// V = min(Q_1, Q_2) - alpha log pi, (1, B) each: the smaller of the two critics, plus a bonus
// for unlikely actions.
Var soft_value(const Var& Q_1, const Var& Q_2, const Var& log_pi, Scalar alpha);

class Sac final : public OffPolicyLearner {
 public:
  Sac(const Env& env, const LearnerConfig& config, std::uint64_t seed);

  Matrix act(const Matrix& s) const override;
  Matrix explore(const Matrix& s, Rng& rng) const override;
  Mlp policy_network() const override {
    return only_outputs(actor_.net, 0, env_.spec.action_dim());
  }
  const Row& value(const Matrix& s, Workers& workers) override;
  void update_critic(const Matrix& s, const Matrix& a, const Row& y, Workers& workers) override;
  void update_actor(const Matrix& s, Workers& workers) override;
  void update_targets() override;
  void archive(Archive& ar) override;

  double alpha() const { return std::exp(double(log_alpha_(0, 0))); }
  // One step of log alpha down its loss, -log alpha (mean log pi + target entropy): alpha rises
  // when the entropy, -mean log pi, is below its target. No gradient reaches the policy.
  void update_temperature(double mean_log_pi);

 private:
  TrainedNetwork actor_;
  std::array<TrainedNetwork, 2> critics_;
  std::array<Mlp, 2> targets_;         // Q_i'
  Matrix log_alpha_, slope_of_alpha_;  // (1, 1)
  Adam alpha_adam_;
  std::vector<Matrix*> only_alpha_{&log_alpha_}, only_its_slope_{&slope_of_alpha_};
};

}  // namespace mbrl
