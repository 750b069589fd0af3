#include "autodiff/dual.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_dual {

// f and its derivative by both of its arguments, against central differences.
template <class F>
void check(F f, double x, double y) {
  Dual dx(x), dy(y);
  dx.slopes(0) = 1, dy.slopes(3) = 1;
  const Dual z = f(dx, dy);
  const double h = 1e-6;
  CHECK(z.value == f(x, y));
  CHECK(z.slopes(0) == doctest::Approx((f(x + h, y) - f(x - h, y)) / (2 * h)).epsilon(1e-8));
  CHECK(z.slopes(3) == doctest::Approx((f(x, y + h) - f(x, y - h)) / (2 * h)).epsilon(1e-8));
  CHECK(z.slopes(1) == 0);
}

TEST_CASE("every operation on dual numbers has the value and the derivatives of the plain one") {
  using std::cos, std::sin;
  check([](auto x, auto y) { return x + y - 3.0; }, 0.3, -1.2);
  check([](auto x, auto y) { return x * y - 2.0 * x + y * 3.0; }, 0.3, -1.2);
  check([](auto x, auto y) { return x / y + x / 4.0; }, 0.3, -1.2);
  check([](auto x, auto y) { return -x * sin(y) + cos(x) * y; }, 0.3, -1.2);
  check(
      [](auto x, auto y) {
        auto z = x;
        z += y, z *= x, z -= x * y * 0.5, z /= y;
        return z;
      },
      0.3, -1.2);
}

}  // namespace test_dual
