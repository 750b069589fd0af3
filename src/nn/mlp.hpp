// The multilayer perceptron: affine maps with a nonlinearity between them.
//
// forward() is written once, for plain matrices (planning, acting) and for variables on a tape
// (training, backpropagation through a model), and gives the same bits in both.
#pragma once

#include <string>
#include <vector>

#include "core/checkpoint.hpp"
#include "nn/dense.hpp"
#include "nn/init.hpp"

namespace mbrl {

// M is Matrix (a plain network) or Var (the same network on a tape).
template <class M>
struct Layer {
  M W;  // (out, in)
  M b;  // (out, 1)
};
template <class M>
struct Network {
  std::vector<Layer<M>> layers;  // the hidden layers, then the output layer, which is linear
  Activation activation = Activation::silu;
};
using Mlp = Network<Matrix>;

// x: (in, B)  returns (out, B). A plain network also takes an x on a tape: its weights are then
// constants.
template <class Weights, class M>
M forward(const Network<Weights>& net, M x) {
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const auto& [W, b] = net.layers[l];
    x = dense(W, x, b, l + 1 < net.layers.size() ? net.activation : Activation::linear);
  }
  return x;
}

// The same with the weights as parameters on the tape of x, appended to `leaves` in the order of
// parameters(): for a network that is trained.
Var forward(const Mlp& net, Var x, std::vector<Var>& leaves);

struct MlpConfig {
  int hidden_layers = 2;
  int hidden_width = 64;
  Activation activation = Activation::silu;
  Init init = Init::truncated_normal;
};

// A fresh network from `in` inputs to `out` outputs.
Mlp make_mlp(Index in, Index out, const MlpConfig& config, Rng& rng);

// The same network with so many of its outputs, from `first` on.
Mlp only_outputs(Mlp net, Index first, Index count);

// The weights and biases in a fixed order, W_1 b_1 W_2 b_2 ...: for the optimiser and the
// checkpoint.
std::vector<Matrix*> parameters(Mlp& net);
void parameters(Mlp& net, std::vector<Matrix*>& all);  // into a list that is kept

void archive(Archive& ar, Mlp& net);

// The network on a tape, its parameters as leaves whose gradients are wanted, or as constants.
Network<Var> on_tape(Tape& tape, const Mlp& net, bool wants_gradient = true);

// The weights and biases on the tape, in the order of parameters().
std::vector<Var> leaves(const Network<Var>& taped);
// Their gradients after backward(); they live on the tape.
std::vector<Matrix*> gradients(const Network<Var>& taped);

}  // namespace mbrl
