#include "planning/random_shooting.hpp"

namespace mbrl {

const Vector& random_shooting(const Objective& J, const Vector& low, const Vector& high, Index K,
                              Rng& rng, SearchBuffers& buffers) {
  Matrix& plans = buffers.plans;
  plans.resize(low.size(), K);
  // BEGIN SOLUTION hw3.1 (about 7 lines)
  for (Index k = 0; k < K; ++k)
    for (Index i = 0; i < low.size(); ++i) plans(i, k) = rng.uniform(low(i), high(i));
  J(plans, buffers.scores);
  make_comparable(buffers.scores);
  Index best;
  buffers.scores.maxCoeff(&best);
  buffers.best_plan = plans.col(best);
  // END SOLUTION
  return buffers.best_plan;
}

}  // namespace mbrl
