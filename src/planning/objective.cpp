#include "planning/objective.hpp"

#include <limits>

namespace mbrl {

void make_comparable(Row& scores) {
  constexpr Scalar worst = -std::numeric_limits<Scalar>::infinity();
  bool any = false;
  for (Scalar& score : scores) {
    if (!std::isfinite(score)) score = worst;
    any = any || score > worst;
  }
  if (!any) throw Diverged("the score of every candidate plan is no longer finite");
}

}  // namespace mbrl
