// A car too weak for the hill: it must first back away from the goal to gain speed. Exactly
// Gymnasium's MountainCarContinuous-v0.
//
// State (x, v): v is counted per step. Action: [-1, 1], the engine. Reward: 100 on reaching the
// goal, minus 0.1 a^2 each step: a policy that has not yet found the goal learns to stand still.
// Terminates at the goal: x >= 0.45 and v >= 0.
#pragma once

#include "envs/env.hpp"

namespace mbrl {

struct MountainCar {
  static constexpr Scalar power = Scalar(0.0015), gravity = Scalar(0.0025);
  static constexpr Scalar left = Scalar(-1.2), right = Scalar(0.6), max_speed = Scalar(0.07);
  static constexpr Scalar goal = Scalar(0.45);

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "mountain_car";
    spec.summary = "drive a weak car out of a valley (Gymnasium MountainCarContinuous-v0)";
    spec.state_names = {"position", "velocity [1/step]"};
    spec.action_low = Vector::Constant(1, -1);
    spec.action_high = Vector::Constant(1, 1);
    spec.max_steps = 999;
    spec.terminates = true;
    spec.seconds_per_step = 0.03;
    spec.horizon = 120;  // the way out takes about 80 steps, and nothing is earned before its end
    spec.random_return = -33.1;
    spec.noise_scale = Vector{{Scalar(0), power}};
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    const RowOf<M> x = row(s, 0), v = row(s, 1);
    const RowOf<M> engine = clamp(row(a, 0), -1, 1);
    const RowOf<M> slope = cos(Scalar(3) * x);
    const RowOf<M> v_next = clamp(v + power * engine - gravity * slope, -max_speed, max_speed);
    const RowOf<M> x_next = x + v_next;
    return between_walls<M>(x_next, v_next);
  }

  // What noise may not undo: the walls and the speed limit.
  Matrix legal(const Matrix&, const Matrix& s_next) const {
    return between_walls<Matrix>(row(s_next, 0), row(s_next, 1));
  }

  // The left wall takes the car's speed.
  template <class M>
  M between_walls(const RowOf<M>& x, const RowOf<M>& v) const {
    const RowOf<M> x_inside = clamp(x, left, right), v_limited = clamp(v, -max_speed, max_speed);
    const RowOf<M> at_rest = Scalar(0) * v;
    const RowOf<M> v_inside =
        where(values(x_inside) <= left && values(v_limited) < 0, at_rest, v_limited);
    return stack(x_inside, v_inside);
  }

  template <class M>
  RowOf<M> reward(const M&, const M& a, const M& s_next) const {
    const RowOf<M> nothing = Scalar(0) * row(s_next, 0), prize = nothing + Scalar(100);
    return where(arrived(values(row(s_next, 0)), values(row(s_next, 1))), prize, nothing) -
           Scalar(0.1) * square(row(a, 0));
  }

  template <class Numbers>
  auto arrived(const Numbers& x, const Numbers& v) const {
    return x >= goal && v >= Scalar(0);
  }

  auto terminated(const Matrix& s_next) const {
    return arrived(s_next.row(0).array(), s_next.row(1).array());
  }

  template <class M>
  M features(const M& s) const {
    return s;
  }

  Vector reset(Rng& rng) const { return Vector{{rng.uniform(Scalar(-0.6), Scalar(-0.4)), 0}}; }

  // The hill's height, of which cos(3x) is the slope.
  static double height(double x) { return 0.55 + 0.45 * std::sin(3 * x); }

  Drawing draw(const Vector& s) const {
    Shape ground{{}, "#d8cfc0"};
    for (double x = -1.3; x < 0.71; x += 0.02) ground.points.push_back({x, height(x)});
    ground.points.push_back({ground.points.back().x, -0.2});
    ground.points.push_back({ground.points.front().x, -0.2});
    const double x = double(s(0)), flag = double(goal), foot = height(flag);
    // The car stands across the hill: `along` and `up` are its own axes.
    const double slope = 3 * 0.45 * std::cos(3 * x), length = std::hypot(1, slope);
    const Point along{1 / length, slope / length}, up{-along.y, along.x};
    const auto at = [&](double a, double u) {
      return Point{x + a * along.x + u * up.x, height(x) + a * along.y + u * up.y};
    };
    const Shape body{{at(-0.1, 0.04), at(0.1, 0.04), at(0.07, 0.12), at(-0.07, 0.12)}, "#c0504d"};
    return {{-1.3, -0.2},
            {0.7, 1.3},
            {ground,
             line({{flag, foot}, {flag, foot + 0.25}}, "#333333", 3),
             {{{flag, foot + 0.25}, {flag, foot + 0.15}, {flag + 0.12, foot + 0.2}}, "#9bbb59"},
             body,
             disc(at(-0.06, 0.03), 0.03, "#333333"),
             disc(at(0.06, 0.03), 0.03, "#333333")}};
  }
};

}  // namespace mbrl
