// A policy as it acts in the world, whatever is behind it: a planner, a network, or chance.
#pragma once

#include <functional>

#include "envs/env.hpp"

namespace mbrl {

struct Policy {
  std::function<Vector(const Vector& s)> act;   // s: (state_dim)  returns (action_dim)
  std::function<void()> begin_episode = [] {};  // forgets what belongs to the last episode
};

}  // namespace mbrl
