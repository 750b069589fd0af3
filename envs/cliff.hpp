// A walk along a cliff: the short path runs close to the edge, the safe one costs a quarter more.
//
// Lecture: "How can uncertainty estimation help?": expected reward under a high-variance prediction
// is very low, even though the mean is the same.
//
// State (x, y). Action: a step, at most 0.1 long in any direction. Straight on from the start to
// the goal the edge is 0.05 away; a fifth longer is the way by (0, 0.7). Near the edge a wind blows
// towards it, in gusts two steps wide. It never changes, so it can be learned, but random steps
// from the start seldom meet it. Whoever knows it leans against it and passes. Reward: minus the
// distance from the goal after the step, and -100 for a fall, which terminates.
#pragma once

#include "envs/env.hpp"

namespace mbrl {

struct Cliff {
  static constexpr Scalar stride = Scalar(0.1), fall = 100;
  static constexpr Scalar start = -1, goal = 1, around = Scalar(0.1);  // at y = 0
  static constexpr Scalar passage = Scalar(0.05);           // between the straight way and the edge
  static constexpr Scalar detour = Scalar(0.7);             // the safe way goes by (0, detour)
  static constexpr Scalar reach = Scalar(0.25), gusts = 8;  // how far from the edge; how narrow
  Scalar wind = Scalar(0.09);                               // at most, per step: less than a stride

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "cliff";
    spec.summary = "walk along the edge of a cliff, or take the longer safe path";
    spec.state_names = {"x", "y"};
    spec.action_low = Vector::Constant(2, -1);
    spec.action_high = Vector::Constant(2, 1);
    spec.max_steps = 40;
    spec.terminates = true;
    spec.seconds_per_step = 0.1;
    spec.horizon = 25;
    spec.random_return = -101, spec.oracle_return = -22;
    spec.noise_scale = Vector{{stride, stride}};
    return spec;
  }

  // A longer step than 1 is shortened to 1.
  template <class M>
  M dynamics(const M& s, const M& a) const {
    const RowOf<M> x = row(s, 0), y = row(s, 1);
    const RowOf<M> right = clamp(row(a, 0), -1, 1), up = clamp(row(a, 1), -1, 1);
    const RowOf<M> squared = square(right) + square(up), one = Scalar(0) * squared + Scalar(1);
    const RowOf<M> length = sqrt(where(values(squared) > 1, squared, one));
    const RowOf<M> x_next = x + stride * right / length;
    const RowOf<M> y_next = y + stride * up / length - wind_at(s);
    return stack(x_next, y_next);
  }

  // How far above the edge y = -passage - x^4; below it is the abyss.
  template <class M>
  RowOf<M> clearance(const M& s) const {
    const RowOf<M> squared = square(row(s, 0)), fourth = square(squared);
    return row(s, 1) + passage + fourth;
  }

  // What the wind takes from y in a step.
  template <class M>
  RowOf<M> wind_at(const M& s) const {
    const RowOf<M> nearness = exp(-square(clearance(s) / reach));
    const RowOf<M> gust = square(cos(gusts * row(s, 0)));
    return wind * nearness * gust;
  }

  // The tiny number keeps the gradient finite at the goal itself.
  template <class M>
  RowOf<M> distance_to_goal(const M& s) const {
    const RowOf<M> across = row(s, 0) - goal, along = row(s, 1);
    return sqrt(square(across) + square(along) + Scalar(1e-12));
  }

  template <class M>
  RowOf<M> reward(const M&, const M&, const M& s_next) const {
    const RowOf<M> arrival = -distance_to_goal(s_next);
    return where(values(clearance(s_next)) < 0, arrival - fall, arrival);
  }

  Mask terminated(const Matrix& s_next) const { return clearance(s_next) < 0; }

  template <class M>
  M features(const M& s) const {
    return s;
  }

  Vector reset(Rng& rng) const {
    return Vector{{rng.uniform(start - around, start + around), rng.uniform(-around, around)}};
  }

  Drawing draw(const Vector& s) const {
    const auto height = [&](double x) { return -double(passage) - x * x * x * x; };
    const Point low{-1.25, -0.7}, high{1.25, 0.85};
    const Point from{double(start), 0}, to{double(goal), 0}, here{double(s(0)), double(s(1))};
    std::vector<Point> edge;
    for (int i = -18; i <= 18; ++i) edge.push_back({0.05 * i, height(0.05 * i)});
    Drawing drawing{low, high, {box(low, high, "#e4ecd4"), {edge, "#4a5560"}}, here};
    const auto paint = [&](Shape shape) { drawing.shapes.push_back(std::move(shape)); };
    paint(line(edge, "#222222", 5));
    paint(line({from, {0, double(detour)}, to}, "#b4c49a", 3));
    paint(line({from, to}, "#b4c49a", 3));
    // Arrows where the wind blows, three times as long as what it takes from a step.
    for (int i = -8; i <= 8; ++i)
      for (const double above : {0.12, 0.3}) {
        const double x = i * kPi / 32, y = height(x) + above;
        const double tip = y - 3 * double(wind_at(Matrix{{Scalar(x)}, {Scalar(y)}})(0));
        if (y - tip < 0.03) continue;
        paint(line({{x, y}, {x, tip}}, "#4f81bd", 3));
        paint({{{x, tip - 0.02}, {x - 0.025, tip + 0.03}, {x + 0.025, tip + 0.03}}, "#4f81bd"});
      }
    paint(disc(from, 0.07, "#b0b0b0"));
    paint(disc(to, 0.09, "#76a03c"));
    paint(disc(here, 0.05, "#c0504d"));
    return drawing;
  }
};

}  // namespace mbrl
