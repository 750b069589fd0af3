// The model against the truth, open loop: given a state and the actions that were really taken,
// what does the model say k steps later, how far off is it, and does it know how far off it is?
#pragma once

#include <string>

#include "envs/policy.hpp"

namespace mbrl {

// What came of a number of starts, k = 1, ..., H steps later.
struct OpenLoop {
  std::vector<std::string> names;              // of the state's coordinates
  std::vector<Matrix> truth;                   // [k - 1], (state_dim, starts)
  std::vector<std::vector<Matrix>> particles;  // [k - 1][start], (state_dim, particles)
};

// One line of the table: k steps ahead, one coordinate, over all starts.
struct KStepError {
  int k = 0;
  std::string name;
  double rmse = 0;       // of the particles' mean, in the unit of the state
  double unchanged = 0;  // the same for "nothing changes": what knowing nothing costs
  double sd = 0;         // what the model says, root mean square over the starts
  double within_1sd = 0, within_2sd = 0;  // share of truths there; 0.68 and 0.95 if it is right
};
// starts: (state_dim, starts)
std::vector<KStepError> k_step_errors(const OpenLoop& open, const Matrix& starts);

// The share of truths, over all starts and coordinates k steps ahead, in the central interval that
// the particles give a probability of `level`.
double coverage(const OpenLoop& open, std::size_t k, double level);

// Lets the policy act for five real episodes, asks its model at every tenth step for the next H
// steps, writes predict.csv and draws predict_rollout, predict_error and predict_calibration.
void report_predictions(const Env& env, const Policy& policy, int H, std::uint64_t seed,
                        const std::string& folder);

}  // namespace mbrl
