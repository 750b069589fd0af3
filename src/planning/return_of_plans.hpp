// What plans bring: many are followed side by side, and their rewards added up.
//
// Lecture, "How to plan with uncertainty", the line "Before":
//
//   J(a_1, ..., a_H) = sum_t r(s_t, a_t),   where s_{t+1} = f(s_t, a_t).
#pragma once

#include <algorithm>

#include "core/parallel.hpp"
#include "dynamics/step.hpp"

namespace mbrl {

// J of each plan, from one state on, (1, K).  s: (state_dim)  plans: (H * action_dim, K), one plan
// a column, a_1 on top.
//
// A plan whose state terminates is paid for the step that led there, and env.spec.after_termination
// for each step of the horizon behind it; it is followed no further. f is called once per time
// step.
Row return_of_plans(const Env& env, const Dynamics<Matrix>& f, const Vector& s,
                    const Eigen::Ref<const Matrix>& plans);

// The same by several threads, which call f all at once. The same bits whatever their number.
Row return_of_plans(const Env& env, const Dynamics<Matrix>& f, const Vector& s, const Matrix& plans,
                    Workers& workers);

// What one plan really brings: its return under the true dynamics, without noise.
double true_return(const Env& env, const Vector& s, const Vector& plan);

// How many of K plans to follow at a time: as many as make the products fast, and yet enough pieces
// for a few threads. Not to depend on their number: the pieces decide the last bits of the result.
inline Index plans_at_a_time(Index K, Index particles = 1) {
  return std::clamp<Index>(K * particles / 20, 100, 400);
}

}  // namespace mbrl
