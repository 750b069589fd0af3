#include <doctest/doctest.h>

#include "envs/cartpole_swingup.hpp"
#include "random_policy.hpp"

using namespace mbrl;

namespace test_cartpole_swingup {

const CartPoleSwingup task;

Scalar reward(Scalar x, Scalar theta, Scalar a) {
  const Matrix elsewhere = Matrix::Constant(4, 1, 7);
  return task.reward(elsewhere, Matrix{{a}}, Matrix{{x}, {theta}, {Scalar(5)}, {Scalar(5)}})(0);
}

TEST_CASE("the swing-up is rewarded for the tip's place after the step, less the effort") {
  CHECK(reward(0, kPi, 0) == doctest::Approx(1));
  CHECK(reward(0, -3 * kPi, 0) == doctest::Approx(1));
  CHECK(reward(0, kPi, 2) == doctest::Approx(1 - 0.04));
  CHECK(reward(0, 0, 0) == doctest::Approx(std::exp(-4.0)));  // 1.2 m below the goal
  CHECK(reward(Scalar(0.6), kPi, 0) == doctest::Approx(std::exp(-1.0)));
  // theta = pi/2: the tip is at (x - 0.6, 0).
  CHECK(reward(Scalar(0.6), kPi / 2, 0) == doctest::Approx(std::exp(-1.0)));
  CHECK(reward(Scalar(-0.6), -kPi / 2, 0) == doctest::Approx(std::exp(-1.0)));
  CHECK(reward(Scalar(-0.6), kPi / 2, 0) == doctest::Approx(std::exp(-5.0)));
}

TEST_CASE("the picture shows the tip where the reward sees it") {
  const Point tip = task.bodies.tip(Vector{{1, kPi / 2, 0, 0}});
  CHECK(tip.x == doctest::Approx(0.4));
  CHECK(tip.y == doctest::Approx(0).epsilon(1e-6));
}

TEST_CASE("the swing-up starts near rest with a standard deviation of 0.1 and never terminates") {
  Rng rng(1, "reset");
  Row all(4000);
  for (int i = 0; i < 1000; ++i) all.segment(4 * i, 4) = task.reset(rng).transpose().array();
  CHECK(std::abs(mean_and_spread(all).mean) < 0.01);
  CHECK(std::abs(mean_and_spread(all).sd - 0.1) < 0.005);
  CHECK_FALSE(task.terminated(Matrix(Matrix::Constant(4, 1, 100)))(0));
}

TEST_CASE("an episode of the swing-up is 200 steps of 0.04 s") {
  CHECK(task.spec().max_steps == 200);
  CHECK(task.spec().seconds_per_step == doctest::Approx(0.04));
}

TEST_CASE("random forces return about -4.3 +- 1.0 on the swing-up") {
  for (const int seed : {1, 2, 3}) {
    const MeanAndSpread random = random_policy(task, task.spec(), 1000, Rng(seed, "random"));
    CHECK(std::abs(random.mean + 4.3) < 0.3);
    CHECK(random.sd > 0.8);
    CHECK(random.sd < 1.8);
  }
}

}  // namespace test_cartpole_swingup
