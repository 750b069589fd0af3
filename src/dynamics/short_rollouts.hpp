// Short rollouts from real states: what versions 3.0 and later imagine.
//
// Lecture, "How to get away with accumulated errors?": a few steps are nearly right, and from
// states all over the data all time steps are seen.
#pragma once

#include "data/dataset.hpp"
#include "dynamics/step.hpp"

namespace mbrl {

// k steps of f with actions of pi, from every column of s: (state_dim, B). One batch per step. The
// step that ends an episode is there, once, as terminated, and its rollout stops; a rollout that is
// cut after k steps has not ended.
std::vector<Batch> short_rollouts(const Env& env, const Dynamics<Matrix>& f,
                                  const std::function<Matrix(const Matrix& s)>& pi, Matrix s,
                                  int k);

}  // namespace mbrl
