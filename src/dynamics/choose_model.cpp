#include "dynamics/choose_model.hpp"

namespace mbrl {

// p(theta | D) from x (in) to y (out).
static std::unique_ptr<Posterior> make_posterior(Index in, Index out,
                                                 const UncertainModelConfig& config,
                                                 std::uint64_t seed) {
  const ModelConfig& network = config.network;
  if (config.kind == "BBB")
    return std::make_unique<BayesByBackprop>(in, out, network, BayesByBackpropConfig{}, seed);
  if (config.kind == "dropout")
    return std::make_unique<ConcreteDropout>(in, out, network, ConcreteDropoutConfig{}, seed);
  EnsembleConfig ensemble = config.ensemble;
  ensemble.noise = config.kind.front() == 'P' ? Noise::learned : Noise::none;
  if (config.kind.back() != 'E') ensemble.members = 1, ensemble.elite_members = 0;
  return std::make_unique<Ensemble>(in, out, network, ensemble, seed);
}

UncertainModel make_uncertain_model(const Env& env, const UncertainModelConfig& config,
                                    std::uint64_t seed) {
  const ModelIo io(env, config.network.learned_reward, config.network.normalise_targets);
  return {io, make_posterior(io.input_dim(), io.output_dim(), config, seed), config.network.holdout,
          seed, config.network.fold_statistics};
}

}  // namespace mbrl
