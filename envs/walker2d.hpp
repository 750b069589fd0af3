// A robot with two legs walks forward: Gymnasium's Walker2d-v4, with MuJoCo's mechanics written out
// (planar_bodies.hpp).
//
// State: x [m], z [m] above the ground, pitch, and the hinges of thigh, leg and foot, first of the
// right leg, then of the left [rad]; then their speeds. Gymnasium observes all but x, speeds
// clipped to +-10: so do the features. Action: six torques in [-1, 1], times 100 N m. Reward: the
// speed forward over the step [m/s], plus 1, minus 0.001 |a|^2; the last step of an episode is paid
// like any other. Terminates unless 0.8 < z < 2 and |pitch| < 1.
#pragma once

#include "envs/planar_task.hpp"

namespace mbrl {

struct Walker2d {
  PlanarRobot<9> robot{table()};

  EnvSpec spec() const {
    EnvSpec spec = robot.spec(
        "walker2d", "walk forward on two legs (Gymnasium Walker2d-v4)",
        {"right thigh", "right leg", "right foot", "left thigh", "left leg", "left foot"});
    spec.terminates = true;
    spec.horizon = 40;
    spec.random_return = 3;
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
    return !(z > Scalar(0.8) && z < Scalar(2) && pitch.abs() < Scalar(1));
  }

  template <class M>
  M features(const M& s) const {
    const M speeds = rows(s, 9, 9);
    return stack(rows(s, 1, 8), clamp(speeds, -10, 10));
  }

  Vector reset(Rng& rng) const {
    Vector s(18);
    for (Scalar& coordinate : s) coordinate = rng.uniform(Scalar(-0.005), Scalar(0.005));
    s(1) += Scalar(1.25);
    return s;
  }

  Drawing draw(const Vector& s) const { return robot.draw(s); }

  static PlanarTable table() {
    PlanarTable table;
    const double degree = M_PI / 180;
    table.links = {{-1, 0, 0}};
    table.capsules = {{0, 0, 0, 0, 0.2, 0.05, 0.9}};
    for (const int leg : {0, 1}) {
      const int hip = 3 * leg;
      for (const PlanarLink& link :
           {PlanarLink{0, 0, -0.2, -150 * degree, 0, 100, 0.1, 0, 0.01},        // thigh
            {hip + 1, 0, -0.45, -150 * degree, 0, 100, 0.1, 0, 0.01},           // leg
            {hip + 2, 0, -0.5, -45 * degree, 45 * degree, 100, 0.1, 0, 0.01}})  // foot
        table.links.push_back(link);
      for (const Capsule& capsule : {Capsule{hip + 1, 0, -0.225, 0, 0.225, 0.05, 0.9},
                                     {hip + 2, 0, -0.25, 0, 0.25, 0.04, 0.9},
                                     {hip + 3, 0.1, 0, M_PI / 2, 0.1, 0.06, leg == 0 ? 0.9 : 1.9}})
        table.capsules.push_back(capsule);
    }
    table.hinge_sense = -1;
    table.dt = 0.002, table.steps = 4, table.runge_kutta = true;
    return table;
  }
};

}  // namespace mbrl
