// What the updates of a model-free learner came to, for learner.csv.
#pragma once

namespace mbrl {

// The means over the updates since the last report.
struct LearnerReport {
  int updates = 0;
  double critic_loss = 0;  // mean (Q - y)^2 / 2
  double mean_q = 0;       // of the targets y
  double entropy = 0;      // of SAC's policy, -mean log pi, per action dimension
  double temperature = 0;  // SAC's alpha, the latest
};

}  // namespace mbrl
