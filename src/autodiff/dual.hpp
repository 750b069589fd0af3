// Forward-mode differentiation: a number that carries its derivatives along.
//
// A Dual is x + x' eps with eps^2 = 0, so that f(x + x' eps) = f(x) + f'(x) x' eps: every operation
// below is the rule of school for its derivative. Here x' are the derivatives in eight directions
// at once. A function that is written for any kind of number gives its value for doubles, and value
// and derivatives for Duals, from one source text.
#pragma once

#include <cmath>

#include "core/types.hpp"

namespace mbrl {

struct Dual {
  static constexpr int directions = 8;
  using Slopes = Eigen::Array<double, directions, 1>;

  double value;
  Slopes slopes;

  Dual() = default;
  Dual(double constant) : value(constant), slopes(Slopes::Zero()) {}  // NOLINT: meant to convert
  Dual(double x, const Slopes& dx) : value(x), slopes(dx) {}

  Dual& operator+=(const Dual& b) { return *this = *this + b; }
  Dual& operator-=(const Dual& b) { return *this = *this - b; }
  Dual& operator*=(const Dual& b) { return *this = *this * b; }
  Dual& operator/=(const Dual& b) { return *this = *this / b; }

  friend Dual operator-(const Dual& a) { return {-a.value, -a.slopes}; }
  friend Dual operator+(const Dual& a, const Dual& b) {
    return {a.value + b.value, a.slopes + b.slopes};
  }
  friend Dual operator-(const Dual& a, const Dual& b) {
    return {a.value - b.value, a.slopes - b.slopes};
  }
  friend Dual operator*(const Dual& a, const Dual& b) {
    return {a.value * b.value, a.slopes * b.value + a.value * b.slopes};
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    const double y = a.value / b.value;
    return {y, (a.slopes - y * b.slopes) / b.value};
  }
  friend Dual operator*(double a, const Dual& b) { return {a * b.value, a * b.slopes}; }
  friend Dual operator*(const Dual& a, double b) { return b * a; }
  friend Dual operator/(const Dual& a, double b) { return {a.value / b, a.slopes / b}; }
};

inline Dual sin(const Dual& x) { return {std::sin(x.value), std::cos(x.value) * x.slopes}; }
inline Dual cos(const Dual& x) { return {std::cos(x.value), -std::sin(x.value) * x.slopes}; }

// The value alone, for decisions that carry no gradient.
inline double value_of(double x) { return x; }
inline double value_of(const Dual& x) { return x.value; }

}  // namespace mbrl

// So that Eigen can compute with matrices of them.
template <>
struct Eigen::NumTraits<mbrl::Dual> : Eigen::NumTraits<double> {
  using Real = mbrl::Dual;
  using NonInteger = mbrl::Dual;
  using Nested = mbrl::Dual;
  enum { RequireInitialization = 1, ReadCost = 9, AddCost = 9, MulCost = 18 };
};
