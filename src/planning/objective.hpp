// What a planner maximises: J(a_1, ..., a_H) for a batch of candidate plans.
#pragma once

#include <functional>
#include <limits>

#include "core/parallel.hpp"
#include "dynamics/deterministic.hpp"

namespace mbrl {

// plans: (H * action_dim, K), one plan a column, a_1 on top.  returns the score of each, (1, K)
using Objective = std::function<Row(const Matrix& plans)>;

// What happens to a batch of states and actions, by a learned model or by the true dynamics.
using Step = std::function<Prediction(const Matrix& s, const Matrix& a)>;

// The true dynamics and the known reward, as an oracle.
Step true_step(const Env& env);

// J(a_1..a_H) = sum_t r(s_t, a_t) with s_{t+1} = f(s_t, a_t), from one state s, for every plan.
//
// Lecture, "How to plan with uncertainty", the line "Before". A plan whose predicted state
// terminates books env.spec.after_termination for each step of the horizon that is left. s:
// (state_dim)  plans: (H * action_dim, K)  returns (1, K)
Row return_of_plans(const Env& env, const Step& f, const Vector& s, const Matrix& plans,
                    Workers& workers);

// What one plan really brings: its return under the true dynamics, without noise.
double true_return(const Env& env, const Vector& s, const Vector& plan);

// Scores for comparing: what is not finite becomes the worst score there is, and never wins.
Row comparable(const Row& scores);

}  // namespace mbrl
