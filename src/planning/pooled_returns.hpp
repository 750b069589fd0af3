// Plans judged by pooled predictions: what all thetas say becomes one normal before the next step.
//
// Lecture, "How to plan with uncertainty": "Other options: moment matching". The propagations DS,
// MM and E of the PETS paper (Chua et al. 2018, section 5).
#pragma once

#include "planning/luck.hpp"

namespace mbrl {

// The imagined returns of each plan, (particles, K), one row per particle; E has one particle.
// s: (state_dim)  plans: (H * action_dim, K)
//
// how: E: the mean; DS: every particle draws from the pooled normal; MM: and the particles of a
// plan are replaced by draws from a normal with their mean and variance.
// visited: s_2, ..., s_{H+1}, each (state_dim, particles * K), column i K + k: particle i under
// plan k
Matrix pooled_returns(const UncertainModel& model, const Luck& luck, const std::string& how,
                      Index particles, const Vector& s, const Eigen::Ref<const Matrix>& plans,
                      std::vector<Matrix>* visited = nullptr);

}  // namespace mbrl
