#include "learners/network_policy.hpp"

namespace mbrl {

NetworkPolicy make_network_policy(const Env& env, const NetworkPolicyConfig& config, Rng& rng) {
  const Index n = env.feature_dim();
  const Index m = env.spec.action_dim();
  const MlpConfig shape{config.hidden_layers, config.hidden_width, Activation::tanh, Init::xavier};
  NetworkPolicy pi{make_mlp(n, m, shape, rng), {}};
  pi.net.layers.back().W *= Scalar(0.1);
  pi.log_sd = Matrix::Constant(m, 1, static_cast<Scalar>(std::log(config.initial_sd)));
  return pi;
}

std::vector<Matrix*> parameters(NetworkPolicy& pi, bool stochastic) {
  std::vector<Matrix*> all = parameters(pi.net);
  if (stochastic) all.push_back(&pi.log_sd);
  return all;
}

NetworkPolicyOf<Var> on_tape(Tape& tape, const NetworkPolicy& pi) {
  return {on_tape(tape, pi.net), tape.parameter(pi.log_sd)};
}

std::vector<Var> leaves(const NetworkPolicyOf<Var>& pi, bool stochastic) {
  std::vector<Var> all = leaves(pi.net);
  if (stochastic) all.push_back(pi.log_sd);
  return all;
}

void archive(Archive& ar, NetworkPolicy& pi) {
  ar("net", pi.net);
  ar.fixed_shape("log sd", pi.log_sd);
}

Matrix squash(const EnvSpec& spec, const Matrix& u) { return spec.from_unit_box(tanh(u)); }

Var squash(const EnvSpec& spec, const Var& u) {
  const auto wide = [&](Matrix column) {
    return u.tape->constant(Matrix(column.replicate(1, u.cols())));
  };
  return wide(spec.action_half_width()) * tanh(u) + wide(spec.action_middle());
}

Matrix sample_u(const Env& env, const NetworkPolicy& pi, const Matrix& s, const Matrix& eps) {
  const Vector sd = pi.log_sd.array().exp();
  return mean_u(env, pi, s) + sd.asDiagonal() * eps;
}

Var sample_u(const Env& env, const NetworkPolicyOf<Var>& pi, const Var& s, const Matrix& eps) {
  const Var sd = broadcast_columns(exp(pi.log_sd), eps.cols());
  return mean_u(env, pi, s) + sd * s.tape->constant(Matrix(eps));
}

Var log_density(const Env& env, const NetworkPolicyOf<Var>& pi, const Var& s, const Var& u) {
  const Var log_sd = broadcast_columns(pi.log_sd, u.cols());
  const Var z = (u - mean_u(env, pi, s)) * exp(-log_sd);
  return sum_rows(-(square(z) / Scalar(2)) - log_sd - kLog2Pi / 2);
}

}  // namespace mbrl
