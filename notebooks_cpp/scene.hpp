// Worlds with a policy, to look at gradients through time: the true dynamics, and a model of them.
#pragma once

#include "algorithms/03_version_2_0.hpp"
#include "random_steps.hpp"

namespace mbrl {

struct Scene {
  std::string name;
  std::unique_ptr<Env> env;
  std::unique_ptr<UncertainModel> model;  // learned from 1000 random steps
  Theta theta;
  NetworkPolicy pi;
};

// gain: what the weights of the policy's last layer are multiplied with. A fresh policy hardly
// acts.
inline Scene make_scene(const std::string& name, Scalar gain = 1) {
  Scene w{name, make_env(name), nullptr, {}, {}};
  UncertainModelConfig config{.kind = "D"};
  config.network.epochs = 100;
  w.model = std::make_unique<UncertainModel>(make_uncertain_model(*w.env, config, 1));
  Workers workers(2);
  w.model->fit(random_steps(*w.env, 1000, 1), workers);
  Rng rng(1, "theta"), weights(3, "policy");
  w.theta = w.model->sample(1, rng)[0];
  w.pi = make_network_policy(*w.env, {}, weights);
  w.pi.net.layers.back().W *= gain;
  return w;
}

inline Dynamics<Var> dynamics(const Scene& w, bool learned) {
  return learned ? learned_dynamics(*w.model, w.theta) : true_dynamics<Var>(*w.env);
}

}  // namespace mbrl
