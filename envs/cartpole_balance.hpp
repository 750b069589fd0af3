// The classic cart-pole of Barto, Sutton & Anderson (1983) with a continuous force: balance the
// pole. The cartpole_continuous of mbrl-lib, which is Gymnasium's CartPole with a force in between.
//
// State (x, v, theta, omega): theta = 0 upright. Action: [-1, 1], times 10 N on the cart. Reward: 1
// while the new state does not terminate, else 0. Terminates when |x| > 2.4 m or |theta| > 12
// degrees. Euler steps: the old velocities move the positions.
#pragma once

#include "envs/cart_pole_bodies.hpp"

namespace mbrl {

struct CartPoleBalance {
  static constexpr Scalar g = Scalar(9.8), cart_mass = 1, pole_mass = Scalar(0.1);
  static constexpr Scalar l = Scalar(0.5);  // half the pole [m]
  static constexpr Scalar dt = Scalar(0.02), newtons_per_action = 10;
  static constexpr Scalar max_position = Scalar(2.4), max_angle = 12 * kPi / 180;

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "cartpole_balance";
    spec.summary = "balance a pole on a cart (the cartpole_continuous of mbrl-lib)";
    spec.state_names = {"position [m]", "velocity [m/s]", "angle [rad]", "speed [rad/s]"};
    spec.action_low = Vector::Constant(1, -1);
    spec.action_high = Vector::Constant(1, 1);
    spec.max_steps = 200;
    spec.terminates = true;
    spec.seconds_per_step = dt;
    spec.horizon = 15;
    spec.random_return = 26.9, spec.oracle_return = 200;
    spec.noise_scale = Vector{{Scalar(0), Scalar(0.2), Scalar(0), Scalar(0.3)}};
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    constexpr Scalar mass = cart_mass + pole_mass;
    const RowOf<M> x = row(s, 0), v = row(s, 1), theta = row(s, 2), omega = row(s, 3);
    const RowOf<M> force = newtons_per_action * clamp(row(a, 0), -1, 1);
    const RowOf<M> sine = sin(theta), cosine = cos(theta);
    const RowOf<M> push = (force + pole_mass * l * square(omega) * sine) / mass;
    const RowOf<M> inertia = l * (Scalar(4) / 3 - pole_mass / mass * square(cosine));
    const RowOf<M> omega_dot = (g * sine - cosine * push) / inertia;
    const RowOf<M> v_dot = push - pole_mass * l / mass * omega_dot * cosine;
    const RowOf<M> x_next = x + dt * v, v_next = v + dt * v_dot;
    const RowOf<M> theta_next = theta + dt * omega, omega_next = omega + dt * omega_dot;
    return stack(x_next, v_next, theta_next, omega_next);
  }

  template <class M>
  RowOf<M> reward(const M&, const M&, const M& s_next) const {
    const RowOf<M> zero = Scalar(0) * row(s_next, 0), one = zero + Scalar(1);
    return where(lost(values(row(s_next, 0)), values(row(s_next, 2))), zero, one);
  }

  template <class Numbers>
  auto lost(const Numbers& x, const Numbers& theta) const {
    return x.abs() > max_position || theta.abs() > max_angle;
  }

  auto terminated(const Matrix& s_next) const {
    return lost(s_next.row(0).array(), s_next.row(2).array());
  }

  template <class M>
  M features(const M& s) const {
    return s;
  }

  Vector reset(Rng& rng) const {
    Vector s(4);
    for (Scalar& coordinate : s) coordinate = rng.uniform(Scalar(-0.05), Scalar(0.05));
    return s;
  }

  Drawing draw(const Vector& s) const {
    const double x = double(s(0)), theta = double(s(2)), length = 2 * double(l);
    const Point tip{x + length * std::sin(theta), length * std::cos(theta)};
    return draw_cart_pole(x, tip, double(max_position), -0.3);
  }
};

}  // namespace mbrl
