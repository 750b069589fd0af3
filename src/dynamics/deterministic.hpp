// f(s, a): a deterministic dynamics model, fitted by least squares on normalised changes of state.
//
// Lecture, step 2 of versions 1.5 to 3.0: learn f(s, a) to minimise sum_i |f(s_i, a_i) - s'_i|^2.
#pragma once

#include "data/dataset.hpp"
#include "dynamics/model_io.hpp"
#include "dynamics/step.hpp"
#include "dynamics/training.hpp"
#include "nn/adam.hpp"
#include "nn/losses.hpp"

namespace mbrl {

class DeterministicModel {
 public:
  DeterministicModel(const Env& env, const ModelConfig& config, std::uint64_t seed);

  // s' and r for a batch of states and actions.
  Step<Matrix> predict(const Matrix& s, const Matrix& a) const { return predict_either(s, a); }
  // The same on a tape, where no gradient goes to the weights.
  Step<Var> predict(const Var& s, const Var& a) const { return predict_either(s, a); }

  // Goes on training from the present weights until the holdout loss stops improving.
  FitReport fit(const Dataset& D);

  // Whether transition i is held out: a fixed function of i, so that no row ever changes sides as D
  // grows.
  bool held_out(Index i) const;

  const ModelIo& io() const { return io_; }
  const Mlp& network() const { return net_; }

  void archive(Archive& ar);

 private:
  template <class M>
  Step<M> predict_either(const M& s, const M& a) const {
    const M output = forward(net_, io_.encode(s, a));
    M s_next = io_.decode(s, output);
    RowOf<M> reward =
        io_.learned_reward() ? io_.decode_reward(output) : io_.env().reward(s, a, s_next);
    return {std::move(s_next), std::move(reward)};
  }
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
  bool fitted_ = false;
};

}  // namespace mbrl
