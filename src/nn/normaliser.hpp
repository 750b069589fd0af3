// Shifts and scales each row of a batch to mean 0 and standard deviation 1, by statistics of a data
// set.
#pragma once

#include "autodiff/operations.hpp"

namespace mbrl {

struct Normaliser {
  Matrix mean;  // (n, 1)
  Matrix sd;    // (n, 1); 1 for a row that does not vary, so that it passes unscaled

  // From the columns of x: (n, B). A row whose sd is below what its own rounding could cause is
  // constant.
  void fit(const Matrix& x);

  Matrix normalise(const Matrix& x) const;
  Matrix restore(const Matrix& z) const;
  // The same on a tape, where mean and sd are constants.
  Var normalise(const Var& x) const;
  Var restore(const Var& z) const;
};

}  // namespace mbrl
