#include <doctest/doctest.h>

#include "envs/pendulum.hpp"
#include "random_policy.hpp"

using namespace mbrl;

namespace test_pendulum {

const Pendulum task;

Matrix step(Scalar theta, Scalar omega, Scalar u) {
  return task.dynamics(Matrix{{theta}, {omega}}, Matrix{{u}});
}
Scalar reward(Scalar theta, Scalar omega, Scalar u) {
  return task.reward(Matrix{{theta}, {omega}}, Matrix{{u}}, Matrix{{Scalar(9)}, {Scalar(9)}})(0);
}

TEST_CASE("a step of the pendulum is the one of Pendulum-v1, computed by hand") {
  // omega' = 1 + (15 sin(pi/6) + 3 * 2) 0.05 = 1.675, and the new speed moves the angle.
  const Matrix s = step(kPi / 6, 1, 2);
  CHECK(s(1) == doctest::Approx(1.675));
  CHECK(s(0) == doctest::Approx(double(kPi) / 6 + 0.05 * 1.675));
}

TEST_CASE("the pendulum's torque is clipped at 2 and its speed at 8") {
  CHECK(step(0, 0, 50) == step(0, 0, 2));
  CHECK(step(0, 0, -50) == step(0, 0, -2));
  CHECK(step(kPi / 2, Scalar(7.9), 2)(1) == 8);
  CHECK(step(-kPi / 2, Scalar(-7.9), -2)(1) == -8);
}

TEST_CASE("the pendulum rests upright, and falls to the side it leans to") {
  CHECK(step(0, 0, 0)(1) == 0);
  CHECK(step(Scalar(0.1), 0, 0)(1) > 0);
  CHECK(step(Scalar(-0.1), 0, 0)(1) < 0);
}

TEST_CASE("the pendulum's cost is of the state before the step, with the angle wrapped") {
  CHECK(reward(0, 0, 0) == 0);
  CHECK(reward(2 * kPi, 0, 0) == doctest::Approx(0));
  CHECK(reward(-6 * kPi + Scalar(0.5), 0, 0) == doctest::Approx(-0.25).epsilon(1e-4));
  CHECK(reward(1, 2, 2) == doctest::Approx(-(1 + 0.4 + 0.004)));
  CHECK(reward(0, 0, 50) == doctest::Approx(-0.004));
  CHECK(reward(kPi, 8, 2) == doctest::Approx(-16.2736));  // the worst there is
}

TEST_CASE("the pendulum never terminates") {
  CHECK_FALSE(task.terminated(Matrix{{kPi}, {Scalar(8)}})(0));
  CHECK_FALSE(task.spec().terminates);
}

TEST_CASE("random torques return about -1231 +- 286 on the pendulum") {
  for (const int seed : {1, 2, 3}) {
    const MeanAndSpread random = random_policy(task, task.spec(), 1000, Rng(seed, "random"));
    CHECK(random.mean == doctest::Approx(-1231).epsilon(0.03).scale(0));
    CHECK(random.sd == doctest::Approx(286).epsilon(0.1).scale(0));
  }
}

}  // namespace test_pendulum
