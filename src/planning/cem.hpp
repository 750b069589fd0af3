// The cross-entropy method: sample plans, keep the elites, fit the sampling distribution to them,
// repeat.
//
// As in PETS (Chua et al. 2018): independent normals truncated at two standard deviations, whose
// spread is limited so that no sample leaves the box, and smoothing between iterations. And, for
// those who ask for it, with what iCEM adds (Pinneri et al. 2020): noise that is correlated over
// the steps of a plan, fewer candidates in later iterations, and elites that stay candidates.
#pragma once

#include <algorithm>
#include <numeric>

#include "planning/objective.hpp"

namespace mbrl {

struct CemConfig {
  int candidates = 400;  // K, plans scored per iteration
  int iterations = 5;
  int elites = 40;  // the best ones, which the next distribution is fitted to
  double keep_old =
      0.1;            // weight of the OLD mean and variance (papers differ in what alpha weighs)
  double min_sd = 0;  // floor of the sampling sd, as a share of half the box; 0: none
  bool execute_best = false;  // return the best plan ever scored instead of the final mean
  double noise_color = 0;     // the noise of an action over the steps has a power of 1 / f^this
  double keep_elites = 0;     // share of the elites that are candidates again, here and next time
  double shrink = 1;          // K is divided by it from one iteration to the next
};

// How the search went, iteration by iteration, to look at when a planner misbehaves.
struct CemTrace {
  std::vector<double> best_score, mean_sd;
};

// What turns white noise over H steps, (H, 1), into coloured noise of the same spread: power 1 /
// f^color at frequency f, that of the constant as at the lowest one.  returns (H, H); the identity
// for 0
Matrix coloring(Index H, double color);

// start: the first mean, (H * action_dim); low, high: the box; buffers.kept: plans that are among
// the first candidates.  returns a plan inside the box, which lives in the buffers.
const Vector& cem(const Objective& J, const Vector& start, const Vector& low, const Vector& high,
                  const CemConfig& config, Rng& rng, SearchBuffers& buffers,
                  CemTrace* trace = nullptr, const Matrix& coloring = {});

}  // namespace mbrl
