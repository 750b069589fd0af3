#include "learners/policy_trainer.hpp"

#include "core/time_spent.hpp"

namespace mbrl {

PolicyTrainer::PolicyTrainer(const PolicyTrainerConfig& config, bool stochastic)
    : config_(config), stochastic_(stochastic) {
  adam_.learning_rate = static_cast<Scalar>(config.learning_rate);
}

const BatchGradient::Slope& PolicyTrainer::slope(const NetworkPolicy& pi, Index B, const Share& J,
                                                 Workers& workers) {
  const auto share = [&](const Piece& piece, std::vector<Var>& wanted) {
    const NetworkPolicyOf<Var> taped = on_tape(piece.tape, pi);
    wanted = leaves(taped, stochastic_);
    return J(taped, piece);
  };
  return gradient_(B, share, workers);
}

PolicyTrainer::Ascent PolicyTrainer::ascend(NetworkPolicy& pi, Index B, const Share& J,
                                            Workers& workers) {
  const TimeSpent time(Part::learner);
  const BatchGradient::Slope& up = slope(pi, B, J, workers);
  const double norm = double(gradient_norm(up.gradient));
  for (const auto& [name, x] : {std::pair{"objective", up.value}, {"gradient", norm}})
    if (!std::isfinite(x))
      up.refuse("the " + std::string(name) + " of the policy",
                "try a smaller --policy-learning-rate or a shorter --horizon");
  if (config_.max_gradient_norm > 0)
    clip_gradients(static_cast<Scalar>(config_.max_gradient_norm), up.gradient);
  for (Matrix* g : up.gradient) *g = -*g;  // Adam goes down
  adam_.step(parameters(pi, stochastic_), up.gradient);
  return {up.value, norm};
}

}  // namespace mbrl
