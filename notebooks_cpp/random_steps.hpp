// Step 1 of every version, without a run around it: the data of a base policy, and models of them.
#pragma once

#include "dynamics/choose_model.hpp"
#include "envs/all.hpp"
#include "report/notebook.hpp"

namespace mbrl {

// `steps` real transitions of uniformly random actions.
inline Dataset random_steps(const Env& env, int steps, std::uint64_t seed) {
  Dataset D(env.spec.state_dim(), env.spec.action_dim());
  World world(env, Rng(seed, "world"));
  Rng actions(seed, "actions");
  while (D.size() < steps) {
    D.append(world.step(random_action(env.spec, actions)));
    if (world.over()) world.reset();
  }
  return D;
}

// (action_dim, B), each uniform in its box
inline Matrix random_actions(const Env& env, Index B, Rng& rng) {
  Matrix a(env.spec.action_dim(), B);
  for (Index b = 0; b < B; ++b) a.col(b) = random_action(env.spec, rng);
  return a;
}

// How far imagined states are from the true ones: one distance per column, each coordinate in units
// of `sd`, (state_dim), and angles the short way round.
inline Row distance(const Env& env, const Matrix& imagined, const Matrix& truth, const Vector& sd) {
  Matrix off = imagined - truth;
  for (const Index i : env.spec.angles) off.row(i) = wrap_angle(row(off, i)).matrix();
  return (sd.cwiseMax(Scalar(1e-6)).cwiseInverse().asDiagonal() * off).colwise().norm().array();
}

// The standard deviation of each coordinate over the states of D.
inline Vector spread_of(const Dataset& D) {
  Rng rng(1, "spread");
  const Matrix s = D.random_states(1000, rng);
  return (s.colwise() - s.rowwise().mean().eval()).cwiseAbs2().rowwise().mean().cwiseSqrt();
}

}  // namespace mbrl
