// A model-free learner that learns from any transitions, whoever made them: SAC, DDPG or NAF behind
// one interface. It is told of real and of imagined transitions in the same way, which is what
// versions 3.0 and later are about.
//
// One update, in its parts:
//
//   y = r + gamma (1 - terminated) V'(s')          target(): a time limit is no end
//   critic: down the gradient of mean (Q(s, a) - y)^2 / 2
//   actor:  up the gradient of mean Q(s, pi(s))    (with SAC's entropy bonus)
//   targets: theta' <- theta' + tau (theta - theta')
#pragma once

#include "core/checkpoint.hpp"
#include "core/parallel.hpp"
#include "core/reports.hpp"
#include "core/settings.hpp"
#include "data/dataset.hpp"
#include "learners/batch_gradient.hpp"
#include "nn/adam.hpp"
#include "nn/mlp.hpp"
#include "nn/normaliser.hpp"

namespace mbrl {

struct LearnerConfig {
  std::string kind = "sac";
  int hidden_layers = 2;
  int hidden_width = 128;
  double learning_rate = 1e-3;
  int batch_size = 256;
  double discount = 0.99;
  double target_rate = 0.005;
  double target_entropy = -1;
  double temperature = 0;
  double exploration_noise = 0.1;

  // The fields, with `kind` under the name "learner" if there is a choice.
  void list(Settings& field, bool choice);
};

// A network and the optimiser that trains it.
struct TrainedNetwork {
  Mlp net;
  Adam adam;

  // One step of Adam down the part of the gradient that begins at `first`; returns its norm. Throws
  // Diverged, with that name, if it is not finite.
  double descend(const char* name, const BatchGradient::Slope& slope, std::size_t first = 0);

  void archive(Archive& ar);

  std::vector<Matrix*> weights = {}, slopes = {};  // room for descend()
};

class OffPolicyLearner {
 public:
  OffPolicyLearner(const Env& env, const LearnerConfig& config, std::uint64_t seed);
  virtual ~OffPolicyLearner() = default;

  // The action it holds for best, and one that explores; in the world's units.
  // s: (state_dim, B)  returns (action_dim, B)
  virtual Matrix act(const Matrix& s) const = 0;
  virtual Matrix explore(const Matrix& s, Rng& rng) const = 0;
  // The network behind act(): features(s) to u, of which the action is middle + half tanh(u).
  virtual Mlp policy_network() const = 0;
  // V'(s), (1, B): what is to come from s on, by the target networks.
  // It lives until the next call.
  virtual const Row& value(const Matrix& s, Workers& workers) = 0;

  // y = r + gamma (1 - terminated) V'(s'), (1, B)
  void target(const Batch& batch, Row& y, Workers& workers);
  // One update with a batch. In parts, for those who have targets of their own:
  void update(const Batch& batch, Workers& workers);
  // What rewards there are, so that a Q that no return can reach is noticed.
  void note_rewards(const Row& reward);
  // A step of Q(s, a) towards y: (1, B).
  virtual void update_critic(const Matrix& s, const Matrix& a, const Row& y, Workers& workers) = 0;
  // A step of the policy up Q; nothing where Q contains the policy.
  virtual void update_actor(const Matrix& s, Workers& workers) = 0;
  virtual void update_targets() = 0;

  // All that it needs to resume; a learner adds its networks.
  virtual void archive(Archive& ar);
  // What happened since it was last asked.
  LearnerReport report() { return std::exchange(report_, {}); }
  const LearnerConfig& config() const { return config_; }

 protected:
  // Fresh networks, from features(s) to an action, and from what a critic sees to Q.
  TrainedNetwork fresh_actor(Index outputs) const;
  TrainedNetwork fresh_critic(std::uint64_t which) const;
  // What a network sees of states and actions: features of s; the action in the unit box; for a
  // critic the one on top of the other.
  Var see(const Var& s) const { return env_.features(s); }
  Var unit(const Var& a) const { return unit_box_.normalise(a); }
  // Independent N(0, 1), one for each action of a batch.
  const Matrix& noise_for(const Matrix& s) {
    eps_.resize(env_.spec.action_dim(), s.cols());
    noise_.fill_normal(eps_);
    return eps_;
  }

  // Actions with Gaussian noise of size exploration_noise in the unit box, kept inside it.
  Matrix with_noise(const Matrix& a, Rng& rng) const;
  void report_critic(double loss, double gradient_norm, const Row& y);
  void report_actor(double gradient_norm);

  const Env& env_;
  LearnerConfig config_;
  std::uint64_t seed_;
  Index feature_dim_;
  Rng noise_;
  LearnerReport report_;
  double largest_reward_ = 1;         // in size, of all that it has learned from; at least 1
  static constexpr Index pieces = 2;  // that a batch is cut into
  // One for each thing that is computed, so that its buffers fit.
  BatchGradient of_value_{pieces}, of_critic_{pieces}, of_actor_{pieces};
  Normaliser unit_box_;  // the box of actions as mean and spread
  Matrix eps_;
  Row value_, y_;
};

std::unique_ptr<OffPolicyLearner> make_learner(const Env& env, const LearnerConfig& config,
                                               std::uint64_t seed);

// r + gamma (1 - terminated) V(s'), (1, B)
Row td_target(const Batch& batch, const Row& value_next, double discount);
void td_target(const Batch& batch, const Row& value_next, double discount, Row& y);
// target <- target + tau (net - target), every weight
void soft_update(Mlp& target, const Mlp& net, double tau);

}  // namespace mbrl
