// What a dynamics network sees and says: the one place for features, normalisation, deltas and
// angles.
//
// A network maps normalised [features(s); a] to the normalised change s' - s (and, if wanted, the
// reward below it). The change of an angle is wrapped, so that crossing +-pi is a small step.
// decode() undoes it all.
#pragma once

#include "core/checkpoint.hpp"
#include "envs/env.hpp"
#include "nn/mlp.hpp"
#include "nn/normaliser.hpp"

namespace mbrl {

class ModelIo {
 public:
  // normalise_targets = false: a network says the change of the state itself, as in the reference
  // code of PETS, MBPO and mbrl-lib; the bounds of its variance are then in the units of the state.
  explicit ModelIo(const Env& env, bool learned_reward = false, bool normalise_targets = true);

  const Env& env() const { return *env_; }
  bool learned_reward() const { return learned_reward_; }
  Index input_dim() const { return input_dim_; }
  Index output_dim() const { return output_dim_; }

  // The network's input for a batch.  s: (state_dim, B)  a: (action_dim, B)  returns (input_dim, B)
  template <class M>
  M encode(const M& s, const M& a) const {
    return input_.normalise(raw_input(s, a));
  }

  // The network's target, (output_dim, B).
  Matrix target(const Matrix& s, const Matrix& s_next, const Matrix& reward) const;

  // s' from s and the network's output.
  template <class M>
  M decode(const M& s, const M& output) const {
    return s + rows(output_.restore(output), 0, env_->spec.state_dim());
  }

  // The standard deviation of s', (state_dim, B), from that of the network's output.
  Matrix decode_sd(const Matrix& sd) const;
  Var decode_sd(const Var& sd) const;

  // The learned reward, (1, B), from the network's output.
  template <class M>
  RowOf<M> decode_reward(const M& output) const {
    return row(output_.restore(output), env_->spec.state_dim());
  }

  // Takes the statistics of these transitions (training rows only). Every network in `networks` is
  // rescaled so that it predicts what it predicted before: a warm start is not disturbed by new
  // statistics. A network with twice the outputs has log-variances below the
  // means, which are shifted with their unit (exactly so between soft bounds).
  void fit(const Matrix& s, const Matrix& a, const Matrix& s_next, const Matrix& reward,
           const std::vector<Mlp*>& networks);

  void archive(Archive& ar);

 private:
  template <class M>
  M raw_input(const M& s, const M& a) const {
    return stack(env_->features(s), a);
  }
  Matrix raw_target(const Matrix& s, const Matrix& s_next, const Matrix& reward) const;
  void fold(Mlp& net, const Normaliser& old_input, const Normaliser& old_output) const;

  const Env* env_;
  bool learned_reward_, normalise_targets_;
  Index input_dim_, output_dim_;
  Normaliser input_, output_;
};

}  // namespace mbrl
