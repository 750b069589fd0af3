// How plans are judged under uncertainty: imagined returns of every plan, for several samples of
// what the world may be like.
//
// Lecture, "How to plan with uncertainty". plainly.hpp has its four steps in order; here they are
// taken by several threads, and the other propagations of the PETS paper (Chua et al. 2018) beside.
#pragma once

#include "planning/luck.hpp"
#include "planning/return_of_plans.hpp"

namespace mbrl {

struct PropagationConfig {
  std::string propagation = "TSinf";
  int particles = 5;
  bool sample_noise = true;
  std::string score = "expected";
  double risk = 1;

  void list(Settings& field) {
    field("propagation", propagation, {"TSinf", "TS1", "DS", "MM", "E"},
          "step 3: TSinf: one theta per particle for the whole plan; TS1: a new one every step; "
          "DS: draw from the pooled normal; MM: the same, refitted to the particles; E: the mean");
    field("particles", particles, 1, 10000, "step 3: imagined returns per plan");
    field("sample-noise", sample_noise,
          "step 3: draw s' from p(s'|s,a,theta); false: take its mean");
    field("score", score, {"expected", "pessimistic", "optimistic"},
          "step 3: what of a plan's returns is maximised: the mean, or the mean minus or plus "
          "risk times their standard deviation");
    field("risk", risk, 0, 1000, "step 3: the weight of that standard deviation");
    field.add_check([this] { check(); });
  }

  void check() const {
    if (!sample_noise && (propagation == "DS" || propagation == "MM"))
      throw UserError("--sample-noise false: --propagation " + propagation +
                      " is nothing but drawing from the pooled normal; without noise it is E");
  }
};

// What happens by chance to the particles, for plans of H steps.
Luck draw_luck(const UncertainModel& model, const PropagationConfig& config, Index H, Rng& rng);

// The returns of the plans, one row per particle.  s: (state_dim)  plans: (H * action_dim, K)
// returns (particles, K); E has one particle.
//
// The luck of the particles is drawn anew with each call, and is the same for all plans. Nothing is
// averaged across plans. Once a particle has terminated it books env.spec.after_termination per
// step that is left.
Matrix imagined_returns(const UncertainModel& model, const Vector& s, const Matrix& plans,
                        const PropagationConfig& config, Rng& rng, Workers& workers);

// Where the particles go under one plan, (H * action_dim): s_2, ..., s_{H+1}, each (state_dim,
// particles); also beyond a predicted end.
std::vector<Matrix> imagined_states(const UncertainModel& model, const Vector& s,
                                    const Vector& plan, const PropagationConfig& config, Rng& rng);

// What a planner maximises: one score per plan.  returns: (particles, K)  returns (1, K)
// pessimistic = mean - risk * sd, optimistic = mean + risk * sd, over the particles.
Row score(const Matrix& returns, const std::string& kind, double risk);
void score(const Matrix& returns, const std::string& kind, double risk, Row& scores);

}  // namespace mbrl
