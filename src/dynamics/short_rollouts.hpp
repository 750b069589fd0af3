// Short rollouts from real states: what versions 3.0 and later imagine.
//
// Lecture, "How to get away with accumulated errors?": a few steps are nearly right, and from
// states all over the data all time steps are seen.
#pragma once

#include "dynamics/uncertain_model.hpp"

namespace mbrl {

// s' and r by one of the thetas for each column, drawn anew at every step; or by the world.
Dynamics sampled_dynamics(const UncertainModel& model, std::vector<Theta> thetas, Rng& rng,
                          Workers& workers);
Dynamics true_dynamics_of(const Env& env);

// k steps of f with actions of pi, from every column of s: (state_dim, B). One batch per step. The
// step that ends an episode is there, once, as terminated, and its rollout stops; a rollout that is
// cut after k steps has not ended.
std::vector<Batch> short_rollouts(const Env& env, const Dynamics& f,
                                  const std::function<Matrix(const Matrix& s)>& pi, Matrix s,
                                  int k);

}  // namespace mbrl
