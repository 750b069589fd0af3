// What a planner maximises: J(a_1, ..., a_H) for a batch of candidate plans.
#pragma once

#include <functional>
#include <vector>

#include "core/random.hpp"

namespace mbrl {

// Writes the score of each plan, (1, K).  plans: (H * action_dim, K), one plan a column, a_1 on top
using Objective = std::function<void(const Matrix& plans, Row& J)>;

// The same from a function that returns the scores.
template <class F>
Objective objective(F scores) {
  return [scores = std::move(scores)](const Matrix& plans, Row& J) { J = scores(plans); };
}

// The buffers of a search for plans, kept from one search to the next.
struct SearchBuffers {
  Matrix plans, elite, kept;  // one plan a column; kept: candidates to begin the next search with
  Row scores;                 // (1, K)
  std::vector<Index> order;   // the plans, best first
  Vector mean, variance, sd, elite_mean, best_plan;
};

// Makes scores comparable: one that is not finite becomes the lowest possible, and never wins.
void make_comparable(Row& scores);

}  // namespace mbrl
