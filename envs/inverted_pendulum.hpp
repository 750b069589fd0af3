// A pole balanced on a cart. Gymnasium's InvertedPendulum-v4, with the equations of motion written
// out instead of MuJoCo.
//
// State (x, theta, v, omega): theta = 0 upright. Action: [-3, 3], times 100 N on the cart. Reward:
// 1 each step, the last one included. Terminates when |theta| > 0.2 rad or the state is not finite.
#pragma once

#include "envs/cart_pole_bodies.hpp"

namespace mbrl {

struct InvertedPendulum {
  CartPoleBodies bodies{.l = Scalar(-0.3), .rail = 1};  // the pole stands, so its middle is above
  static constexpr Scalar max_angle = Scalar(0.2);

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "inverted_pendulum";
    spec.summary = "balance a pole on a cart (Gymnasium InvertedPendulum-v4)";
    spec.state_names = {"position [m]", "angle [rad]", "velocity [m/s]", "speed [rad/s]"};
    spec.action_low = Vector::Constant(1, -bodies.max_action);
    spec.action_high = Vector::Constant(1, bodies.max_action);
    spec.max_steps = 1000;
    spec.terminates = true;
    spec.seconds_per_step = bodies.substeps * double(bodies.dt);
    spec.horizon = 25;
    spec.random_return = 6.0, spec.oracle_return = 1000;
    spec.noise_scale = Vector{{Scalar(0), Scalar(0), Scalar(0.5), Scalar(1)}};
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    return bodies.step(s, a);
  }

  template <class M>
  RowOf<M> reward(const M&, const M&, const M& s_next) const {
    return Scalar(0) * row(s_next, 0) + Scalar(1);
  }

  auto terminated(const Matrix& s_next) const {
    return s_next.row(1).array().abs() > max_angle || !s_next.array().isFinite().colwise().all();
  }

  template <class M>
  M features(const M& s) const {
    return s;
  }

  Vector reset(Rng& rng) const {
    Vector s(4);
    for (Scalar& coordinate : s) coordinate = rng.uniform(Scalar(-0.01), Scalar(0.01));
    return s;
  }

  Drawing draw(const Vector& s) const {
    return draw_cart_pole(double(s(0)), bodies.tip(s), double(bodies.rail), -0.3);
  }
};

}  // namespace mbrl
