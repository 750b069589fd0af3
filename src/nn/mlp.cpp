#include "nn/mlp.hpp"

namespace mbrl {

Activation activation_from(const std::string& name) {
  if (name == "tanh") return Activation::tanh;
  if (name == "relu") return Activation::relu;
  if (name == "silu") return Activation::silu;
  throw UserError("unknown activation '" + name + "': expected tanh, relu or silu");
}

Mlp make_mlp(Index in, Index out, const MlpConfig& config, Rng& rng) {
  Mlp net;
  net.activation = config.activation;
  Index width = in;
  for (int l = 0; l <= config.hidden_layers; ++l) {
    const Index next = l < config.hidden_layers ? config.hidden_width : out;
    net.layers.push_back({initial_weights(config.init, next, width, rng), Matrix::Zero(next, 1)});
    width = next;
  }
  return net;
}

std::vector<Matrix*> parameters(Mlp& net) {
  std::vector<Matrix*> all;
  for (auto& layer : net.layers) all.insert(all.end(), {&layer.W, &layer.b});
  return all;
}

Network<Var> on_tape(Tape& tape, const Mlp& net, bool wants_gradient) {
  Network<Var> taped;
  taped.activation = net.activation;
  for (const auto& [W, b] : net.layers) {
    if (wants_gradient)
      taped.layers.push_back({tape.parameter(W), tape.parameter(b)});
    else
      taped.layers.push_back({tape.constant(W), tape.constant(b)});
  }
  return taped;
}

std::vector<Matrix*> gradients(const Network<Var>& taped) {
  std::vector<Matrix*> all;
  for (const auto& layer : taped.layers)
    for (const Var& x : {layer.W, layer.b}) {
      open_adjoint(*x.node);  // zero where the loss does not depend on it
      all.push_back(&x.node->adjoint);
    }
  return all;
}

}  // namespace mbrl
