// The gradient check: the tape against central differences, (f(x + h) - f(x - h)) / 2h.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "autodiff/operations.hpp"

namespace mbrl {

// A scalar function of some matrices, written on a tape; returns a (1, 1) variable.
using TapedFunction = std::function<Var(const std::vector<Var>& inputs)>;

// The largest relative error, over the inputs, of the tape's gradient of f at x:
// |tape - differences| / max(|tape|, |differences|) in the Euclidean norm; 0 if both vanish.
// Meaningful in double only (`#define MBRL_SCALAR double` before the first include).
inline double gradient_error(const TapedFunction& f, std::vector<Matrix> x, Scalar step = 1e-6) {
  Tape tape;
  const auto evaluate = [&] {
    tape.clear();
    std::vector<Var> inputs;
    for (const Matrix& input : x) inputs.push_back(tape.parameter(input));
    return std::pair(f(inputs), inputs);
  };
  const auto [loss, inputs] = evaluate();
  tape.backward(loss);
  std::vector<Matrix> gradient;
  for (const Var& input : inputs) gradient.push_back(input.adjoint());

  double worst = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    Matrix differences(x[k].rows(), x[k].cols());
    for (Index i = 0; i < x[k].size(); ++i) {
      // BEGIN SOLUTION hw1.3 (about 8 lines)
      Scalar& entry = x[k].data()[i];
      const Scalar here = entry;
      entry = here + step;
      const Scalar above = evaluate().first.value()(0, 0);
      entry = here - step;
      const Scalar below = evaluate().first.value()(0, 0);
      entry = here;
      differences.data()[i] = (above - below) / (2 * step);
      // END SOLUTION
    }
    const double scale = std::max(gradient[k].norm(), differences.norm());
    if (scale > 0) worst = std::max(worst, double((gradient[k] - differences).norm()) / scale);
    if (!(gradient[k] - differences).allFinite()) return INFINITY;
  }
  return worst;
}

}  // namespace mbrl
