// A policy as it acts in the world, whatever is behind it: a planner, a network, or chance.
#pragma once

#include <functional>
#include <optional>

#include "envs/env.hpp"
#include "nn/mlp.hpp"

namespace mbrl {

struct Policy {
  std::function<Vector(const Vector& s)> act;   // s: (state_dim)  returns (action_dim)
  std::function<void()> begin_episode = [] {};  // forgets what belongs to the last episode
  // What its model says of the next H states under given actions; empty if it has no model.
  // s: (state_dim)  plan: (H * action_dim)  returns H matrices (state_dim, particles)
  std::function<std::vector<Matrix>(const Vector& s, const Vector& plan, int particles)> imagine =
      {};
  // If act() is nothing else: features(s) to u, of which the action is middle + half tanh(u).
  std::optional<Mlp> network = {};
};

}  // namespace mbrl
