// The normal distribution as the output of a network: independent coordinates, mean and
// log-variance.
#pragma once

#include "autodiff/operations.hpp"

namespace mbrl {

// M is Matrix or Var; both members are (n, B), one distribution a column.
template <class M>
struct GaussianOf {
  M mean, log_var;
};
using Gaussian = GaussianOf<Matrix>;

// Keeps a raw log-variance between two bounds, softly:
//
//   x <- high - softplus(high - x),   x <- low + softplus(x - low),
//
// so that no variance explodes or vanishes where there are no data (Chua et al. 2018, appendix A).
// Not a clamp: between -10 and 0.5 the middle stays as it is, but 0.5 becomes -0.19 and -10 becomes
// -9.31; and the gradient never quite dies. All three are (n, B).
template <class M>
M soft_bounds(const M& x, const M& low, const M& high) {
  const M below = high - softplus(M(high - x));
  return low + softplus(M(below - low));
}

// The negative log-likelihood of the targets, exact to the constant, as the mean over all entries:
// 1/2 (log 2 pi + log_var + (target - mean)^2 / var), in nats per coordinate. (1, 1)
Var gaussian_nll(const GaussianOf<Var>& p, const Var& target);
// The same of plain matrices.
double gaussian_nll(const Gaussian& p, const Matrix& target);

// log N(y; mean, var) of each column, summed over its coordinates. (1, B)
Row log_density(const Gaussian& p, const Matrix& y);

// The differential entropy of each column, 1/2 sum (log 2 pi e + log_var), in nats. (1, B)
Row entropy(const Gaussian& p);

}  // namespace mbrl
