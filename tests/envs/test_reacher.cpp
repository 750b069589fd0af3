#include <doctest/doctest.h>

#include "envs/reacher.hpp"
#include "random_policy.hpp"

using namespace mbrl;

namespace test_reacher {

// Kinetic energy [J] of the two rods, from the velocities of their middles.
double energy(const Matrix& s) {
  const double l = Reacher::l, m = Reacher::m, q1 = s(0), q12 = s(0) + s(1);
  const double w1 = s(2), w12 = s(2) + s(3), about_middle = m * l * l / 12;
  const double x = -l * std::sin(q1) * w1 - l / 2 * std::sin(q12) * w12;
  const double y = l * std::cos(q1) * w1 + l / 2 * std::cos(q12) * w12;
  return m * (l / 2 * w1) * (l / 2 * w1) / 2 + about_middle * w1 * w1 / 2 +
         m * (x * x + y * y) / 2 + about_middle * w12 * w12 / 2;
}

// Angular momentum [N m s] about the shoulder.
double spin(const Matrix& s) {
  const double l = Reacher::l, m = Reacher::m, q1 = s(0), q12 = s(0) + s(1);
  const double w1 = s(2), w12 = s(2) + s(3), about_middle = m * l * l / 12;
  const double x = l * std::cos(q1) + l / 2 * std::cos(q12);
  const double y = l * std::sin(q1) + l / 2 * std::sin(q12);
  const double vx = -l * std::sin(q1) * w1 - l / 2 * std::sin(q12) * w12;
  const double vy = l * std::cos(q1) * w1 + l / 2 * std::cos(q12) * w12;
  return (m * l * l / 4 + about_middle) * w1 + m * (x * vy - y * vx) + about_middle * w12;
}

Point fingertip(const Vector& s) {
  const double l = Reacher::l;
  return {l * std::cos(s(0)) + l * std::cos(s(0) + s(1)),
          l * std::sin(s(0)) + l * std::sin(s(0) + s(1))};
}
double distance(const Vector& s) {
  return std::hypot(fingertip(s).x - s(4), fingertip(s).y - s(5));
}

TEST_CASE("without friction and torque the arm keeps its energy and its spin") {
  Reacher task;
  task.damping = 0;
  const Row none = Row::Zero(1);
  const Matrix s{{0.3}, {1.0}, {2.0}, {-3.0}};
  Matrix later = s;
  for (int i = 0; i < 3000; ++i)
    later = runge_kutta_step([&](const Matrix& now) { return task.derivative(now, none, none); },
                             later, 0.001);
  CHECK(std::abs(later(2) - s(2)) > 0.1);  // it did move
  CHECK(energy(later) == doctest::Approx(energy(s)).epsilon(1e-9));
  CHECK(spin(later) == doctest::Approx(spin(s)).epsilon(1e-9));
}

TEST_CASE("the arm's energy changes by the power of the torques less that of friction") {
  const Reacher task;
  Rng rng(1, "power");
  for (int i = 0; i < 20; ++i) {
    const Matrix s = 2 * rng.normal(4, 1);
    const Row shoulder = rng.normal(1, 1).array(), elbow = rng.normal(1, 1).array();
    const Matrix rate = task.derivative(s, shoulder, elbow);
    const double h = 1e-6;
    const double power = (energy(s + h * rate) - energy(s - h * rate)) / (2 * h);
    CHECK(power == doctest::Approx(shoulder(0) * s(2) + elbow(0) * s(3) -
                                   task.damping * (s(2) * s(2) + s(3) * s(3)))
                       .epsilon(1e-6));
  }
}

TEST_CASE(
    "the stretched arm at rest answers the shoulder as one rod of 1 m would at a held elbow") {
  const Reacher task;
  // With w1' = w2' = (1, 0) the torques are the first column of the mass matrix: (1/3, 5/48).
  const Matrix rest = Matrix::Zero(4, 1);
  const Matrix rate =
      task.derivative(rest, Row(Row::Constant(1, 1.0 / 3)), Row(Row::Constant(1, 5.0 / 48)));
  CHECK(rate(2) == doctest::Approx(1));
  CHECK(rate(3) == doctest::Approx(0));
}

TEST_CASE("the arm's torques are clipped, and its goal never moves") {
  const Reacher task;
  const Matrix s{{0.3}, {1.0}, {2.0}, {-3.0}, {0.4}, {-0.5}};
  CHECK(task.dynamics(s, Matrix{{9.0}, {-9.0}}) == task.dynamics(s, Matrix{{1.0}, {-0.5}}));
  const Matrix s_next = task.dynamics(s, Matrix{{1.0}, {0.5}});
  CHECK(s_next(4) == 0.4);
  CHECK(s_next(5) == -0.5);
  CHECK(task.spec().noise_scale(4) == 0);
  CHECK(task.spec().noise_scale(5) == 0);
}

TEST_CASE("the arm is rewarded for its fingertip's distance after the step, less the effort") {
  const Reacher task;
  const Matrix s = Matrix::Zero(6, 1), a{{1.0}, {-0.5}};
  Matrix s_next{{kPi / 2}, {-kPi / 2}, {0.0}, {0.0}, {0.5}, {0.2}};  // the tip is at (0.5, 0.5)
  CHECK(task.reward(s, a, s_next)(0) == doctest::Approx(-0.3 - 0.0125));
  s_next(5) = 0.5;
  CHECK(task.reward(s, Matrix(Matrix::Zero(2, 1)), s_next)(0) == doctest::Approx(0).epsilon(1e-5));
}

TEST_CASE("the arm's goals lie in a ring within its reach, on every side") {
  const Reacher task;
  Rng rng(1, "reset");
  const int draws = 2000;
  double inner = 0, left = 0;
  for (int i = 0; i < draws; ++i) {
    const Vector s = task.reset(rng);
    const double radius = std::hypot(s(4), s(5));
    REQUIRE(radius > 0.199);
    REQUIRE(radius < 0.951);
    REQUIRE((s(2) == 0 && s(3) == 0));
    inner += radius < 0.6, left += s(4) < 0;
  }
  // Uniform in area: (0.6^2 - 0.2^2) / (0.95^2 - 0.2^2) = 0.371 of the goals lie within 0.6 m.
  CHECK(std::abs(inner / draws - 0.371) < 0.04);
  CHECK(std::abs(left / draws - 0.5) < 0.04);
}

TEST_CASE("a spring from the fingertip to the goal, with some damping, brings the arm there") {
  const Reacher task;
  Rng rng(2, "spring");
  int reached = 0;
  for (int episode = 0; episode < 50; ++episode) {
    Matrix s = task.reset(rng);
    s(1) = 1;  // not stretched, where no spring bends the elbow
    for (int t = 0; t < task.spec().max_steps; ++t) {
      const Point tip = fingertip(s);
      const double fx = 6 * (s(4) - tip.x), fy = 6 * (s(5) - tip.y), l = Reacher::l;
      const double q12 = s(0) + s(1);
      const double elbow = l * (fy * std::cos(q12) - fx * std::sin(q12));
      const double shoulder = tip.x * fy - tip.y * fx;
      s = task.dynamics(s, Matrix{{shoulder - 0.8 * s(2)}, {elbow - 0.2 * s(3)}});
    }
    reached += distance(s) < 0.05;
  }
  CHECK(reached >= 40);
}

TEST_CASE("random torques return about -91 on the reacher") {
  const Reacher task;
  for (const int seed : {1, 2, 3}) {
    const MeanAndSpread random = random_policy(task, task.spec(), 1000, Rng(seed, "random"));
    CHECK(random.mean == doctest::Approx(-91.3).epsilon(0.05).scale(0));
    CHECK(random.sd == doctest::Approx(36).epsilon(0.1).scale(0));
  }
}

}  // namespace test_reacher
