// Model predictive control: plan H steps, execute the first action, plan again from where that led.
#pragma once

#include "core/settings.hpp"
#include "envs/env.hpp"
#include "planning/cem.hpp"

namespace mbrl {

struct PlannerConfig {
  std::string planner = "cem";
  int horizon = 0;
  CemConfig cem;

  void list(Settings& field) {
    field("planner", planner, {"cem", "random-shooting"}, "step 3: how plans are searched");
    field("horizon", horizon, 0, 10000,
          "step 3: H, how far ahead a plan looks; 0: what the task suggests");
    field("candidates", cem.candidates, 2, 1000000, "step 3: K, plans scored per iteration");
    field("iterations", cem.iterations, 1, 1000,
          "step 3: iterations of CEM; random shooting scores all its K * iterations plans at once");
    field("elites", cem.elites, 1, 1000000,
          "step 3: best plans that the next iteration is fitted to");
    field("keep-old", cem.keep_old, 0, 1, "step 3: weight of the old mean and variance in CEM");
    field("min-sd", cem.min_sd, 0, 1,
          "step 3: floor of CEM's sd, as a share of half the action box");
    field("execute-best", cem.execute_best,
          "step 3: execute the best plan scored, not CEM's final mean");
    field("noise-color", cem.noise_color, 0, 10,
          "step 3: how slowly CEM's noise changes over a plan: power 1 / f^this; 0: white");
    field("keep-elites", cem.keep_elites, 0, 1,
          "step 3: share of CEM's elites that are candidates again, in the next plan as well");
    field("shrink", cem.shrink, 1, 100, "step 3: K is divided by it from iteration to iteration");
    field.add_check([this] { check(); });
  }

  void check() const {
    if (cem.elites > cem.candidates)
      throw UserError("--elites " + std::to_string(cem.elites) +
                      ": expected at most --candidates " + std::to_string(cem.candidates));
  }
};

class Mpc {
 public:
  Mpc(const EnvSpec& spec, const PlannerConfig& config, std::uint64_t seed);

  // Forgets the last plan: the search starts from the centre of the box. Call it with every new
  // episode.
  void reset();

  // The best plan for J, (H * action_dim). The search starts from the last plan, moved on by one
  // step.
  const Vector& plan(const Objective& J);

  // The first action of a plan, the only one that is executed, (action_dim).
  const Vector& first_action(const Objective& J);
  // The plan that was found last, (H * action_dim).
  const Vector& last_plan() const { return plan_; }
  // The plans that the last search scored last, one a column.
  const Matrix& candidates() const { return buffers_.plans; }

  // The last plan and the elites that are kept, from which the next search starts, and the random
  // numbers.
  void archive(Archive& ar);

 private:
  PlannerConfig config_;
  Index m_;  // action_dim
  Rng rng_;
  Vector low_, high_, start_, plan_;  // (H * action_dim)
  Matrix coloring_;                   // (H, H)
  Vector first_action_;
  SearchBuffers buffers_;
};

}  // namespace mbrl
