#include "envs/soft_constraints.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_soft_constraints {

TEST_CASE("the impedance grows with the depth along two parabolas, from both sides of zero") {
  const Softness soft{.d0 = 0.2, .d1 = 0.8, .width = 0.01};
  CHECK(soft.impedance(0.0) == doctest::Approx(0.2));
  CHECK(soft.impedance(0.0025) == doctest::Approx(0.2 + 0.6 * 2 / 16));
  CHECK(soft.impedance(0.005) == doctest::Approx(0.5));
  CHECK(soft.impedance(-0.0075) == doctest::Approx(0.2 + 0.6 * (1 - 2.0 / 16)));
  CHECK(soft.impedance(-0.01) == doctest::Approx(0.8));
  CHECK(soft.impedance(5.0) == doctest::Approx(0.8));
}

TEST_CASE("an impedance of 0 begins at 0.0001: the ends are kept, not what lies between them") {
  const Softness soft{.d0 = 0, .d1 = 0.8, .width = 0.01};
  CHECK(soft.impedance(0.0) == 1e-4);
  CHECK(soft.impedance(0.0001) == doctest::Approx(1e-4 + (0.8 - 1e-4) * 2e-4));
}

// One coordinate of mass 2 under a force, pushed back by one soft row.
double pushed(double force, double gap, double speed, double weight) {
  Eigen::Matrix<double, 1, 1> M{{2.0}}, f{{force}}, J{{1.0}}, v{{speed}};
  SoftRows<double, 1> rows;
  rows.add(J, v, gap, Softness{}, weight, 0);
  return constrained_acceleration<double, 1>(M, f, rows)(0);
}

TEST_CASE("one row by hand: the acceleration lies between the free and the wanted one") {
  const Softness soft;
  const double gap = -0.01, speed = -0.3, weight = 0.5;  // as deep as its width: d = 0.95
  const double wanted = -soft.b() * speed - soft.k() * 0.95 * gap;
  // M a + (a - wanted) / R = f, with R = (1 - d) / d * weight
  const double R = 0.05 / 0.95 * weight;
  CHECK(pushed(-20, gap, speed, weight) == doctest::Approx((-20 + wanted / R) / (2 + 1 / R)));
  CHECK(soft.b() == doctest::Approx(2 / (0.95 * 0.02)));
  CHECK(soft.k() == doctest::Approx(1 / (0.019 * 0.019)));
}

TEST_CASE("a row that is exceeded pulls nothing back") {
  CHECK(pushed(1e6, -0.0001, 0, 0.5) == doctest::Approx(5e5));
}

TEST_CASE("Newton's active set is that of the minimum: no other choice of rows costs less") {
  Eigen::Matrix<double, 3, 3> M = Eigen::Matrix<double, 3, 3>::Identity();
  M(1, 0) = M(0, 1) = 0.3, M(2, 1) = M(1, 2) = -0.2;
  const Eigen::Matrix<double, 3, 1> f{-30, 5, 12};
  SoftRows<double, 3> rows;
  for (const auto& [x, y, z] : {std::array{1.0, 0.2, 0.0}, {-0.5, 1.0, 0.3}, {0.1, -1.0, 1.0}})
    rows.add({x, y, z}, {0.1, -0.4, 0.2}, -0.002 * (1 + x * x), Softness{}, 0.7, 0);
  const auto cost = [&](const Eigen::Matrix<double, 3, 1>& a) {
    double total = 0.5 * a.dot(M * a) - a.dot(f);
    for (int r = 0; r < rows.count; ++r) {
      const auto& row = rows.row[std::size_t(r)];
      const double short_of = std::min(0.0, row.J.dot(a) - row.wanted);
      total += 0.5 * row.inverse_R * short_of * short_of;
    }
    return total;
  };
  const Eigen::Matrix<double, 3, 1> best = constrained_acceleration<double, 3>(M, f, rows);
  for (int i = 0; i < 3; ++i)
    for (const double h : {-1e-3, 1e-3}) {
      Eigen::Matrix<double, 3, 1> other = best;
      other(i) += h;
      CHECK(cost(other) > cost(best));
    }
}

}  // namespace test_soft_constraints
