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
  explicit ModelIo(const Env& env, bool learned_reward = false)
      : env_(&env), learned_reward_(learned_reward) {
    const Index n = env.spec.state_dim();
    input_dim_ = env.features(Matrix(Matrix::Zero(n, 1))).rows() + env.spec.action_dim();
    output_dim_ = n + (learned_reward ? 1 : 0);
    input_.mean = Matrix::Zero(input_dim_, 1), input_.sd = Matrix::Ones(input_dim_, 1);
    output_.mean = Matrix::Zero(output_dim_, 1), output_.sd = Matrix::Ones(output_dim_, 1);
  }

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
  Matrix target(const Matrix& s, const Matrix& s_next, const Matrix& reward) const {
    return output_.normalise(raw_target(s, s_next, reward));
  }

  // s' from s and the network's output.
  template <class M>
  M decode(const M& s, const M& output) const {
    return s + rows(output_.restore(output), 0, env_->spec.state_dim());
  }

  // The learned reward, (1, B), from the network's output.
  template <class M>
  RowOf<M> decode_reward(const M& output) const {
    return row(output_.restore(output), env_->spec.state_dim());
  }

  // Takes the statistics of these transitions (training rows only). Every network in `networks` is
  // rescaled so that it predicts what it predicted before: a warm start is not disturbed by new
  // statistics.
  void fit(const Matrix& s, const Matrix& a, const Matrix& s_next, const Matrix& reward,
           const std::vector<Mlp*>& networks) {
    const Normaliser old_input = input_, old_output = output_;
    input_.fit(raw_input(s, a));
    output_.fit(raw_target(s, s_next, reward));
    for (Mlp* net : networks) {
      // W (x - m) / sd + b, the same function of x with the new m and sd.
      auto& [W, b] = net->layers.front();
      b += W * ((input_.mean - old_input.mean).array() / old_input.sd.array()).matrix();
      W = W * (input_.sd.array() / old_input.sd.array()).matrix().col(0).asDiagonal();
      // (W h + b) sd + m, the same output with the new m and sd.
      auto& [V, c] = net->layers.back();
      c = ((c.array() * old_output.sd.array() + old_output.mean.array() - output_.mean.array()) /
           output_.sd.array())
              .matrix();
      V = (old_output.sd.array() / output_.sd.array()).matrix().col(0).asDiagonal() * V;
    }
  }

  void archive(Archive& ar) {
    ar.fixed_shape("input mean", input_.mean), ar.fixed_shape("input sd", input_.sd);
    ar.fixed_shape("output mean", output_.mean), ar.fixed_shape("output sd", output_.sd);
  }

 private:
  template <class M>
  M raw_input(const M& s, const M& a) const {
    return stack(std::vector<M>{env_->features(s), a});
  }
  Matrix raw_target(const Matrix& s, const Matrix& s_next, const Matrix& reward) const {
    Matrix delta = s_next - s;
    for (const Index i : env_->spec.angles) delta.row(i) = wrap_angle(row(delta, i)).matrix();
    return learned_reward_ ? stack(std::vector<Matrix>{delta, reward}) : delta;
  }

  const Env* env_;
  bool learned_reward_;
  Index input_dim_, output_dim_;
  Normaliser input_, output_;
};

}  // namespace mbrl
