// Errors are for people: what was wrong, where, what was expected, what to type.
#pragma once

#include <stdexcept>
#include <string>

#include "core/types.hpp"

namespace mbrl {

// The caller's mistake: a flag, a value, a shape, a file. The program ends with exit status 2.
struct UserError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The numbers' mistake: something stopped being finite, or grows without end. The program ends with
// exit status 3.
struct Diverged : std::runtime_error {
  std::string advice;  // what to try first

  explicit Diverged(const std::string& what, std::string to_try = "try a smaller --learning-rate")
      : std::runtime_error(what), advice(std::move(to_try)) {}
};

// Throws UserError unless x is (rows, cols); rows or cols = -1 accepts any size.
template <class Derived>
void require_shape(const char* name, const Eigen::DenseBase<Derived>& x, Index rows, Index cols) {
  if ((rows < 0 || x.rows() == rows) && (cols < 0 || x.cols() == cols)) return;
  const auto show = [](Index n) { return n < 0 ? std::string("any") : std::to_string(n); };
  throw UserError(std::string(name) + " has shape (" + show(x.rows()) + ", " + show(x.cols()) +
                  "), expected (" + show(rows) + ", " + show(cols) + ")");
}

// Throws Diverged, naming the tensor, when any entry of x is NaN or infinite.
template <class Derived>
void require_finite(const std::string& name, const Eigen::DenseBase<Derived>& x) {
  if (!x.derived().allFinite()) throw Diverged(name + " is no longer finite");
}

inline void require_finite(const std::string& name, double x) {
  if (!std::isfinite(x)) throw Diverged(name + " is no longer finite");
}

}  // namespace mbrl
