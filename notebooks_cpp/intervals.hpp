// How sure a number is: 95 % intervals of a mean and of a share.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace mbrl {

struct Interval {
  double centre = 0, low = 0, high = 0;  // the mean or the share, and from where to where
};

// Of the mean of n independent numbers, at least two: Student, whose quantile for n - 1 degrees of
// freedom is expanded for n of 10 and more in powers of 1 / (n - 1), which is exact to 1 %.
inline Interval mean_interval(const std::vector<double>& x) {
  const auto n = double(x.size());
  double mean = 0, squares = 0;
  for (const double v : x) mean += v / n;
  for (const double v : x) squares += (v - mean) * (v - mean);
  constexpr double few[] = {12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306};
  const double student =
      n < 10 ? few[x.size() - 2] : 1.96 + 2.37 / (n - 1) + 2.8 / ((n - 1) * (n - 1));
  const double reach = student * std::sqrt(squares / (n - 1) / n);
  return {mean, mean - reach, mean + reach};
}

// Of a share of n (Wilson 1927).
inline Interval wilson(double count, double n) {
  const double p = count / n, z = 1.96, z2 = z * z;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {p, std::max(0.0, centre - reach), std::min(1.0, centre + reach)};
}

}  // namespace mbrl
