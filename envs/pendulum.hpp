// A pendulum too heavy for its motor: swing it up and hold it there. Exactly Gymnasium's
// Pendulum-v1.
//
// State (theta, omega): theta = 0 upright, counted on without wrapping. Action: torque in [-2, 2] N
// m. Reward: -(wrap(theta)^2 + 0.1 omega^2 + 0.001 u^2), of the state before the step. Never
// terminates.
#pragma once

#include "envs/env.hpp"

namespace mbrl {

struct Pendulum {
  static constexpr Scalar g = 10, m = 1, l = 1, dt = Scalar(0.05);
  static constexpr Scalar max_torque = 2, max_speed = 8;

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "pendulum";
    spec.summary = "swing up a pendulum too heavy for its motor (Gymnasium Pendulum-v1)";
    spec.state_names = {"angle [rad]", "speed [rad/s]"};
    spec.action_low = Vector::Constant(1, -max_torque);
    spec.action_high = Vector::Constant(1, max_torque);
    spec.max_steps = 200;
    spec.seconds_per_step = dt;
    spec.horizon = 25;
    spec.angles = {0};
    spec.random_return = -1231, spec.oracle_return = -139;
    spec.noise_scale = Vector{{Scalar(0), Scalar(1)}};
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    const RowOf<M> theta = row(s, 0), omega = row(s, 1);
    const RowOf<M> u = clamp(row(a, 0), -max_torque, max_torque);
    const RowOf<M> acceleration = 3 * g / (2 * l) * sin(theta) + 3 / (m * l * l) * u;
    const RowOf<M> omega_next = clamp(omega + acceleration * dt, -max_speed, max_speed);
    const RowOf<M> theta_next = theta + omega_next * dt;
    return stack(theta_next, omega_next);
  }

  template <class M>
  RowOf<M> reward(const M& s, const M& a, const M&) const {
    const RowOf<M> theta = wrap_angle(row(s, 0)), omega = row(s, 1);
    const RowOf<M> u = clamp(row(a, 0), -max_torque, max_torque);
    return -(square(theta) + Scalar(0.1) * square(omega) + Scalar(0.001) * square(u));
  }

  Mask terminated(const Matrix& s_next) const { return Mask::Constant(s_next.cols(), false); }

  template <class M>
  M features(const M& s) const {
    const RowOf<M> theta = row(s, 0), omega = row(s, 1);
    const RowOf<M> cosine = cos(theta), sine = sin(theta);
    return stack(cosine, sine, omega);
  }

  Vector reset(Rng& rng) const { return Vector{{rng.uniform(-kPi, kPi), rng.uniform(-1, 1)}}; }

  Drawing draw(const Vector& s) const {
    const Point tip{std::sin(double(s(0))), std::cos(double(s(0)))};
    return {{-1.3, -1.3},
            {1.3, 1.3},
            {line({{0, 0}, tip}, "#c0504d", 9), disc(tip, 0.09, "#c0504d"),
             disc({0, 0}, 0.05, "#333333")},
            tip};
  }
};

}  // namespace mbrl
