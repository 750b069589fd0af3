#include "core/types.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

TEST_CASE("the square roots of many floats are the exact ones, on whatever processor") {
  const Eigen::Index n = 4099;  // not a whole number of any vector
  Eigen::ArrayXf x(n);
  for (Eigen::Index i = 0; i < n; ++i) x(i) = std::exp(float(i - n / 2) * 0.01f);
  x(7) = 0;
  const Eigen::ArrayXf root = x.sqrt();
  for (Eigen::Index i = 0; i < n; ++i) CHECK(root(i) == std::sqrt(x(i)));
  CHECK(std::isnan(Eigen::ArrayXf::Constant(n, -1).sqrt().eval()(5)));
}
