// Deep deterministic policy gradient (Lillicrap et al. 2016).
//
//   V'(s) = Q'(s, mu'(s)),   critic: Q(s, a) towards y,   actor: up Q(s, mu(s)),
//
// and noise on the action to explore.
#pragma once

#include "learners/off_policy_learner.hpp"

namespace mbrl {

class Ddpg final : public OffPolicyLearner {
 public:
  Ddpg(const Env& env, const LearnerConfig& config, std::uint64_t seed);

  Matrix act(const Matrix& s) const override;
  Matrix explore(const Matrix& s, Rng& rng) const override;
  Mlp policy_network() const override { return actor_.net; }
  const Row& value(const Matrix& s, Workers& workers) override;
  void update_critic(const Matrix& s, const Matrix& a, const Row& y, Workers& workers) override;
  void update_actor(const Matrix& s, Workers& workers) override;
  void update_targets() override;
  void archive(Archive& ar) override;

 private:
  TrainedNetwork actor_, critic_;
  Mlp target_actor_, target_critic_;  // mu', Q'
};

}  // namespace mbrl
