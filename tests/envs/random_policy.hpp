// The returns of uniformly random actions: the floor that any learning must clear.
#pragma once

#include <cmath>

#include "envs/env.hpp"

namespace mbrl {

struct MeanAndSpread {
  double mean = 0, sd = 0;
};

inline MeanAndSpread mean_and_spread(const Row& x) {
  const double mean = double(x.mean());
  const double variance = double((x - Scalar(mean)).square().sum()) / double(x.size() - 1);
  return {mean, std::sqrt(variance)};
}

// Many episodes side by side, one per column. (A struct such as Pendulum serves as well as an Env,
// and compiles faster, because nothing taped is needed.)
template <class Task>
MeanAndSpread random_policy(const Task& task, const EnvSpec& spec, Index episodes, Rng rng) {
  Matrix s(spec.state_dim(), episodes), a(spec.action_dim(), episodes);
  for (Index j = 0; j < episodes; ++j) s.col(j) = task.reset(rng);
  Row total = Row::Zero(episodes);
  Mask running = Mask::Constant(episodes, true);
  for (int t = 0; t < spec.max_steps && running.any(); ++t) {
    for (Index j = 0; j < episodes; ++j)
      for (Index i = 0; i < a.rows(); ++i)
        a(i, j) = rng.uniform(spec.action_low(i), spec.action_high(i));
    const Matrix s_next = task.dynamics(s, a);
    const Row reward = task.reward(s, a, s_next);
    total += running.select(reward, Row::Zero(episodes));
    running = running && !task.terminated(s_next);
    s = s_next;
  }
  return mean_and_spread(total);
}

}  // namespace mbrl
