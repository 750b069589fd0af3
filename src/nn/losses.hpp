// Losses of a batch, as (1, 1) variables to call backward() on.
#pragma once

#include "autodiff/operations.hpp"

namespace mbrl {

// The mean over all entries of (prediction - target)^2.
inline Var mean_squared_error(const Var& prediction, const Var& target) {
  return mean(square(prediction - target));
}
inline double mean_squared_error(const Matrix& prediction, const Matrix& target) {
  return double((prediction - target).squaredNorm()) / double(target.size());
}

}  // namespace mbrl
