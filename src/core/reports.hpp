// What was learned, in numbers: of a model's refit, of a policy's training, of a learner's updates.
// They go to model.csv, policy.csv and learner.csv.
#pragma once

#include "core/checkpoint.hpp"

namespace mbrl {

// Of a refit of the dynamics model.
struct FitReport {
  Index train_rows = 0, holdout_rows = 0;
  int epochs = 0;           // passes made; the weights kept are those of the best one
  double train_loss = 0;    // what was minimised, in the last pass, weights in motion
  double holdout_loss = 0;  // mean squared error of normalised outputs, for the weights kept
  double seconds = 0;
  double holdout_nll = 0;                // of probabilistic models, in nats per coordinate
  double low_bound = 0, high_bound = 0;  // of their log-variance; the mean over members
  double gradient_norm = 0;              // at the last step of the last pass; the mean over members
};

// Of the training of a policy between two refits.
struct PolicyReport {
  int updates = 0;             // gradient steps made
  double imagined_return = 0;  // of the policy inside the model, at the last one
  double gradient_norm = 0;    // the mean over the steps, before any was shortened

  void add(double J, double norm) {
    ++updates;
    imagined_return = J;
    gradient_norm += (norm - gradient_norm) / updates;
  }
};

// Of a model-free learner: the means over the updates since the last report.
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
