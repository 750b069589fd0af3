#include <doctest/doctest.h>

#include "envs/inverted_pendulum.hpp"
#include "random_policy.hpp"

using namespace mbrl;

namespace test_inverted_pendulum {

const InvertedPendulum task;

bool ends(Scalar x, Scalar theta, Scalar v = 0, Scalar omega = 0) {
  return task.terminated(Matrix{{x}, {theta}, {v}, {omega}})(0);
}

TEST_CASE("the inverted pendulum ends beyond 0.2 rad on either side, and for nothing else") {
  CHECK_FALSE(ends(0, Scalar(0.199)));
  CHECK_FALSE(ends(0, Scalar(-0.199)));
  CHECK(ends(0, Scalar(0.201)));
  CHECK(ends(0, Scalar(-0.201)));
  CHECK(ends(0, -100));
  CHECK_FALSE(ends(-100, 0, -100, -100));
}

TEST_CASE("the inverted pendulum ends when a coordinate is not finite") {
  const Scalar nan = std::numeric_limits<Scalar>::quiet_NaN();
  const Scalar inf = std::numeric_limits<Scalar>::infinity();
  CHECK(ends(nan, 0));
  CHECK(ends(0, nan));
  CHECK(ends(0, 0, -inf));
  CHECK(ends(0, 0, 0, inf));
}

TEST_CASE("the inverted pendulum is rewarded with 1 each step, the last included") {
  const Matrix s = Matrix::Zero(4, 1), a{{Scalar(3)}}, fallen{{0}, {Scalar(0.5)}, {0}, {0}};
  CHECK(task.reward(s, a, s)(0) == 1);
  CHECK(task.reward(s, a, fallen)(0) == 1);
}

TEST_CASE("left alone, the inverted pendulum falls to the side it leans to") {
  for (const Scalar lean : {Scalar(-0.01), Scalar(0.01)}) {
    Matrix s{{0}, {lean}, {0}, {0}};
    int steps = 0;
    while (!task.terminated(s)(0) && ++steps < 1000) s = task.dynamics(s, Matrix{{Scalar(0)}});
    CHECK(steps > 5);
    CHECK(steps < 50);
    CHECK(s(1) * lean > 0);
  }
}

TEST_CASE("a proportional-derivative controller balances the inverted pendulum for 1000 steps") {
  Matrix s{{0}, {Scalar(0.01)}, {0}, {0}};
  for (int t = 0; t < 1000; ++t) {
    const Scalar push = 10 * s(1) + 2 * s(3) + Scalar(0.5) * s(0) + s(2);
    s = task.dynamics(s, Matrix{{push}});
    REQUIRE_FALSE(task.terminated(s)(0));
  }
  CHECK(std::abs(s(1)) < Scalar(0.01));
}

TEST_CASE("the inverted pendulum's rail ends at 1 m") {
  Matrix s = Matrix::Zero(4, 1);
  for (int t = 0; t < 100; ++t) s = task.dynamics(s, Matrix{{Scalar(-3)}});
  CHECK(s(0) == doctest::Approx(-1).epsilon(0.05).scale(0));
}

TEST_CASE("random forces keep the inverted pendulum up for about 6 steps") {
  for (const int seed : {1, 2, 3}) {
    const MeanAndSpread random = random_policy(task, task.spec(), 1000, Rng(seed, "random"));
    CHECK(random.mean == doctest::Approx(6.0).epsilon(0.1).scale(0));
  }
}

}  // namespace test_inverted_pendulum
