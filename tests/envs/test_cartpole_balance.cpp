#include <doctest/doctest.h>

#include "envs/cartpole_balance.hpp"
#include "random_policy.hpp"

using namespace mbrl;

namespace test_cartpole_balance {

const CartPoleBalance task;

Matrix state(Scalar x, Scalar v, Scalar theta, Scalar omega) {
  return Matrix{{x}, {v}, {theta}, {omega}};
}
bool ends(Scalar x, Scalar theta) { return task.terminated(state(x, -9, theta, -9))(0); }

TEST_CASE("a push from rest moves the velocities first, by the numbers of CartPole") {
  // omega' = -(10/1.1) / (0.5 (4/3 - 0.1/1.1)) 0.02,  v' = (10 + 0.05 * 14.634) / 1.1 * 0.02
  const Matrix s = task.dynamics(state(0, 0, 0, 0), Matrix{{Scalar(1)}});
  CHECK(s(0) == 0);
  CHECK(s(1) == doctest::Approx(0.195122).epsilon(1e-5));
  CHECK(s(2) == 0);
  CHECK(s(3) == doctest::Approx(-0.292683).epsilon(1e-5));
}

TEST_CASE("a step of the cart-pole is an explicit Euler step, computed by hand") {
  // sin 0.1 = 0.0998334, cos 0.1 = 0.9950042; tmp = 0.05 * 4 * sin / 1.1 = 0.0181515;
  // omega_dot = (0.9783675 - 0.9950042 * 0.0181515) / 0.6216651 = 1.5447395;
  // v_dot = 0.0181515 - 0.0454545 * 1.5447395 * 0.9950042 = -0.0517134
  const Matrix s = task.dynamics(state(1, Scalar(0.5), Scalar(0.1), 2), Matrix{{Scalar(0)}});
  CHECK(s(0) == doctest::Approx(1.01));
  CHECK(s(1) == doctest::Approx(0.5 - 0.02 * 0.0517134).epsilon(1e-6));
  CHECK(s(2) == doctest::Approx(0.14));
  CHECK(s(3) == doctest::Approx(2 + 0.02 * 1.5447395).epsilon(1e-6));
}

TEST_CASE("the cart-pole's action is clipped at 1") {
  const Matrix s = state(0, 0, Scalar(0.05), 0);
  CHECK(task.dynamics(s, Matrix{{Scalar(9)}}) == task.dynamics(s, Matrix{{Scalar(1)}}));
  CHECK(task.dynamics(s, Matrix{{Scalar(-9)}}) == task.dynamics(s, Matrix{{Scalar(-1)}}));
}

TEST_CASE("the cart-pole ends beyond 2.4 m or 12 degrees, on either side") {
  CHECK_FALSE(ends(Scalar(2.39), Scalar(0.209)));
  CHECK_FALSE(ends(Scalar(-2.39), Scalar(-0.209)));
  CHECK(ends(Scalar(2.41), 0));
  CHECK(ends(Scalar(-2.41), 0));
  CHECK(ends(-1000, 0));
  CHECK(ends(0, Scalar(0.2096)));
  CHECK(ends(0, Scalar(-0.2096)));
  CHECK(ends(0, -1000));
}

TEST_CASE("the cart-pole is rewarded with 1 unless the new state ends the episode") {
  const Matrix fine = state(0, 0, 0, 0), lost = state(-3, 0, 0, 0), a{{Scalar(1)}};
  CHECK(task.reward(lost, a, fine)(0) == 1);
  CHECK(task.reward(fine, a, lost)(0) == 0);
  CHECK(task.reward(fine, a, state(0, 0, Scalar(-0.3), 0))(0) == 0);
}

TEST_CASE("random forces return about 28 +- 13 on the cart-pole") {
  for (const int seed : {1, 2, 3}) {
    const MeanAndSpread random = random_policy(task, task.spec(), 1000, Rng(seed, "random"));
    CHECK(random.mean == doctest::Approx(27.5).epsilon(0.08).scale(0));
    CHECK(random.sd == doctest::Approx(13).epsilon(0.15).scale(0));
  }
}

}  // namespace test_cartpole_balance
