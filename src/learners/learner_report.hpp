// What the updates of a model-free learner came to, for learner.csv.
#pragma once

#include "core/checkpoint.hpp"

namespace mbrl {

// The means over the updates since the last report.
struct LearnerReport {
  int updates = 0;
  double critic_loss = 0;  // mean (Q - y)^2 / 2
  double mean_q = 0;       // of the targets y
  double entropy = 0;      // of SAC's policy, -mean log pi, per action dimension
  double temperature = 0;  // SAC's alpha, the latest
  double critic_gradient = 0, actor_gradient = 0;  // norms

  void archive(Archive& ar) {
    ar("updates", updates), ar("critic loss", critic_loss), ar("mean q", mean_q);
    ar("entropy", entropy), ar("temperature", temperature);
    ar("critic gradient", critic_gradient), ar("actor gradient", actor_gradient);
    ar.require_count(updates, "updates");
  }
};

}  // namespace mbrl
