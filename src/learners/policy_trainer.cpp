#include "learners/policy_trainer.hpp"

namespace mbrl {

PolicyTrainer::PolicyTrainer(const PolicyTrainerConfig& config, bool stochastic)
    : config_(config), stochastic_(stochastic) {
  adam_.learning_rate = static_cast<Scalar>(config.learning_rate);
}

PolicyTrainer::Slope PolicyTrainer::slope(const NetworkPolicy& pi, Index B, const Objective& J,
                                          Workers& workers) {
  const Index n = std::min(pieces, B);
  std::vector<Slope> of_piece(static_cast<std::size_t>(n));
  workers.for_each(n, [&](Index p) {
    const Index first = p * B / n, end = (p + 1) * B / n;
    Tape& tape = tapes_[static_cast<std::size_t>(p)];
    tape.clear();
    const NetworkPolicyOf<Var> taped = on_tape(tape, pi);
    const Var share = J(tape, taped, {p, first, end - first});
    tape.backward(share);
    of_piece[static_cast<std::size_t>(p)] = {double(share.value()(0, 0)),
                                             gradients(taped, stochastic_)};
  });
  Slope total = of_piece[0];
  for (std::size_t p = 1; p < of_piece.size(); ++p) {
    total.J += of_piece[p].J;
    for (std::size_t i = 0; i < total.gradient.size(); ++i)
      *total.gradient[i] += *of_piece[p].gradient[i];
  }
  return total;
}

PolicyTrainer::Ascent PolicyTrainer::ascend(NetworkPolicy& pi, Index B, const Objective& J,
                                            Workers& workers) {
  const Slope up = slope(pi, B, J, workers);
  require_finite("the objective of the policy", up.J);
  const double norm = double(gradient_norm(up.gradient));
  require_finite("the gradient of the policy", norm);
  if (config_.max_gradient_norm > 0)
    clip_gradients(static_cast<Scalar>(config_.max_gradient_norm), up.gradient);
  for (Matrix* g : up.gradient) *g = -*g;  // Adam goes down
  adam_.step(parameters(pi, stochastic_), up.gradient);
  return {up.J, norm};
}

}  // namespace mbrl
