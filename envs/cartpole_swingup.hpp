// A cart that swings up the pole hanging from it, and balances it. The cartpole task of PETS (Chua
// et al. 2018), with the equations of motion written out instead of MuJoCo.
//
// State (x, theta, v, omega): theta = 0 hanging, counted on without wrapping. Action: [-3, 3],
// times 100 N on the cart. Reward: exp(-d^2 / 0.6^2) - 0.01 a^2, with d the distance of the pole's
// tip from where it is when upright over the middle of the rail, after the step. Never terminates.
#pragma once

#include "envs/cart_pole_bodies.hpp"

namespace mbrl {

struct CartPoleSwingup {
  CartPoleBodies bodies{.l = Scalar(0.3), .rail = Scalar(2.5)};
  static constexpr Scalar length = Scalar(0.6);  // of the pole, and the width of the reward

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "cartpole_swingup";
    spec.summary = "swing up a pole by moving the cart it hangs from (the cartpole of PETS)";
    spec.state_names = {"position [m]", "angle [rad]", "velocity [m/s]", "speed [rad/s]"};
    spec.action_low = Vector::Constant(1, -bodies.max_action);
    spec.action_high = Vector::Constant(1, bodies.max_action);
    spec.max_steps = 200;
    spec.seconds_per_step = bodies.substeps * double(bodies.dt);
    spec.horizon = 25;
    spec.angles = {1};
    spec.random_return = -4.2, spec.oracle_return = 179;
    spec.noise_scale = Vector{{Scalar(0), Scalar(0), Scalar(0.5), Scalar(1)}};
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    return bodies.step(s, a);
  }

  template <class M>
  RowOf<M> reward(const M&, const M& a, const M& s_next) const {
    const RowOf<M> x = row(s_next, 0), theta = row(s_next, 1);
    const RowOf<M> across = x - length * sin(theta), below = length + length * cos(theta);
    const RowOf<M> distance2 = square(across) + square(below);
    return exp(-distance2 / (length * length)) - Scalar(0.01) * square(row(a, 0));
  }

  Mask terminated(const Matrix& s_next) const { return Mask::Constant(s_next.cols(), false); }

  template <class M>
  M features(const M& s) const {
    const RowOf<M> x = row(s, 0), theta = row(s, 1), v = row(s, 2), omega = row(s, 3);
    const RowOf<M> cosine = cos(theta), sine = sin(theta);
    return stack(x, cosine, sine, v, omega);
  }

  Vector reset(Rng& rng) const { return Scalar(0.1) * rng.normal(4, 1); }

  Drawing draw(const Vector& s) const {
    Drawing drawing =
        draw_cart_pole(double(s(0)), bodies.tip(s), double(bodies.rail), -double(length) - 0.2);
    drawing.shapes.insert(drawing.shapes.begin(), disc({0, double(length)}, 0.09, "#9bbb59"));
    return drawing;
  }
};

}  // namespace mbrl
