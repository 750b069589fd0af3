// A world of one step for the tests of learners: its reward is highest at one action of the box.
#pragma once

#include "data/dataset.hpp"

namespace mbrl {

struct Bandit {
  double best = 0.3;  // in [-1, 1]
  double width = 1;   // half the width of the box of actions, around `middle`
  double middle = 0;

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "bandit";
    spec.state_names = {"x", "y"};
    spec.action_low = Vector::Constant(1, static_cast<Scalar>(middle - width));
    spec.action_high = Vector::Constant(1, static_cast<Scalar>(middle + width));
    spec.max_steps = 1;
    spec.terminates = true;
    spec.noise_scale = Vector::Zero(2);
    return spec;
  }
  template <class M>
  M dynamics(const M& s, const M&) const {
    return s;
  }
  template <class M>
  RowOf<M> reward(const M&, const M& a, const M&) const {
    const RowOf<M> c = (row(a, 0) - Scalar(middle)) / Scalar(width);
    return -square(c - Scalar(best));
  }
  Mask terminated(const Matrix& s_next) const { return Mask::Constant(s_next.cols(), true); }
  template <class M>
  M features(const M& s) const {
    return s;
  }
  Vector reset(Rng& rng) const { return rng.normal(2, 1).col(0); }
  Drawing draw(const Vector&) const { return {}; }
};

// Random states and actions, and what the world says of them.
inline Batch random_batch(const Env& env, Index count, Rng& rng) {
  Matrix s(env.spec.state_dim(), count), a(env.spec.action_dim(), count);
  for (Index j = 0; j < count; ++j) {
    s.col(j) = env.reset(rng);
    a.col(j) = random_action(env.spec, rng);
  }
  const Matrix s_next = env.dynamics(s, a);
  return {
      s, a, env.reward(s, a, s_next), s_next, env.terminated(s_next), Mask::Constant(count, false)};
}

}  // namespace mbrl
