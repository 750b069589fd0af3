#include "dynamics/model_io.hpp"

namespace mbrl {

ModelIo::ModelIo(const Env& env, bool learned_reward, bool normalise_targets)
    : env_(&env), learned_reward_(learned_reward), normalise_targets_(normalise_targets) {
  const Index n = env.spec.state_dim();
  input_dim_ = env.feature_dim() + env.spec.action_dim();
  output_dim_ = n + (learned_reward ? 1 : 0);
  input_.mean = Matrix::Zero(input_dim_, 1), input_.sd = Matrix::Ones(input_dim_, 1);
  output_.mean = Matrix::Zero(output_dim_, 1), output_.sd = Matrix::Ones(output_dim_, 1);
}

Matrix ModelIo::target(const Matrix& s, const Matrix& s_next, const Matrix& reward) const {
  return output_.normalise(raw_target(s, s_next, reward));
}

void ModelIo::fit(const Matrix& s, const Matrix& a, const Matrix& s_next, const Matrix& reward,
                  const std::vector<Mlp*>& networks) {
  const Normaliser old_input = input_, old_output = output_;
  input_.fit(raw_input(s, a));
  if (normalise_targets_) output_.fit(raw_target(s, s_next, reward));
  for (Mlp* net : networks) fold(*net, old_input, old_output);
}

void ModelIo::fold(Mlp& net, const Normaliser& old_input, const Normaliser& old_output) const {
  // W (x - m) / sd + b, the same function of x with the new m and sd.
  auto& [W, b] = net.layers.front();
  b += W * ((input_.mean - old_input.mean).array() / old_input.sd.array()).matrix();
  W = W * (input_.sd.array() / old_input.sd.array()).matrix().col(0).asDiagonal();
  // (W h + b) sd + m, the same output with the new m and sd.
  auto& [V, c] = net.layers.back();
  const Matrix ratio = old_output.sd.array() / output_.sd.array();
  const Matrix old = c.topRows(output_dim_);
  c.topRows(output_dim_) =
      ((old.array() * old_output.sd.array() + old_output.mean.array() - output_.mean.array()) /
       output_.sd.array())
          .matrix();
  V.topRows(output_dim_) = ratio.col(0).asDiagonal() * V.topRows(output_dim_);
  if (c.rows() == 2 * output_dim_) c.bottomRows(output_dim_).array() += 2 * ratio.array().log();
}

Matrix ModelIo::decode_sd(const Matrix& sd) const {
  const Index n = env_->spec.state_dim();
  return output_.sd.col(0).head(n).asDiagonal() * sd.topRows(n);
}

Var ModelIo::decode_sd(const Var& sd) const {
  const Index n = env_->spec.state_dim();
  return scale_rows(output_.sd.topRows(n), rows(sd, 0, n));
}

void ModelIo::archive(Archive& ar) {
  ar.fixed_shape("input mean", input_.mean), ar.fixed_shape("input sd", input_.sd);
  ar.fixed_shape("output mean", output_.mean), ar.fixed_shape("output sd", output_.sd);
}

Matrix ModelIo::raw_target(const Matrix& s, const Matrix& s_next, const Matrix& reward) const {
  // BEGIN SOLUTION hw2.5 (about 2 lines)
  Matrix delta = s_next - s;
  for (const Index i : env_->spec.angles) delta.row(i) = wrap_angle(row(delta, i)).matrix();
  // END SOLUTION
  return learned_reward_ ? stack(delta, reward) : delta;
}

}  // namespace mbrl
