// An arm of two links in a plane, seen from above, brings its fingertip to a goal and keeps it
// there. Our own, in place of the seven-jointed reacher of CS285's homework 4, which needs MuJoCo.
//
// State (q1, q2, w1, w2, goal_x, goal_y): q1 from the x axis to the first link, q2 from the first
// link to the second, both counted on without wrapping. Action: the torques of the shoulder,
// [-1, 1] N m, and of the elbow, [-0.5, 0.5] N m. Reward: minus the distance of the fingertip from
// the goal after the step [m], minus 0.01 |a|^2. Never terminates.
#pragma once

#include "envs/env.hpp"
#include "envs/runge_kutta.hpp"

namespace mbrl {

struct Reacher {
  static constexpr Scalar l = Scalar(0.5), m = Scalar(0.5);  // of each link, a thin rod
  static constexpr Scalar dt = Scalar(0.025);
  static constexpr int substeps = 2;
  static constexpr Scalar max_shoulder = 1, max_elbow = Scalar(0.5);
  static constexpr Scalar nearest_goal = Scalar(0.2), farthest_goal = Scalar(0.95);
  Scalar damping = Scalar(0.1);  // of each joint [N m s]

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "reacher";
    spec.summary = "bring the fingertip of an arm with two links to a goal (our own)";
    spec.state_names = {"shoulder [rad]",      "elbow [rad]", "shoulder speed [rad/s]",
                        "elbow speed [rad/s]", "goal x [m]",  "goal y [m]"};
    spec.action_low = Vector{{-max_shoulder, -max_elbow}};
    spec.action_high = Vector{{max_shoulder, max_elbow}};
    spec.max_steps = 100;
    spec.seconds_per_step = substeps * double(dt);
    spec.horizon = 20;
    spec.angles = {0, 1};
    spec.random_return = -91.4, spec.oracle_return = -9;
    spec.noise_scale =
        Vector{{Scalar(0), Scalar(0), Scalar(0.3), Scalar(0.6), Scalar(0), Scalar(0)}};
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    const RowOf<M> shoulder = clamp(row(a, 0), -max_shoulder, max_shoulder);
    const RowOf<M> elbow = clamp(row(a, 1), -max_elbow, max_elbow);
    M joints = rows(s, 0, 4);
    for (int i = 0; i < substeps; ++i)
      joints = runge_kutta_step([&](const M& now) { return derivative(now, shoulder, elbow); },
                                joints, dt);
    const RowOf<M> q1 = row(joints, 0), q2 = row(joints, 1), w1 = row(joints, 2);
    const RowOf<M> w2 = row(joints, 3), goal_x = row(s, 4), goal_y = row(s, 5);
    return stack(q1, q2, w1, w2, goal_x, goal_y);
  }

  // d(q1, q2, w1, w2)/dt under torques [N m]. The manipulator equations, with the mass matrix
  // (A B; B C) and h = m l (l/2) sin(q2), inverted by hand:
  //
  //   A w1' + B w2' = torque1 - d w1 + h (2 w1 w2 + w2^2)
  //   B w1' + C w2' = torque2 - d w2 - h w1^2
  template <class M>
  M derivative(const M& joints, const RowOf<M>& torque1, const RowOf<M>& torque2) const {
    const RowOf<M> q2 = row(joints, 1), w1 = row(joints, 2), w2 = row(joints, 3);
    const RowOf<M> h = m * l * l / 2 * sin(q2), bend = m * l * l / 2 * cos(q2);
    constexpr Scalar C = m * l * l / 3;  // a rod about its end
    const RowOf<M> B = bend + C, A = Scalar(2) * bend + (m * l * l + 2 * C);
    const RowOf<M> f1 = torque1 - damping * w1 + h * (Scalar(2) * w1 * w2 + square(w2));
    const RowOf<M> f2 = torque2 - damping * w2 - h * square(w1);
    const RowOf<M> determinant = C * A - square(B);
    const RowOf<M> w1_dot = (C * f1 - B * f2) / determinant;
    const RowOf<M> w2_dot = (A * f2 - B * f1) / determinant;
    return stack(w1, w2, w1_dot, w2_dot);
  }

  template <class M>
  RowOf<M> reward(const M&, const M& a, const M& s_next) const {
    const RowOf<M> q1 = row(s_next, 0), q12 = q1 + row(s_next, 1);
    const RowOf<M> across = l * cos(q1) + l * cos(q12) - row(s_next, 4);
    const RowOf<M> along = l * sin(q1) + l * sin(q12) - row(s_next, 5);
    // The tiny number keeps the gradient finite at the goal itself.
    const RowOf<M> distance = sqrt(square(across) + square(along) + Scalar(1e-12));
    return -distance - Scalar(0.01) * (square(row(a, 0)) + square(row(a, 1)));
  }

  Mask terminated(const Matrix& s_next) const { return Mask::Constant(s_next.cols(), false); }

  template <class M>
  M features(const M& s) const {
    const RowOf<M> q1 = row(s, 0), q2 = row(s, 1), w1 = row(s, 2), w2 = row(s, 3);
    const RowOf<M> cos1 = cos(q1), sin1 = sin(q1), cos2 = cos(q2), sin2 = sin(q2);
    const RowOf<M> goal_x = row(s, 4), goal_y = row(s, 5);
    return stack(cos1, sin1, cos2, sin2, w1, w2, goal_x, goal_y);
  }

  // Any pose, at rest; a goal uniformly in the ring that the fingertip reaches without effort.
  Vector reset(Rng& rng) const {
    const Scalar q1 = rng.uniform(-kPi, kPi), q2 = rng.uniform(-kPi, kPi);
    const Scalar direction = rng.uniform(-kPi, kPi);
    const Scalar radius =
        std::sqrt(rng.uniform(nearest_goal * nearest_goal, farthest_goal * farthest_goal));
    return Vector{{q1, q2, 0, 0, radius * std::cos(direction), radius * std::sin(direction)}};
  }

  Drawing draw(const Vector& s) const {
    const double length = double(l), q1 = double(s(0)), q12 = q1 + double(s(1));
    const Point elbow{length * std::cos(q1), length * std::sin(q1)};
    const Point hand{elbow.x + length * std::cos(q12), elbow.y + length * std::sin(q12)};
    return {
        {-1.1, -1.1},
        {1.1, 1.1},
        {disc({double(s(4)), double(s(5))}, 0.07, "#9bbb59"), line({{0, 0}, elbow}, "#4f81bd", 10),
         line({elbow, hand}, "#c0504d", 8), disc({0, 0}, 0.06, "#333333"),
         disc(elbow, 0.04, "#333333"), disc(hand, 0.04, "#c0504d")}};
  }
};

}  // namespace mbrl
