#include "core/errors.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>

using namespace mbrl;

namespace test_errors {

template <class Error, class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no such error";
}

// Out of the compiler's sight, so that it cannot decide a test for NaN while compiling.
const volatile Scalar zero = 0;

TEST_CASE("a wrong shape is named with what was given and what was expected") {
  const Matrix x(2, 3);
  CHECK(message_of<UserError>([&] { require_shape("action", x, 4, 1); }) ==
        "action has shape (2, 3), expected (4, 1)");
  CHECK(message_of<UserError>([&] { require_shape("s", x, -1, 5); }) ==
        "s has shape (2, 3), expected (any, 5)");
  CHECK(message_of<UserError>([&] { require_shape("s", x, 3, -1); }) ==
        "s has shape (2, 3), expected (3, any)");
}

TEST_CASE("a right shape passes, and -1 takes any size") {
  const Matrix x(2, 3);
  CHECK_NOTHROW(require_shape("x", x, 2, 3));
  CHECK_NOTHROW(require_shape("x", x, -1, 3));
  CHECK_NOTHROW(require_shape("x", x, 2, -1));
  CHECK_NOTHROW(require_shape("x", x, -1, -1));
}

TEST_CASE("one entry that is not finite is an error that names the tensor") {
  Matrix x = Matrix::Ones(5, 7);
  CHECK_NOTHROW(require_finite("W_1", x));
  for (const Scalar bad : {Scalar(1) / zero, Scalar(-1) / zero, zero / zero})
    for (const Index i : {0, 17, 34}) {
      Matrix y = x;
      y.data()[i] = bad;
      CHECK(message_of<Diverged>([&] { require_finite("W_1", y); }) == "W_1 is no longer finite");
    }
  CHECK_NOTHROW(require_finite("loss", 1.0));
  CHECK(message_of<Diverged>([&] { require_finite("loss", double(zero / zero)); }) ==
        "loss is no longer finite");
  CHECK_THROWS_AS(require_finite("loss", double(1 / zero)), Diverged);
}

TEST_CASE("the user's mistake is told from the numbers' mistake") {
  CHECK_FALSE(std::is_base_of_v<UserError, Diverged>);
  CHECK_FALSE(std::is_base_of_v<Diverged, UserError>);
}

TEST_CASE("a NaN is seen under the flags this was compiled with") {
  const Scalar nan = zero / zero, infinity = 1 / zero;
  CHECK(std::isnan(nan));
  CHECK(std::isinf(infinity));
  CHECK_FALSE(std::isfinite(nan));
  CHECK_FALSE(std::isfinite(infinity));
  CHECK(nan != nan);
  CHECK_FALSE(nan <= 1);
  CHECK_FALSE(nan >= 1);
  Matrix x = Matrix::Zero(3, 11);
  CHECK(x.allFinite());
  x(2, 10) = nan;
  CHECK_FALSE(x.allFinite());
  CHECK(x.hasNaN());
  x(2, 10) = infinity;
  CHECK_FALSE(x.allFinite());
}

TEST_CASE("no flag of fast mathematics is on, in this build or in the Makefile") {
#ifdef __FAST_MATH__
  CHECK(false);
#endif
#ifdef __FINITE_MATH_ONLY__
  CHECK(__FINITE_MATH_ONLY__ == 0);
#endif
  std::ifstream makefile(std::filesystem::path(__FILE__).parent_path() / "../../Makefile");
  REQUIRE(makefile);
  bool compiles = false;
  for (std::string line; std::getline(makefile, line);) {
    const std::string code = line.substr(0, line.find('#'));
    compiles = compiles || code.find("-O3") != std::string::npos;
    for (const char* flag :
         {"fast-math", "-Ofast", "finite-math", "unsafe-math", "associative-math"})
      CHECK(code.find(flag) == std::string::npos);
  }
  CHECK(compiles);
}

}  // namespace test_errors
