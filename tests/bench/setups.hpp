// The sizes at which things are measured, and how many operations they should take.
#pragma once

#include "algorithms/02_pets.hpp"
#include "envs/all.hpp"

namespace mbrl::bench {

// Multiplications and additions of a network for one column.
inline double flop_of(double in, double out, double layers, double width) {
  return 2 * (in * width + (layers - 1) * width * width + width * out);
}

inline ModelConfig four_by_200() {
  ModelConfig network;
  network.hidden_layers = 4, network.hidden_width = 200, network.batch_size = 256;
  return network;
}

inline RegressionData random_data(Index in, Index out, Index rows, Rng& rng) {
  RegressionData data;
  data.x = rng.normal(in, rows), data.y = rng.normal(out, rows);
  for (Index i = 0; i < rows; ++i) data.row.push_back(i);
  data.x_holdout = rng.normal(in, 16), data.y_holdout = rng.normal(out, 16);
  return data;
}

inline pets::Config large_pets() {
  pets::Config config;
  config.model.network = four_by_200();
  config.propagation.particles = 20;
  config.planner.horizon = 15;
  config.planner.cem.candidates = 350, config.planner.cem.elites = 35;
  config.planner.cem.iterations = 5;
  return config;
}

inline double flop_of_planning(const pets::Config& c, double in, double out) {
  const CemConfig& cem = c.planner.cem;
  return double(cem.candidates) * cem.iterations * c.planner.horizon * c.propagation.particles *
         flop_of(in, out, c.model.network.hidden_layers, c.model.network.hidden_width);
}

inline Dataset random_steps(const Env& env, int steps) {
  Dataset D(env.spec.state_dim(), env.spec.action_dim());
  World world(env, Rng(1, "world"));
  Rng rng(1, "bench");
  for (int i = 0; i < steps; ++i) {
    if (world.over()) world.reset();
    D.append(world.step(random_action(env.spec, rng)));
  }
  return D;
}

}  // namespace mbrl::bench
