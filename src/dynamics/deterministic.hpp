// f(s, a): a deterministic dynamics model, fitted by least squares on normalised changes of state.
//
// Lecture, step 2 of versions 1.5 to 3.0: learn f(s, a) to minimise sum_i |f(s_i, a_i) - s'_i|^2.
#pragma once

#include "data/dataset.hpp"
#include "dynamics/taped_dynamics.hpp"
#include "dynamics/training.hpp"
#include "nn/adam.hpp"
#include "nn/losses.hpp"

namespace mbrl {

class DeterministicModel {
 public:
  DeterministicModel(const Env& env, const ModelConfig& config, std::uint64_t seed);

  // s' and r for a batch of states and actions.
  Prediction predict(const Matrix& s, const Matrix& a) const;
  // The same on a tape, where no gradient goes to the weights.
  TapedStep predict(const Var& s, const Var& a) const;

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
  double gradient_norm_ = 0;  // at the last step
};

}  // namespace mbrl
