// The cross-entropy method: sample plans, keep the elites, fit the sampling distribution to them,
// repeat.
//
// As in PETS (Chua et al. 2018): independent normals truncated at two standard deviations, whose
// spread is limited so that no sample leaves the box, and smoothing between iterations.
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
};

// How the search went, iteration by iteration, to look at when a planner misbehaves.
struct CemTrace {
  std::vector<double> best_score, mean_sd;
};

// start: the first mean, (H * action_dim); low, high: the box.  returns a plan inside the box,
// which lives in the buffers.
const Vector& cem(const Objective& J, const Vector& start, const Vector& low, const Vector& high,
                  const CemConfig& config, Rng& rng, SearchBuffers& buffers,
                  CemTrace* trace = nullptr);

}  // namespace mbrl
