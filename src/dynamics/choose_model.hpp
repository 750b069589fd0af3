// Which model of the world: the choice that every algorithm from PETS on offers.
#pragma once

#include "dynamics/bayes_by_backprop.hpp"
#include "dynamics/concrete_dropout.hpp"
#include "dynamics/ensemble.hpp"
#include "dynamics/uncertain_model.hpp"

namespace mbrl {

struct UncertainModelConfig {
  std::string kind = "PE";
  ModelConfig network{};
  EnsembleConfig ensemble{};

  void list(Settings& field) {
    field("model", kind, {"PE", "DE", "P", "D", "BBB", "dropout"},
          "step 2: P: probabilistic, D: deterministic; E: an ensemble of --members, else one; "
          "BBB: Bayes by Backprop; dropout: concrete dropout");
    network.list(field);
    ensemble.list(field);
  }
};

// p(s' | s, a, theta) and p(theta | D) of the kind that is asked for, before any data.
UncertainModel make_uncertain_model(const Env& env, const UncertainModelConfig& config,
                                    std::uint64_t seed);

}  // namespace mbrl
