// Version 3.0: short imagined rollouts from real states, and an off-policy learner for both.
//
// Lecture: "Model-based RL with short rollouts".
// New:     rollouts begin at states of D and are short, so that little error accumulates and all
//          time steps are seen. They begin where older policies went, which is why the learner must
//          be off-policy: SAC, DDPG or NAF (`--learner`).
// Next:    06_dyna.hpp, the oldest of this family; 09_mbpo.hpp, which makes this work well.
#pragma once

#include "algorithms/experience.hpp"
#include "algorithms/model_and_learner.hpp"

namespace mbrl::version_3_0 {

struct Config {
  int initial_steps = 200;
  int refit_every = 50;
  UncertainModelConfig model{.kind = "DE"};
  bool true_dynamics = false;
  int rollouts = 2000;
  int rollout_length = 10;
  int updates_per_step = 10;
  double real_ratio = 0.5;
  LearnerConfig learner;

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by the base policy");
    field("refit-every", refit_every, 1, 1000000,
          "step 5: new transitions before going back to step 2");
    model.list(field);
    field("true-dynamics", true_dynamics,
          "step 3: rollouts of the true dynamics instead of f, to rule out model error");
    field("rollouts", rollouts, 1, 1000000, "step 3: states s_i picked from D per refit");
    field("rollout-length", rollout_length, 1, 1000, "step 3: k, steps of a rollout");
    field("updates-per-step", updates_per_step, 1, 1000,
          "step 4: updates of the learner, per real step");
    field("real-ratio", real_ratio, 0, 1, "step 4: share of real transitions in every batch");
    learner.list(field, true);
  }
};

inline void run(const Env& env, const Config& config, Recorder& record) {
  ModelAndLearner agent(env, config.model, config.learner, record.seed());
  OffPolicyLearner& learner = *agent.learner;
  Experience real(env, record.seed());
  Dataset& D = real.B;
  Dataset imagined(env.spec.state_dim(), env.spec.action_dim(),
                   Index(config.rollouts) * config.rollout_length);

  int since_step_1 = 0;  // real steps
  record.keep([&](Archive& ar) {
    ar("agent", agent), ar("real", real), ar("imagined", imagined);
    ar("since step 1", since_step_1);
  });

  // 1. Run a base policy pi_0 (uniformly random actions) to collect D = {(s, a, s')}.
  real.collect_at_random(env, config.initial_steps, record);

  for (; record.running(); ++since_step_1) {
    if (since_step_1 % config.refit_every == 0) {
      // 2. Learn f(s, a) by minimising the sum of |f(s_i, a_i) - s'_i|^2.
      if (!config.true_dynamics) record.refit(agent.model.fit(D, record.workers()));

      // 3. Pick states s_i from D, use f(s, a) to make short rollouts from them.
      const Dynamics<Matrix> f = agent.p_hat(config.true_dynamics, record.workers());
      const Matrix s = D.random_states(config.rollouts, agent.imagination);
      for (const Batch& step : short_rollouts(env, f, agent.pi(), s, config.rollout_length))
        imagined.append(step);

      // 4. Use both real and model data to improve pi_theta(a | s) with off-policy RL.
      for (int k = 0; k < config.updates_per_step * config.refit_every; ++k)
        learner.update(real.replay.mixed(D, imagined, config.learner.batch_size, config.real_ratio),
                       record.workers());
      record.learner(learner.report());
    }

    // 5. Run pi_theta, appending the visited (s, a, s') to D. Every refit_every steps, back to 2.
    const Transition tr = real.step(learner);
    D.append(tr);
    record.step(tr);
    agent.evaluate_if_due(record);
  }
}

// The policy that a finished or stopped run has learned, without its exploration.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers&,
                   Archive& ar) {
  const auto agent = std::make_shared<ModelAndLearner>(env, config.model, config.learner, seed);
  ar("agent", *agent);
  return policy_of(agent);
}

}  // namespace mbrl::version_3_0
