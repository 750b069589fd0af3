#include <doctest/doctest.h>

#include "envs/mountain_car.hpp"
#include "random_policy.hpp"

using namespace mbrl;

namespace test_mountain_car {

const MountainCar task;

Matrix step(Scalar x, Scalar v, Scalar a) { return task.dynamics(Matrix{{x}, {v}}, Matrix{{a}}); }
bool arrived(Scalar x, Scalar v) { return task.terminated(Matrix{{x}, {v}})(0); }

// Steps to the goal of an engine that does engine(v), at most 999.
template <class Engine>
int steps_to_goal(Scalar x, Engine engine) {
  Matrix s{{x}, {0}};
  for (int t = 1; t <= 999; ++t) {
    s = task.dynamics(s, Matrix{{engine(s(1))}});
    if (task.terminated(s)(0)) return t;
  }
  return 1000;
}

TEST_CASE("a step of the mountain car is the one of MountainCarContinuous-v0, by hand") {
  // v' = 0.0015 - 0.0025 cos(-1.5) = 0.00132316, and the new velocity moves the car.
  const Matrix s = step(Scalar(-0.5), 0, 1);
  CHECK(s(1) / 0.00132316 == doctest::Approx(1).epsilon(1e-4));
  CHECK(s(0) == doctest::Approx(-0.5 + 0.00132316).epsilon(1e-6));
  CHECK(step(Scalar(-0.5), 0, 7) == s);
  CHECK(step(Scalar(-0.5), 0, -7) == step(Scalar(-0.5), 0, -1));
}

TEST_CASE("the left wall stops the mountain car, and the right end only its position") {
  const Matrix left = step(Scalar(-1.19), Scalar(-0.07), -1);
  CHECK(left(0) == Scalar(-1.2));
  CHECK(left(1) == 0);
  const Matrix right = step(Scalar(0.59), Scalar(0.07), 1);
  CHECK(right(0) == Scalar(0.6));
  CHECK(right(1) > Scalar(0.06));
  CHECK(step(Scalar(-1.2), 0, -1)(1) > 0);  // the slope is stronger than the engine
}

TEST_CASE("the mountain car is never faster than 0.07") {
  CHECK(step(Scalar(-0.9), Scalar(0.07), 1)(1) == Scalar(0.07));
  CHECK(step(Scalar(-0.2), Scalar(-0.07), -1)(1) == Scalar(-0.07));
}

TEST_CASE("the mountain car arrives from 0.45 on, moving forwards or not at all") {
  CHECK(arrived(Scalar(0.45), 0));
  CHECK(arrived(Scalar(0.5), Scalar(0.01)));
  CHECK_FALSE(arrived(Scalar(0.5), Scalar(-0.01)));
  CHECK_FALSE(arrived(Scalar(0.449), Scalar(0.07)));
  CHECK_FALSE(arrived(-1, Scalar(0.07)));
}

TEST_CASE("the mountain car earns 100 at the goal, less a tenth of the squared action") {
  const Matrix s = Matrix::Zero(2, 1), goal{{Scalar(0.5)}, {0}};
  const auto reward = [&](Scalar a, const Matrix& next) {
    return double(task.reward(s, Matrix{{a}}, next)(0));
  };
  CHECK(reward(1, s) == doctest::Approx(-0.1));
  CHECK(reward(-2, s) == doctest::Approx(-0.4));  // of the action as asked for
  CHECK(reward(1, goal) == doctest::Approx(99.9));
}

TEST_CASE("full throttle never gets the mountain car out, going along with its motion does") {
  for (const Scalar x : {Scalar(-0.6), Scalar(-0.5), Scalar(-0.4)}) {
    CHECK(steps_to_goal(x, [](Scalar) { return Scalar(1); }) == 1000);
    CHECK(steps_to_goal(x, [](Scalar) { return Scalar(0); }) == 1000);
    const int steps = steps_to_goal(x, [](Scalar v) { return Scalar(v > 0 ? 1 : -1); });
    CHECK(steps > 60);
    CHECK(steps < task.spec().horizon);  // so that a planner can see the goal from the start
    CHECK(100 - 0.1 * steps > 90);       // which counts as solved
  }
}

TEST_CASE("noise leaves the mountain car between its walls and below its speed limit") {
  const Matrix wild{{Scalar(-3), Scalar(3), 0}, {Scalar(-1), Scalar(1), Scalar(0.01)}};
  const Matrix tame{{Scalar(-1.2), Scalar(0.6), 0}, {0, Scalar(0.07), Scalar(0.01)}};
  CHECK(task.legal(wild, wild) == tame);
}

TEST_CASE("random driving returns about -33.2 on the mountain car") {
  for (const int seed : {1, 2, 3}) {
    const MeanAndSpread random = random_policy(task, task.spec(), 1000, Rng(seed, "random"));
    CHECK(std::abs(random.mean + 33.2) < 1);  // one episode in a thousand finds the goal
  }
}

}  // namespace test_mountain_car
