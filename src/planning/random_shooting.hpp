// Random shooting: draw plans uniformly in the box of actions and keep the best.
#pragma once

#include "planning/objective.hpp"

namespace mbrl {

// low, high: (H * action_dim), the box of plans.  returns the best of K plans, (H * action_dim),
// which lives in the buffers.
const Vector& random_shooting(const Objective& J, const Vector& low, const Vector& high, Index K,
                              Rng& rng, SearchBuffers& buffers);

}  // namespace mbrl
