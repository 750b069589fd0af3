// How plans are judged under uncertainty: imagined returns of every plan, for several samples of
// what the world may be like.
//
// Lecture, "How to plan with uncertainty":
//   1. sample theta ~ p(theta | D)
//   2. at each time step t, sample s_{t+1} ~ p(s_{t+1} | s_t, a_t, theta)
//   3. calculate R = sum_t r(s_t, a_t)
//   4. repeat steps 1 to 3 and accumulate the average reward
#pragma once

#include "planning/follow_plans.hpp"
#include "planning/follow_pooled.hpp"

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
  }
};

// The returns of the plans, one row per particle.  s: (state_dim)  plans: (H * action_dim, K)
// returns (particles, K); E has one particle.
//
// Particle i meets the same theta and the same noise under every plan, drawn anew with each call:
// plans are compared on common ground, and their differences are less noisy than the returns
// themselves (common random numbers, as in PEGASUS, Ng & Jordan 2000). Nothing is averaged across
// plans. Once a particle has terminated it books env.spec.after_termination per step that is left.
Matrix imagined_returns(const UncertainModel& model, const Vector& s, const Matrix& plans,
                        const PropagationConfig& config, Rng& rng, Workers& workers);

// The same in buffers that are kept from one call to the next.
class Imagination {
 public:
  const Matrix& returns(const UncertainModel& model, const Vector& s, const Matrix& plans,
                        const PropagationConfig& config, Rng& rng, Workers& workers);

 private:
  Luck luck_;
  PlanFollowers followers_;
  PerThread<PooledFollower> pooled_;
  Matrix returns_;
};

// Where the particles go under one plan, (H * action_dim): s_1, ..., s_H, each (state_dim,
// particles); also beyond a predicted end.
std::vector<Matrix> imagined_states(const UncertainModel& model, const Vector& s,
                                    const Vector& plan, const PropagationConfig& config, Rng& rng);

// What a planner maximises: one score per plan.  returns: (particles, K)  returns (1, K)
// pessimistic = mean - risk * sd, optimistic = mean + risk * sd, over the particles.
Row score(const Matrix& returns, const std::string& kind, double risk);
void score(const Matrix& returns, const std::string& kind, double risk, Row& scores);

}  // namespace mbrl
