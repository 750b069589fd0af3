// The model-free learner alone: SAC, DDPG or NAF, learning from real transitions and nothing else.
//
// Lecture: "A performance gap in model-based RL", the other side of it: what a model-free learner
//          needs, in real steps, for what a model-based one has after a few episodes.
// Next:    05_version_3_0.hpp, where the same learner is fed imagined transitions too.
#pragma once

#include "algorithms/experience.hpp"
#include "envs/policy.hpp"
#include "report/recorder.hpp"

namespace mbrl::model_free {

struct Config {
  int initial_steps = 200;
  int updates_per_step = 1;
  LearnerConfig learner;

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "transitions collected by the base policy, random actions");
    field("updates-per-step", updates_per_step, 1, 1000, "updates of the learner per real step");
    learner.list(field, false);
    if (learner.kind == "sac")
      field.add_task_preset("half_cheetah",
                            "--steps 150000 --initial-steps 1000 --target-entropy -0.5");
  }
};

inline Config with(const std::string& learner) {
  Config config;
  config.learner.kind = learner;
  return config;
}

inline void run(const Env& env, const Config& config, Recorder& record) {
  const auto learner = make_learner(env, config.learner, record.seed());
  Experience real(env, record.seed());

  record.keep([&](Archive& ar) { ar("learner", *learner), ar("real", real); });

  real.collect_at_random(env, config.initial_steps, record);

  while (record.running()) {
    const Transition tr = real.step(*learner);
    real.B.append(tr);
    record.step(tr);
    for (int k = 0; k < config.updates_per_step; ++k)
      learner->update(real.replay.sample(real.B, config.learner.batch_size), record.workers());

    if (record.wants_evaluation())
      record.evaluate(env, [&](const Vector& s) { return Vector(learner->act(s)); });
    if (real.world.over()) record.learner(learner->report());
  }
}

// The policy that a finished or stopped run has learned, without its exploration.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers&,
                   Archive& ar) {
  const std::shared_ptr<OffPolicyLearner> learner = make_learner(env, config.learner, seed);
  ar("learner", *learner);
  return {[learner](const Vector& s) { return Vector(learner->act(s)); },
          [] {},
          {},
          learner->policy_network()};
}

}  // namespace mbrl::model_free
