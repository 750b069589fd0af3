// A point finds its way around walls to a goal: the obstacles task of CS285's homework 4.
//
// State (x, y, goal_x, goal_y): the goal never moves, so a normaliser meets coordinates without
// spread. Action: a displacement, [-0.99, 0.99]^2, divided by 10. A move that would end inside a
// wall or off the board is not made. Reward: minus the distance from the goal after the step.
// Terminates within 0.1 of the goal. The homework also ends an episode off the board, where only a
// wrong model can be: there it would be a way out of the negative rewards, so here it ends nothing.
// The homework's loop makes one step more, 101.
#pragma once

#include "envs/env.hpp"

namespace mbrl {

struct Obstacles {
  static constexpr Scalar edge = Scalar(0.99), stride = Scalar(0.1), arrival = Scalar(0.1);
  static constexpr Scalar goal_x = Scalar(0.7), goal_y = Scalar(-0.8);
  struct Wall {
    Scalar left, top, width, height;
  };
  static constexpr Wall walls[] = {{Scalar(-0.4), Scalar(0.8), Scalar(0.4), Scalar(0.3)},
                                   {Scalar(-0.9), Scalar(0.3), Scalar(0.2), Scalar(0.6)},
                                   {Scalar(0.6), Scalar(-0.1), Scalar(0.12), Scalar(0.4)},
                                   {Scalar(-0.1), Scalar(0.2), Scalar(0.15), Scalar(0.4)},
                                   {Scalar(0.1), Scalar(-0.7), Scalar(0.3), Scalar(0.15)}};

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "obstacles";
    spec.summary = "walk around walls to a goal (CS285 homework 4)";
    spec.state_names = {"x", "y", "goal x", "goal y"};
    spec.action_low = Vector::Constant(2, -edge);
    spec.action_high = Vector::Constant(2, edge);
    spec.max_steps = 100;
    spec.terminates = true;
    spec.seconds_per_step = 0.1;
    spec.horizon = 10;
    spec.random_return = -165, spec.oracle_return = -14;
    spec.noise_scale = Vector{{stride, stride, Scalar(0), Scalar(0)}};
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    const RowOf<M> x = row(s, 0) + stride * clamp(row(a, 0), -edge, edge);
    const RowOf<M> y = row(s, 1) + stride * clamp(row(a, 1), -edge, edge);
    return move_unless_blocked(s, x, y);
  }

  // What noise may not undo: it does not carry the point into a wall or off the board.
  Matrix legal(const Matrix& s, const Matrix& s_next) const {
    return move_unless_blocked(s, row(s_next, 0), row(s_next, 1));
  }

  template <class M>
  M move_unless_blocked(const M& s, const RowOf<M>& x, const RowOf<M>& y) const {
    const Mask stay = blocked(values(x), values(y));
    const RowOf<M> x_next = where(stay, row(s, 0), x), y_next = where(stay, row(s, 1), y);
    const RowOf<M> x_goal = row(s, 2), y_goal = row(s, 3);
    return stack(x_next, y_next, x_goal, y_goal);
  }

  Mask blocked(const Row& x, const Row& y) const {
    Mask any = x.abs() >= edge || y.abs() >= edge;
    for (const Wall& wall : walls)
      any = any || (x > wall.left && x < wall.left + wall.width && y < wall.top &&
                    y > wall.top - wall.height);
    return any;
  }

  // The tiny number keeps the gradient finite at the goal itself.
  template <class M>
  RowOf<M> distance_to_goal(const M& s) const {
    const RowOf<M> across = row(s, 0) - row(s, 2), along = row(s, 1) - row(s, 3);
    return sqrt(square(across) + square(along) + Scalar(1e-12));
  }

  template <class M>
  RowOf<M> reward(const M&, const M&, const M& s_next) const {
    return -distance_to_goal(s_next);
  }

  auto terminated(const Matrix& s_next) const {
    return (s_next.topRows(2) - s_next.bottomRows(2)).colwise().norm().array() < arrival;
  }

  template <class M>
  M features(const M& s) const {
    return s;
  }

  Vector reset(Rng& rng) const {
    Vector s{{0, 0, goal_x, goal_y}};
    do {
      s(0) = rng.uniform(-edge, Scalar(0.59));
      s(1) = rng.uniform(Scalar(0.26), edge);
    } while (blocked(s.row(0), s.row(1))(0));
    return s;
  }

  Drawing draw(const Vector& s) const {
    const Point goal{double(s(2)), double(s(3))};
    Drawing drawing{{-1.05, -1.05}, {1.05, 1.05}, {}};
    drawing.shapes.push_back(line({{-1, -1}, {1, -1}, {1, 1}, {-1, 1}, {-1, -1}}, "#bbbbbb", 3));
    drawing.shapes.push_back(disc(goal, double(arrival), "#9bbb59"));
    for (const Wall& wall : walls) {
      const double left = double(wall.left), top = double(wall.top);
      drawing.shapes.push_back(
          box({left, top - double(wall.height)}, {left + double(wall.width), top}, "#7f7f7f"));
    }
    drawing.shapes.push_back(disc({double(s(0)), double(s(1))}, 0.04, "#c0504d"));
    return drawing;
  }
};

}  // namespace mbrl
