// Soft constraints as MuJoCo defines them, and the accelerations that they leave: the minimum of a
// convex, piecewise quadratic function, found by Newton's method.
//
// A hard constraint says "the foot may not sink in". A soft one says how fast a foot that has sunk
// in should accelerate upwards again, and what it costs to fall short of that: there is always an
// answer, it is unique, and it is a smooth function of the state but where a foot meets or leaves
// the ground. (MuJoCo's documentation, "Computation"; solver Newton, pyramidal cone.)
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

#include "autodiff/dual.hpp"

namespace mbrl {

constexpr int kMostRows = 64;  // of one state

// How a constraint answers when it is violated by `depth`: like a spring and a damper whose mass is
// what they have to move, with a time constant and a damping ratio (MuJoCo's solref), and with an
// impedance d in (0, 1) that grows with the depth from d0 to d1 over `width` (its solimp).
struct Softness {
  double time = 0.02, damping_ratio = 1;      // [s], 1
  double d0 = 0.9, d1 = 0.95, width = 0.001;  // 1, 1, [m] or [rad]

  double b() const { return 2 / (d1 * time); }
  double k() const { return 1 / std::pow(d1 * time * damping_ratio, 2); }

  // d0 + (d1 - d0) y(x) with x = |depth| / width, and y an S of two parabolas from (0, 0) to (1,
  // 1); d0 and d1 themselves are kept between 0.0001 and 0.9999.
  template <class Number>
  Number impedance(const Number& depth) const {
    const double low = std::clamp(d0, 1e-4, 0.9999), high = std::clamp(d1, 1e-4, 0.9999);
    const Number x = (value_of(depth) < 0 ? -1 : 1) * depth / width;
    if (value_of(x) >= 1) return Number(high);
    const Number y = value_of(x) <= 0.5 ? 2 * x * x : 1 - 2 * (1 - x) * (1 - x);
    return low + (high - low) * y;
  }
};

// One constraint: J q'' shall be at least `wanted` [m/s^2 or rad/s^2], and what it falls short of
// that is answered by a force of 1 / R along J.  J: (n)
template <class Number, int n>
struct SoftRow {
  Eigen::Matrix<Number, n, 1> J;
  Number wanted, inverse_R;
  int capsule = -1;  // whose end touches the ground; -1: a hinge at its limit

  // The force [N or N m] under the accelerations q''.
  Number force(const Eigen::Matrix<Number, n, 1>& acceleration) const {
    return inverse_R * (wanted - J.dot(acceleration));
  }
};
template <class Number, int n>
struct SoftRows {
  std::array<SoftRow<Number, n>, kMostRows> row;
  int count = 0;

  // `gap` < 0 is how far the constraint is violated, at the speed J v; `weight` is the inverse
  // inertia that it meets at rest [1/kg or 1/(kg m^2)]. With the impedance d(gap):
  //
  //   wanted = -b J v - k d gap         the spring and the damper
  //   R = (1 - d) / d * weight          an impedance of 1 would be hard
  void add(const Eigen::Matrix<Number, n, 1>& J, const Eigen::Matrix<Number, n, 1>& v,
           const Number& gap, const Softness& soft, double weight, int capsule) {
    const Number d = soft.impedance(gap);
    SoftRow<Number, n>& added = row[std::size_t(count++)];
    added.J = J, added.capsule = capsule;
    added.wanted = -soft.b() * J.dot(v) - soft.k() * d * gap;
    added.inverse_R = d / ((1 - d) * weight);
  }
};

// x with A x = b, for a symmetric positive definite A, of which only the lower triangle is read:
// Cholesky's A = L D L^T, then forwards through L and backwards through L^T.
template <class Number, int n>
Eigen::Matrix<Number, n, 1> solve(Eigen::Matrix<Number, n, n> A, Eigen::Matrix<Number, n, 1> b) {
  Eigen::Matrix<Number, n, 1> inverse;  // of D
  for (int j = 0; j < n; ++j) {
    inverse(j) = 1.0 / A(j, j);
    for (int k = j + 1; k < n; ++k) {
      const Number l = A(k, j) * inverse(j);
      for (int i = k; i < n; ++i) A(i, k) -= l * A(i, j);
    }
    for (int i = j + 1; i < n; ++i) A(i, j) *= inverse(j);
    for (int i = j + 1; i < n; ++i) b(i) -= A(i, j) * b(j);
  }
  for (int j = n - 1; j >= 0; --j) {
    b(j) *= inverse(j);
    for (int i = j + 1; i < n; ++i) b(j) -= A(i, j) * b(i);
  }
  return b;
}

// The accelerations q'' that minimise
//
//   1/2 (q'' - M^-1 f)^T M (q'' - M^-1 f) + sum over the rows of 1/(2 R) min(0, J q'' - wanted)^2
//
// One parabola if it is known which rows fall short, with its minimum where
//
//   (M + sum J J^T / R) q'' = f + sum J wanted / R         the sums over those rows
//
// So: assume that all do, solve, look which really do, and again until the answer stays the same.
template <class Number, int n>
Eigen::Matrix<Number, n, 1> constrained_acceleration(const Eigen::Matrix<Number, n, n>& M,
                                                     const Eigen::Matrix<Number, n, 1>& f,
                                                     const SoftRows<Number, n>& rows) {
  std::array<bool, kMostRows> active;
  active.fill(true);
  for (int round = 0;; ++round) {
    Eigen::Matrix<Number, n, n> A = M;
    Eigen::Matrix<Number, n, 1> b = f;
    for (int r = 0; r < rows.count; ++r) {
      if (!active[std::size_t(r)]) continue;
      const SoftRow<Number, n>& row = rows.row[std::size_t(r)];
      for (int j = 0; j < n; ++j) {
        const Number scaled = row.inverse_R * row.J(j);
        b(j) += scaled * row.wanted;
        for (int i = j; i < n; ++i) A(i, j) += scaled * row.J(i);
      }
    }
    const Eigen::Matrix<Number, n, 1> acceleration = solve<Number, n>(A, b);
    bool same = true;
    for (int r = 0; r < rows.count; ++r) {
      const bool falls_short = value_of(rows.row[std::size_t(r)].force(acceleration)) > 0;
      same = same && falls_short == active[std::size_t(r)];
      active[std::size_t(r)] = falls_short;
    }
    if (same || round == 50) return acceleration;
  }
}

}  // namespace mbrl
