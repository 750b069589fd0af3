// A robot with one leg hops forward: Gymnasium's Hopper-v4, with MuJoCo's mechanics written out
// (planar_bodies.hpp).
//
// State: x [m], z [m] above the ground, pitch, and the hinges of thigh, leg and foot [rad]; then
// their speeds. Gymnasium observes all but x, speeds clipped to +-10: so do the features. Action:
// three torques in [-1, 1], times 200 N m. Reward: the speed forward over the step [m/s], plus 1,
// minus 0.001 |a|^2; the last step of an episode is paid like any other. Terminates when z <= 0.7,
// |pitch| >= 0.2, or another coordinate but x reaches 100. In MuJoCo the foot may also touch the
// torso; it cannot while the robot stands that high, and here it passes through.
#pragma once

#include "envs/planar_task.hpp"

namespace mbrl {

struct Hopper {
  PlanarRobot<6> robot{table()};

  EnvSpec spec() const {
    EnvSpec spec = robot.spec("hopper", "hop forward on one leg (Gymnasium Hopper-v4)",
                              {"thigh", "leg", "foot"});
    spec.terminates = true;
    spec.horizon = 40;
    spec.random_return = 18;
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    return robot.step(s, a);
  }

  template <class M>
  RowOf<M> reward(const M& s, const M& a, const M& s_next) const {
    return robot.speed(s, s_next) + Scalar(1) - Scalar(0.001) * robot.effort(a);
  }

  Mask terminated(const Matrix& s_next) const {
    const auto z = s_next.row(1).array(), pitch = s_next.row(2).array();
    return !(z > Scalar(0.7) && pitch.abs() < Scalar(0.2) &&
             (s_next.bottomRows(10).array().abs() < 100).colwise().all());
  }

  template <class M>
  M features(const M& s) const {
    const M speeds = rows(s, 6, 6);
    return stack(rows(s, 1, 5), clamp(speeds, -10, 10));
  }

  Vector reset(Rng& rng) const {
    Vector s(12);
    for (Scalar& coordinate : s) coordinate = rng.uniform(Scalar(-0.005), Scalar(0.005));
    s(1) += Scalar(1.25);
    return s;
  }

  Drawing draw(const Vector& s) const { return robot.draw(s); }

  static PlanarTable table() {
    PlanarTable table;
    const double degree = M_PI / 180;
    table.links = {// parent, x, z, lowest and highest angle, gear, damping, stiffness, armature
                   {-1, 0, 0},                                              // torso
                   {0, 0, -0.2, -150 * degree, 0, 200, 1, 0, 1},            // thigh
                   {1, 0, -0.45, -150 * degree, 0, 200, 1, 0, 1},           // leg
                   {2, 0, -0.5, -45 * degree, 45 * degree, 200, 1, 0, 1}};  // foot
    table.capsules = {// link, x, z of the middle, angle, half the length, radius, friction
                      {0, 0, 0, 0, 0.2, 0.05, 1},
                      {1, 0, -0.225, 0, 0.225, 0.05, 1},
                      {2, 0, -0.25, 0, 0.25, 0.04, 1},
                      {3, 0.065, 0, M_PI / 2, 0.195, 0.06, 2}};
    table.hinge_sense = -1;
    table.contacts = {.d0 = 0.8, .d1 = 0.8, .width = 0.01};
    table.margin = 0.001;
    table.dt = 0.002, table.steps = 4, table.runge_kutta = true;
    return table;
  }
};

}  // namespace mbrl
