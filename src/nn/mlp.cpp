#include "nn/mlp.hpp"

namespace mbrl {

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

Mlp only_outputs(Mlp net, Index first, Index count) {
  auto& [W, b] = net.layers.back();
  W = W.middleRows(first, count).eval(), b = b.middleRows(first, count).eval();
  return net;
}

Var forward(const Mlp& net, Var x, std::vector<Var>& leaves) {
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    const Var W = x.tape->parameter(net.layers[l].W), b = x.tape->parameter(net.layers[l].b);
    leaves.push_back(W), leaves.push_back(b);
    x = dense(W, x, b, l + 1 < net.layers.size() ? net.activation : Activation::linear);
  }
  return x;
}

void parameters(Mlp& net, std::vector<Matrix*>& all) {
  all.clear();
  for (auto& layer : net.layers) all.push_back(&layer.W), all.push_back(&layer.b);
}

std::vector<Matrix*> parameters(Mlp& net) {
  std::vector<Matrix*> all;
  parameters(net, all);
  return all;
}

void archive(Archive& ar, Mlp& net) {
  int k = 0;
  for (Matrix* p : parameters(net)) ar.fixed_shape(std::to_string(k++), *p);
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

std::vector<Var> leaves(const Network<Var>& taped) {
  std::vector<Var> all;
  for (const auto& layer : taped.layers) all.insert(all.end(), {layer.W, layer.b});
  return all;
}

std::vector<Matrix*> gradients(const Network<Var>& taped) { return adjoints(leaves(taped)); }

}  // namespace mbrl
