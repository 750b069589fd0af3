// What a planner maximises: J(a_1, ..., a_H) for a batch of candidate plans.
#pragma once

#include <functional>
#include <limits>

#include "core/parallel.hpp"
#include "dynamics/taped_dynamics.hpp"
#include "planning/follow_plans.hpp"

namespace mbrl {

// Writes the score of each plan, (1, K).  plans: (H * action_dim, K), one plan a column, a_1 on top
using Objective = std::function<void(const Matrix& plans, Row& J)>;

// The same from a function that returns the scores.
template <class F>
Objective objective(F scores) {
  return [scores = std::move(scores)](const Matrix& plans, Row& J) { J = scores(plans); };
}

// J(a_1..a_H) = sum_t r(s_t, a_t) with s_{t+1} = f(s_t, a_t), from one state s, for every plan.
//
// Lecture, "How to plan with uncertainty", the line "Before". A plan whose predicted state
// terminates books env.spec.after_termination for each step of the horizon that is left. s:
// (state_dim)  plans: (H * action_dim, K)  J: (1, K)
void return_of_plans(const Env& env, const TapedDynamics& f, const Vector& s, const Matrix& plans,
                     Workers& workers, PlanFollowers& followers, Row& J);
// The same, once.
Row return_of_plans(const Env& env, const TapedDynamics& f, const Vector& s, const Matrix& plans,
                    Workers& workers);

// What one plan really brings: its return under the true dynamics, without noise.
double true_return(const Env& env, const Vector& s, const Vector& plan);

// The buffers of a search for plans, kept from one search to the next.
struct SearchBuffers {
  Matrix plans, elite;       // one plan a column
  Row scores;                // (1, K)
  std::vector<Index> order;  // the plans, best first
  Vector mean, variance, sd, elite_mean, best_plan;
};

// Makes scores comparable: what is not finite becomes the worst score there is, and never wins.
void make_comparable(Row& scores);

}  // namespace mbrl
