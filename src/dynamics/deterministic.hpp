// f(s, a): a deterministic dynamics model, fitted by least squares on normalised changes of state.
//
// Lecture, step 2 of versions 1.5 to 3.0: learn f(s, a) to minimise sum_i |f(s_i, a_i) - s'_i|^2.
#pragma once

#include "core/settings.hpp"
#include "data/dataset.hpp"
#include "dynamics/model_io.hpp"
#include "nn/adam.hpp"
#include "nn/losses.hpp"

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
  }
};

// What a refit did, for model.csv.
struct FitReport {
  Index train_rows = 0, holdout_rows = 0;
  int epochs = 0;         // passes made; the weights kept are those of the best one
  double train_loss = 0;  // mean squared error of normalised outputs, last pass, weights in motion
  double holdout_loss = 0;  // the same on the holdout, for the weights kept
  double seconds = 0;
};

// s' and r of a batch, as a model or the world says.
struct Prediction {
  Matrix s_next;  // (state_dim, B)
  Row reward;     // (1, B)
};

class DeterministicModel {
 public:
  DeterministicModel(const Env& env, const ModelConfig& config, std::uint64_t seed);

  // s' and r for a batch of states and actions.
  Prediction predict(const Matrix& s, const Matrix& a) const;

  // Goes on training from the present weights until the holdout loss stops improving.
  FitReport fit(const Dataset& D);

  // Whether transition i is held out: a fixed function of i, so that no row ever changes sides as D
  // grows.
  bool held_out(Index i) const;

  const ModelIo& io() const { return io_; }
  const Mlp& network() const { return net_; }

  void archive(Archive& ar);

 private:
  // One pass over the data in random minibatches; returns the mean loss.
  double one_pass(const Matrix& x, const Matrix& y);

  ModelIo io_;
  ModelConfig config_;
  std::uint64_t seed_;
  Rng shuffle_;
  Mlp net_;
  Adam adam_;
  Tape tape_;
};

}  // namespace mbrl
