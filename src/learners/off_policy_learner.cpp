#include "learners/off_policy_learner.hpp"

#include "learners/ddpg.hpp"
#include "learners/naf.hpp"
#include "learners/sac.hpp"

namespace mbrl {

void LearnerConfig::list(Settings& field, bool choice) {
  if (choice) field("learner", kind, {"sac", "ddpg", "naf"}, "the model-free learner");
  field("learner-layers", hidden_layers, 1, 10,
        "the learner: hidden layers of its networks (ReLU)");
  field("learner-width", hidden_width, 1, 4096, "the learner: units per hidden layer");
  field("learner-learning-rate", learning_rate, 1e-7, 1, "the learner: Adam's step size");
  field("learner-batch-size", batch_size, 1, 65536, "the learner: transitions per update");
  field("discount", discount, 0, 1, "the learner: gamma, what the next step counts for");
  field("target-rate", target_rate, 0, 1,
        "the learner: tau, how fast the target networks follow, per update");
  field("target-entropy", target_entropy, -100, 10,
        "sac: the entropy it holds, per action dimension, of actions scaled to [-1, 1]");
  field("temperature", temperature, 0, 1e6,
        "sac: alpha, the price of entropy; 0: found so that the entropy is --target-entropy");
  field("exploration-noise", exploration_noise, 0, 10,
        "ddpg and naf: sd of the noise on real actions, scaled to [-1, 1]");
}

OffPolicyLearner::OffPolicyLearner(const Env& env, const LearnerConfig& config, std::uint64_t seed)
    : env_(env),
      config_(config),
      seed_(seed),
      feature_dim_(env.features(Matrix(Matrix::Zero(env.spec.state_dim(), 1))).rows()),
      noise_(seed, "noise of the learner") {}

static TrainedNetwork fresh(Index in, Index out, const LearnerConfig& config, Rng rng) {
  const MlpConfig shape{config.hidden_layers, config.hidden_width, Activation::relu, Init::xavier};
  return {make_mlp(in, out, shape, rng), {.learning_rate = Scalar(config.learning_rate)}};
}

TrainedNetwork OffPolicyLearner::fresh_actor(Index outputs) const {
  return fresh(feature_dim_, outputs, config_, Rng(seed_, "initial weights of the actor"));
}

TrainedNetwork OffPolicyLearner::fresh_critic(std::uint64_t which) const {
  return fresh(feature_dim_ + env_.spec.action_dim(), 1, config_,
               Rng(seed_, "initial weights of a critic", which));
}

Matrix OffPolicyLearner::with_noise(const Matrix& a, Rng& rng) const {
  const Matrix noise =
      static_cast<Scalar>(config_.exploration_noise) * rng.normal(a.rows(), a.cols());
  const Matrix c = env_.spec.to_unit_box(a) + noise;
  return env_.spec.from_unit_box(c.cwiseMax(Scalar(-1)).cwiseMin(Scalar(1)));
}

void OffPolicyLearner::report_critic(double loss, const Row& y) {
  ++report_.updates;
  report_.critic_loss += (loss - report_.critic_loss) / report_.updates;
  report_.mean_q += (double(y.mean()) - report_.mean_q) / report_.updates;
}

Row OffPolicyLearner::target(const Batch& batch, Workers& workers) {
  return td_target(batch, value(batch.s_next, workers), config_.discount);
}

void OffPolicyLearner::update(const Batch& batch, Workers& workers) {
  update_critic(batch.s, batch.a, target(batch, workers), workers);
  update_actor(batch.s, workers);
  update_targets();
}

Matrix OffPolicyLearner::critic_input(const Matrix& s, const Matrix& a) const {
  return stack(std::vector<Matrix>{env_.features(s), env_.spec.to_unit_box(a)});
}

std::unique_ptr<OffPolicyLearner> make_learner(const Env& env, const LearnerConfig& config,
                                               std::uint64_t seed) {
  if (config.kind == "sac") return std::make_unique<Sac>(env, config, seed);
  if (config.kind == "ddpg") return std::make_unique<Ddpg>(env, config, seed);
  if (config.kind == "naf") return std::make_unique<Naf>(env, config, seed);
  throw UserError("unknown learner '" + config.kind + "': expected sac, ddpg or naf");
}

void TrainedNetwork::descend(const std::string& name, const BatchGradient::Slope& slope,
                             std::size_t first) {
  const std::vector<Matrix*> weights = parameters(net);
  const auto begin = slope.gradient.begin() + static_cast<std::ptrdiff_t>(first);
  const std::vector<Matrix*> mine(begin, begin + static_cast<std::ptrdiff_t>(weights.size()));
  require_finite("the gradient of " + name, double(gradient_norm(mine)));
  adam.step(weights, mine);
}

Row td_target(const Batch& batch, const Row& value_next, double discount) {
  const Row to_come = where(batch.terminated, Row::Zero(value_next.size()), value_next);
  return batch.reward + static_cast<Scalar>(discount) * to_come;
}

void follow(Mlp& target, Mlp& net, double tau) {
  const std::vector<Matrix*> slow = parameters(target), fast = parameters(net);
  for (std::size_t i = 0; i < slow.size(); ++i)
    *slow[i] += static_cast<Scalar>(tau) * (*fast[i] - *slow[i]);
}

}  // namespace mbrl
