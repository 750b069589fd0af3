// MBPO: model-based policy optimisation (Janner, Fu, Zhang, Levine 2019).
//
// Lecture: "Model-Based Policy Optimization (MBPO)", the steps shared with MBA and MVE.
// New:     version 3.0 with what makes it work: a probabilistic ensemble of which the best members
//          are sampled, many short rollouts whose length grows on a schedule, and many SAC
//          updates per real step, on batches of mostly imagined data.
#pragma once

#include "algorithms/experience.hpp"
#include "algorithms/model_and_learner.hpp"

namespace mbrl::mbpo {

// How long rollouts are after so many real steps: linear between two points,
// constant before and after.
struct RolloutSchedule {
  int first_length = 1, last_length = 1;
  int first_step = 0, last_step = 1;

  void list(Settings& field) {
    field("rollout-length", first_length, 1, 1000, "step 5: k, steps of a rollout, initially");
    field("last-rollout-length", last_length, 0, 1000,
          "step 5: the final k; 0: --rollout-length throughout");
    field("schedule-from", first_step, 0, 1000000000,
          "step 5: the real step at which k starts to change");
    field("schedule-to", last_step, 0, 1000000000,
          "step 5: the real step at which k stops changing");
    field.add_check([this] {
      if (last_length > 0 && last_step <= first_step)
        throw UserError("--schedule-to " + std::to_string(last_step) +
                        ": expected more than --schedule-from " + std::to_string(first_step));
    });
  }

  int length(int env_steps) const {
    if (last_length == 0) return first_length;
    const double share = double(env_steps - first_step) / double(last_step - first_step);
    const double k = first_length + std::clamp(share, 0.0, 1.0) * (last_length - first_length);
    return static_cast<int>(k + 1e-9);  // so that rounding cannot turn 3 into 2
  }
};

struct Config {
  int initial_steps = 200;
  int refit_every = 100;
  UncertainModelConfig model{.kind = "PE", .ensemble{.members = 7, .elite_members = 5}};
  bool true_dynamics = false;
  int rollouts_per_step = 100;
  RolloutSchedule schedule{.first_length = 5, .last_length = 0};
  int keep_refits = 2;
  int updates_per_step = 10;
  double real_ratio = 0.05;
  LearnerConfig learner{.target_entropy = -0.05};

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by random actions before the first fit");
    field("refit-every", refit_every, 1, 1000000, "step 3: real steps between two fits");
    model.list(field);
    field("true-dynamics", true_dynamics,
          "step 5: roll out the true dynamics instead of p-hat, to rule out model error");
    field("rollouts-per-step", rollouts_per_step, 1, 100000,
          "step 4: states s_j per real step, all of them drawn right after the fit");
    schedule.list(field);
    field("keep-refits", keep_refits, 1, 1000,
          "step 6: for how many refits a rollout stays in the imagined buffer");
    field("updates-per-step", updates_per_step, 1, 1000, "step 6: updates of SAC per real step");
    field("real-ratio", real_ratio, 0, 1, "step 6: share of real transitions in every batch");
    learner.list(field, false);
    field.add_task_preset("half_cheetah",
                          "--steps 15000 --initial-steps 1000 --refit-every 250 --hidden-layers 3 "
                          "--hidden-width 128 --learning-rate 0.003 --epochs 30 --patience 8 "
                          "--rollouts-per-step 400 --rollout-length 1 --updates-per-step 20 "
                          "--target-entropy -0.5 --learner-learning-rate 0.003 "
                          "--learner-batch-size 128");
    // From the reference code (its weight decay differs from layer to layer, 2.5e-5 to 1e-4).
    field.add_preset("paper", "the hyperparameters of the paper's half-cheetah, for a day",
                     "--steps 400000 --initial-steps 5000 --refit-every 250 --hidden-layers 4 "
                     "--hidden-width 200 --learning-rate 0.001 --weight-decay 5e-05 "
                     "--batch-size 256 --epochs 1000 --patience 5 --holdout 0.2 --resample true "
                     "--learned-bounds true --normalise-targets false --learned-reward true "
                     "--rollouts-per-step 400 --rollout-length 1 --keep-refits 4 "
                     "--updates-per-step 40 --target-entropy -0.5 --learner-width 256 "
                     "--learner-learning-rate 0.0003");
  }
};

// What is learned: the model, and the policy trained in it.
struct Agent : ModelAndLearner {
  Config config;
  Dataset imagined;

  Agent(const Env& e, const Config& c, std::uint64_t seed)
      : ModelAndLearner(e, c.model, c.learner, seed),
        config(c),
        imagined(e.spec.state_dim(), e.spec.action_dim(), 1) {}

  void archive(Archive& ar) {
    ModelAndLearner::archive(ar);
    ar("imagined", imagined);
  }

  // Steps 4 and 5: k-step rollouts of the stochastic policy, branched from states in B.
  void imagine(const Dataset& B, int env_steps, Workers& workers) {
    const int k = config.schedule.length(env_steps);
    const Index rollouts = Index(config.rollouts_per_step) * config.refit_every;
    imagined.set_capacity(rollouts * k * config.keep_refits);
    const Matrix s = B.random_states(rollouts, imagination);
    for (const Batch& step : short_rollouts(env, p_hat(config.true_dynamics, workers), pi(), s, k))
      imagined.append(step);
  }
};

inline void run(const Env& env, const Config& config, Recorder& record) {
  Agent agent(env, config, record.seed());
  OffPolicyLearner& learner = *agent.learner;
  Experience real(env, record.seed());

  int n = 0;  // real steps since the random ones
  record.keep([&](Archive& ar) { ar("agent", agent), ar("real", real), ar("n", n); });

  real.collect_at_random(env, config.initial_steps, record);

  for (; record.running(); ++n) {
    // 1. Take some action a_i and observe (s_i, a_i, s'_i, r_i), add it to B.
    const Transition tr = real.step(learner);
    real.B.append(tr);
    record.step(tr);

    if (n % config.refit_every == 0) {
      // 2. Sample mini-batches from B uniformly.   3. Use them to update p-hat(s' | s, a).
      if (!config.true_dynamics) record.refit(agent.model.fit(real.B, record.workers()));
      // 4. Sample {s_j} from B.   5. For each, perform a model-based rollout with a = pi(s).
      agent.imagine(real.B, record.env_steps(), record.workers());
    }

    // 6. Use all transitions (s, a, s', r) along the rollouts to update the Q-function (and pi).
    for (int k = 0; k < config.updates_per_step; ++k)
      learner.update(
          real.replay.mixed(real.B, agent.imagined, config.learner.batch_size, config.real_ratio),
          record.workers());

    agent.evaluate_if_due(record);
    if (real.world.over()) record.learner(learner.report());
  }
  record.learner(learner.report());  // of the unfinished episode
}

// The policy that a finished or stopped run has learned, without its exploration.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers&,
                   Archive& ar) {
  const auto agent = std::make_shared<Agent>(env, config, seed);
  ar("agent", *agent);
  return policy_of(agent);
}

}  // namespace mbrl::mbpo
