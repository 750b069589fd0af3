// A policy that is a network: what versions 2.0, 2.5 and 3.0 train.
//
//   u = mu(s) + sd eps,   eps ~ N(0, 1),   a = middle + half tanh(u),
//
// so that every action lies in the box, whatever the weights. With eps = 0 it is deterministic;
// with noise it is written so that it can be differentiated through (the reparametrisation).
#pragma once

#include "core/checkpoint.hpp"
#include "core/settings.hpp"
#include "envs/env.hpp"
#include "nn/gaussian.hpp"
#include "nn/mlp.hpp"

namespace mbrl {

struct NetworkPolicyConfig {
  int hidden_layers = 2;
  int hidden_width = 32;
  double initial_sd = 0.5;

  void list(Settings& field) {
    field("policy-layers", hidden_layers, 0, 10, "the policy: hidden layers (tanh)");
    field("policy-width", hidden_width, 1, 4096, "the policy: units per hidden layer");
    field("policy-sd", initial_sd, 1e-3, 10,
          "the policy: standard deviation of u before training; a = middle + half tanh(u)");
  }
};

// M is Matrix (to act) or Var (to train).
template <class M>
struct NetworkPolicyOf {
  Network<M> net;  // features(s) to mu, (action_dim, B)
  M log_sd;        // (action_dim, 1): the same for all states
};
using NetworkPolicy = NetworkPolicyOf<Matrix>;

// Small last weights, so that it begins near the middle of the box.
NetworkPolicy make_network_policy(const Env& env, const NetworkPolicyConfig& config, Rng& rng);

// What is trained: W_1 b_1 W_2 b_2 ... and, if it is stochastic, log_sd.
std::vector<Matrix*> parameters(NetworkPolicy& pi, bool stochastic);
NetworkPolicyOf<Var> on_tape(Tape& tape, const NetworkPolicy& pi);
// Those on the tape whose gradients are wanted, in the same order.
std::vector<Var> leaves(const NetworkPolicyOf<Var>& pi, bool stochastic);
void archive(Archive& ar, NetworkPolicy& pi);

// a = middle + half tanh(u), every entry inside the box.  u: (action_dim, B)
Matrix squash(const EnvSpec& spec, const Matrix& u);
Var squash(const EnvSpec& spec, const Var& u);

// mu + sd eps.  s: (state_dim, B)  eps: (action_dim, B)
Matrix sample_u(const Env& env, const NetworkPolicy& pi, const Matrix& s, const Matrix& eps);
Var sample_u(const Env& env, const NetworkPolicyOf<Var>& pi, const Var& s, const Matrix& eps);
// The same for eps = 0.
template <class M>
M mean_u(const Env& env, const NetworkPolicyOf<M>& pi, const M& s) {
  return forward(pi.net, env.features(s));
}

// log N(u; mu(s), sd^2), summed over the coordinates, (1, B). Of u, not of a: they differ by a
// term that does not depend on the weights, so that for a given u the gradient is the same.
Var log_density(const Env& env, const NetworkPolicyOf<Var>& pi, const Var& s, const Var& u);

}  // namespace mbrl
