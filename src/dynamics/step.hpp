// One step of a world, the true one or a learned one, for a batch of states and actions.
//
// M is Matrix, to look ahead, or Var, to differentiate through the step.
#pragma once

#include <functional>

#include "envs/env.hpp"

namespace mbrl {

template <class M>
struct Step {
  M s_next;         // (state_dim, B)
  RowOf<M> reward;  // (1, B)
};

// f(s, a).  s: (state_dim, B)  a: (action_dim, B)
template <class M>
using Dynamics = std::function<Step<M>(const M& s, const M& a)>;

// The world itself, without its noise.
template <class M>
Dynamics<M> true_dynamics(const Env& env) {
  return [&env](const M& s, const M& a) {
    Step<M> next{env.dynamics(s, a), {}};
    next.reward = env.reward(s, a, next.s_next);
    return next;
  };
}

}  // namespace mbrl
