#include "learners/off_policy_learner.hpp"

#include "core/time_spent.hpp"
#include "learners/ddpg.hpp"
#include "learners/naf.hpp"
#include "learners/sac.hpp"

namespace mbrl {

static const char* const kAdvice = "try a smaller --learner-learning-rate or --target-rate";

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
      feature_dim_(env.feature_dim()),
      noise_(seed, "noise of the learner"),
      unit_box_{env.spec.action_middle(), env.spec.action_half_width()} {}

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

void OffPolicyLearner::report_critic(double loss, double gradient_norm, const Row& y) {
  // No return can be larger than largest_reward / (1 - gamma): beyond a hundred times that, Q feeds
  // on itself.
  const double mean = double(y.mean()), limit = 100 * largest_reward_ / (1 - config_.discount);
  if (!std::isfinite(mean)) throw Diverged("the target of Q is no longer finite", kAdvice);
  if (std::abs(mean) > limit)
    throw Diverged("Q is " + number_text(mean) + " on average, a hundred times what rewards of " +
                       number_text(largest_reward_) + " can add up to",
                   kAdvice);
  ++report_.updates;
  report_.critic_loss += (loss - report_.critic_loss) / report_.updates;
  report_.mean_q += (mean - report_.mean_q) / report_.updates;
  report_.critic_gradient += (gradient_norm - report_.critic_gradient) / report_.updates;
}

void OffPolicyLearner::report_actor(double gradient_norm) {
  const int updates = std::max(report_.updates, 1);
  report_.actor_gradient += (gradient_norm - report_.actor_gradient) / updates;
}

void OffPolicyLearner::target(const Batch& batch, Row& y, Workers& workers) {
  td_target(batch, value(batch.s_next, workers), config_.discount, y);
  note_rewards(batch.reward);
}

void OffPolicyLearner::note_rewards(const Row& reward) {
  largest_reward_ = std::max(largest_reward_, double(reward.abs().maxCoeff()));
}

void OffPolicyLearner::update(const Batch& batch, Workers& workers) {
  const TimeSpent time(Part::learner);
  target(batch, y_, workers);
  update_critic(batch.s, batch.a, y_, workers);
  update_actor(batch.s, workers);
  update_targets();
}

std::unique_ptr<OffPolicyLearner> make_learner(const Env& env, const LearnerConfig& config,
                                               std::uint64_t seed) {
  if (config.kind == "sac") return std::make_unique<Sac>(env, config, seed);
  if (config.kind == "ddpg") return std::make_unique<Ddpg>(env, config, seed);
  if (config.kind == "naf") return std::make_unique<Naf>(env, config, seed);
  throw UserError("unknown learner '" + config.kind + "': expected sac, ddpg or naf");
}

double TrainedNetwork::descend(const char* name, const BatchGradient::Slope& slope,
                               std::size_t first) {
  const TimeSpent time(Part::learner);
  parameters(net, weights);
  const auto begin = slope.gradient.begin() + static_cast<std::ptrdiff_t>(first);
  slopes.assign(begin, begin + static_cast<std::ptrdiff_t>(weights.size()));
  const double norm = double(gradient_norm(slopes));
  if (!std::isfinite(norm)) slope.refuse("the gradient of " + std::string(name), kAdvice);
  adam.step(weights, slopes);
  return norm;
}

void TrainedNetwork::archive(Archive& ar) {
  ar("weights", net);
  ar.inside("adam", [&] { adam.archive(ar, parameters(net)); });
}

void OffPolicyLearner::archive(Archive& ar) {
  ar("noise", noise_), ar("report", report_), ar("largest reward", largest_reward_);
}

void td_target(const Batch& batch, const Row& value_next, double discount, Row& y) {
  const auto gamma = static_cast<Scalar>(discount);
  y = batch.reward + batch.terminated.select(Scalar(0), gamma * value_next);
}

Row td_target(const Batch& batch, const Row& value_next, double discount) {
  Row y;
  td_target(batch, value_next, discount, y);
  return y;
}

void soft_update(Mlp& target, const Mlp& net, double tau) {
  const auto share = static_cast<Scalar>(tau);
  for (std::size_t l = 0; l < target.layers.size(); ++l) {
    auto& [W, b] = target.layers[l];
    W += share * (net.layers[l].W - W);
    b += share * (net.layers[l].b - b);
  }
}

}  // namespace mbrl
