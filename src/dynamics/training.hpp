// How every model is trained: the settings, the loop around a fit, and what is reported of it.
//
// Passes over the data in random minibatches, until the loss on held-out data stops improving; the
// weights kept are those of the best pass.
#pragma once

#include <functional>

#include "core/random.hpp"
#include "core/reports.hpp"
#include "core/settings.hpp"

namespace mbrl {

struct ModelConfig {
  int hidden_layers = 2;
  int hidden_width = 64;
  std::string activation = "silu";
  double learning_rate = 2e-3;
  double weight_decay = 1e-5;
  int batch_size = 64;
  int epochs = 200;
  int patience = 40;
  double holdout = 0.1;
  bool learned_reward = false;
  bool normalise_targets = true;
  bool fold_statistics = false;

  void list(Settings& field) {
    field("hidden-layers", hidden_layers, 1, 10, "step 2: hidden layers of f");
    field("hidden-width", hidden_width, 1, 4096, "step 2: units per hidden layer");
    field("activation", activation, {"tanh", "relu", "silu"}, "step 2: the nonlinearity of f");
    field("learning-rate", learning_rate, 1e-7, 1, "step 2: Adam's step size");
    field("weight-decay", weight_decay, 0, 1, "step 2: L2 penalty on the weights, not the biases");
    field("batch-size", batch_size, 1, 65536, "step 2: transitions per gradient step");
    field("epochs", epochs, 1, 100000, "step 2: most passes over D at each refit");
    field("patience", patience, 1, 100000,
          "step 2: passes without a better holdout loss before stopping");
    field("holdout", holdout, 0, 0.9, "step 2: share of D kept aside, for good, to stop early");
    field("learned-reward", learned_reward,
          "step 2: also learn r(s, a) instead of using the known one");
    field("normalise-targets", normalise_targets,
          "step 2: learn s' - s (and r) in units of its own spread; false: as it is");
    field("fold-statistics", fold_statistics,
          "step 2: at a refit, when the mean and spread of D have changed, rescale the network so "
          "that it says what it said before; false: let it learn the new units");
  }
};

// Whether row i of D is held out: a fixed function of i, so that no row ever changes sides as D
// grows.
inline bool held_out(std::uint64_t seed, Index i, double share) {
  const std::uint64_t draw = scramble(scramble(seed) ^ static_cast<std::uint64_t>(i));
  return double(draw >> 11) * 0x1p-53 < share;
}

// A few rows at a time, each row once, in random order.
inline void for_minibatches(Index rows, int batch_size, Rng& rng,
                            const std::function<void(std::vector<Index>& batch)>& step) {
  const std::vector<Index> order = rng.permutation(rows);
  std::vector<Index> batch;
  for (Index first = 0; first < rows; first += batch_size) {
    const auto begin = order.begin() + first;
    batch.assign(begin, begin + std::min<Index>(batch_size, rows - first));
    step(batch);
  }
}

// The step size of pass number `epoch` (0, 1, ...): the given one, and over the last `cool_down`
// share of the passes falling in a line towards zero, so that what is learned comes to rest.
inline double cooled(double learning_rate, int epoch, int epochs, double cool_down) {
  const double left = double(epochs - epoch) / double(epochs);
  return left < cool_down ? learning_rate * left / cool_down : learning_rate;
}

struct StoppedAt {
  int epochs = 0;        // passes made
  double best_loss = 0;  // on the holdout, of the weights kept
};

// At most `epochs` passes, fewer if `patience` of them in a row have not improved the holdout loss.
// keep() remembers the present weights; restore() takes the remembered ones back.
inline StoppedAt train_until_it_stops_improving(int epochs, int patience,
                                                const std::function<void()>& pass,
                                                const std::function<double()>& holdout_loss,
                                                const std::function<void()>& keep,
                                                const std::function<void()>& restore) {
  StoppedAt at{0, holdout_loss()};
  keep();
  for (int since_best = 0; at.epochs < epochs && since_best < patience;) {
    pass();
    ++at.epochs, ++since_best;
    const double loss = holdout_loss();
    require_finite("the loss of the dynamics model", loss);
    if (loss < at.best_loss) {
      at.best_loss = loss;
      keep();
      since_best = 0;
    }
  }
  restore();
  return at;
}

}  // namespace mbrl
