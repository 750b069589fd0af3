#include "planning/random_shooting.hpp"

namespace mbrl {

Vector random_shooting(const Objective& J, const Vector& low, const Vector& high, Index K,
                       Rng& rng) {
  Matrix plans(low.size(), K);
  for (Index k = 0; k < K; ++k)
    for (Index i = 0; i < low.size(); ++i) plans(i, k) = rng.uniform(low(i), high(i));
  Index best;
  comparable(J(plans)).maxCoeff(&best);
  return plans.col(best);
}

}  // namespace mbrl
