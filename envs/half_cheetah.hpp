// A cheetah of two legs runs forward: Gymnasium's HalfCheetah-v4, with MuJoCo's mechanics written
// out (planar_bodies.hpp).
//
// State: x [m], z [m] above the torso's place of 0.7 m, pitch, and the hinges of hind thigh, shin
// and foot, fore thigh, shin and foot [rad]; then their speeds. Gymnasium observes all but x: so do
// the features. Action: six torques in [-1, 1], times 30 to 120 N m. Reward: the speed forward over
// the step [m/s], minus 0.1 |a|^2. Never terminates.
#pragma once

#include "envs/planar_task.hpp"

namespace mbrl {

struct HalfCheetah {
  PlanarRobot<9> robot{table()};

  EnvSpec spec() const {
    EnvSpec spec = robot.spec(
        "half_cheetah", "run forward on two legs (Gymnasium HalfCheetah-v4)",
        {"hind thigh", "hind shin", "hind foot", "fore thigh", "fore shin", "fore foot"});
    spec.horizon = 20;
    spec.random_return = -290;
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    return robot.step(s, a);
  }

  template <class M>
  RowOf<M> reward(const M& s, const M& a, const M& s_next) const {
    return robot.speed(s, s_next) - Scalar(0.1) * robot.effort(a);
  }

  Mask terminated(const Matrix& s_next) const { return Mask::Constant(s_next.cols(), false); }

  template <class M>
  M features(const M& s) const {
    return rows(s, 1, s.rows() - 1);
  }

  Vector reset(Rng& rng) const {
    Vector s(18);
    for (Index i = 0; i < 9; ++i) s(i) = rng.uniform(Scalar(-0.1), Scalar(0.1));
    for (Index i = 9; i < 18; ++i) s(i) = Scalar(0.1) * rng.normal();
    return s;
  }

  Drawing draw(const Vector& s) const { return robot.draw(s); }

  static PlanarTable table() {
    PlanarTable table;
    const double armature = 0.1, radius = 0.046, friction = 0.4;
    table.links = {             // parent, x, z, lowest and highest angle, gear, damping, stiffness
                   {-1, 0, 0},  // torso
                   {0, -0.5, 0, -0.52, 1.05, 120, 6, 240, armature},         // hind thigh
                   {1, 0.16, -0.25, -0.785, 0.785, 90, 4.5, 180, armature},  // hind shin
                   {2, -0.28, -0.14, -0.4, 0.785, 60, 3, 120, armature},     // hind foot
                   {0, 0.5, 0, -1, 0.7, 120, 4.5, 180, armature},            // fore thigh
                   {4, -0.14, -0.24, -1.2, 0.87, 60, 3, 120, armature},      // fore shin
                   {5, 0.13, -0.18, -0.5, 0.5, 30, 1.5, 60, armature}};      // fore foot
    table.capsules = {// link, x, z of the middle, angle, half the length
                      {0, 0, 0, M_PI / 2, 0.5, radius, friction},         // torso
                      {0, 0.6, 0.1, 0.87, 0.15, radius, friction},        // head
                      {1, 0.1, -0.13, -3.8, 0.145, radius, friction},     // hind thigh
                      {2, -0.14, -0.07, -2.03, 0.15, radius, friction},   // hind shin
                      {3, 0.03, -0.097, -0.27, 0.094, radius, friction},  // hind foot
                      {4, -0.07, -0.12, 0.52, 0.133, radius, friction},   // fore thigh
                      {5, 0.065, -0.09, -0.6, 0.106, radius, friction},   // fore shin
                      {6, 0.045, -0.07, -0.6, 0.07, radius, friction}};   // fore foot
    table.root_height = 0.7;
    table.total_mass = 14;
    table.limits = {.d0 = 0, .d1 = 0.8, .width = 0.03};
    table.contacts = {.d0 = 0, .d1 = 0.8, .width = 0.01};
    table.dt = 0.01, table.steps = 5;
    return table;
  }
};

}  // namespace mbrl
