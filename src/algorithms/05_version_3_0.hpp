// Version 3.0: short imagined rollouts from real states, and an off-policy learner for both.
//
// Lecture: "Model-based RL with short rollouts".
// New:     rollouts begin at states of D and are short, so that little error accumulates and all
//          time steps are seen. They begin where older policies went, which is why the learner must
//          be off-policy: SAC, DDPG or NAF (`--learner`).
// Next:    06_dyna.hpp, the oldest of this family; 09_mbpo.hpp, this with everything it takes.
#pragma once

#include "dynamics/choose_model.hpp"
#include "dynamics/short_rollouts.hpp"
#include "learners/off_policy_learner.hpp"
#include "planning/policy.hpp"
#include "planning/propagation.hpp"
#include "report/recorder.hpp"

namespace mbrl::version_3_0 {

struct Config {
  int initial_steps = 200;
  int refit_every = 50;
  UncertainModelConfig model{.kind = "DE"};
  bool true_dynamics = false;
  int rollouts = 2000;
  int rollout_length = 3;
  int updates_per_step = 5;
  double real_ratio = 0.5;
  LearnerConfig learner;

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by the base policy");
    field("refit-every", refit_every, 1, 1000000,
          "step 5: new transitions before going back to step 2");
    model.list(field);
    field("true-dynamics", true_dynamics,
          "step 3: rollouts of the true dynamics instead of f, to tell whose fault it is");
    field("rollouts", rollouts, 1, 1000000, "step 3: states s_i picked from D per refit");
    field("rollout-length", rollout_length, 1, 1000, "step 3: k, steps of a rollout");
    field("updates-per-step", updates_per_step, 1, 1000,
          "step 4: updates of the learner, per real step");
    field("real-ratio", real_ratio, 0, 1, "step 4: share of real transitions in every batch");
    learner.list(field, true);
  }
};

// What is learned: the model, and the learner that it feeds.
struct Agent {
  UncertainModel model;
  std::unique_ptr<OffPolicyLearner> learner;
  Rng imagination;

  Agent(const Env& env, const Config& config, std::uint64_t seed)
      : model(make_uncertain_model(env, config.model, seed)),
        learner(make_learner(env, config.learner, seed)),
        imagination(seed, "imagination") {}

  // Where the model goes under given actions, (state_dim, count) after each; for `mbrl predict`.
  std::vector<Matrix> predicted(const Vector& s, const Vector& plan, int count) {
    PropagationConfig each_its_own;
    each_its_own.particles = count;
    return imagined_states(model, s, plan, each_its_own, imagination);
  }

  void archive(Archive& ar) {
    model.archive(ar);
    learner->archive(ar);
  }
};

inline void run(const Env& env, const Config& config, Recorder& record) {
  Agent agent(env, config, record.seed());
  OffPolicyLearner& learner = *agent.learner;
  World world(env, Rng(record.seed(), "world"));
  Rng base_policy(record.seed(), "base policy"), exploration(record.seed(), "exploration"),
      replay(record.seed(), "replay");
  const Index n = env.spec.state_dim(), m = env.spec.action_dim();
  Dataset D(n, m), imagined(n, m, Index(config.rollouts) * config.rollout_length);

  // 1. Run a base policy pi_0 (uniformly random actions) to collect D = {(s, a, s')}.
  record.begin("base");
  while (D.size() < config.initial_steps && record.running()) {
    if (world.over()) world.reset();
    const Transition tr = world.step(random_action(env.spec, base_policy));
    D.append(tr);
    record.step(tr);
  }
  world.reset();

  record.begin("learned");
  while (record.running()) {
    // 2. Learn f(s, a) by minimising the sum of |f(s_i, a_i) - s'_i|^2.
    if (!config.true_dynamics) record.refit(agent.model.fit(D, record.workers()));

    // 3. Pick states s_i from D, use f(s, a) to make short rollouts from them.
    const auto pi = [&](const Matrix& s) { return learner.explore(s, agent.imagination); };
    const std::vector<Theta> thetas =
        agent.model.sample(agent.model.size_or(10), agent.imagination);
    const Dynamics f = config.true_dynamics
                           ? true_dynamics_of(env)
                           : sampled_dynamics(agent.model, thetas, agent.imagination);
    const Matrix s = D.random_states(config.rollouts, agent.imagination);
    for (const Batch& step : short_rollouts(env, f, pi, s, config.rollout_length))
      imagined.append(step);

    // 4. Use both real and model data to improve pi_theta(a | s) with off-policy RL.
    for (int k = 0; k < config.updates_per_step * config.refit_every; ++k)
      learner.update(
          mixed_sample(D, imagined, config.learner.batch_size, config.real_ratio, replay),
          record.workers());
    record.learner(learner.report());

    // 5. Run pi_theta, appending the visited (s, a, s') to D. Every refit_every steps, back to 2.
    for (int step = 0; step < config.refit_every && record.running(); ++step) {
      if (world.over()) world.reset();
      const Transition tr = world.step(learner.explore(world.s(), exploration).col(0));
      D.append(tr);
      record.step(tr);
      if (record.wants_evaluation())
        record.evaluate(env, [&](const Vector& x) { return Vector(learner.act(x)); });
    }
    record.checkpoint([&](Archive& ar) { agent.archive(ar); });
  }
}

// The policy that a finished or stopped run has learned, without its exploration.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers&,
                   Archive& ar) {
  const auto agent = std::make_shared<Agent>(env, config, seed);
  agent->archive(ar);
  return {[agent](const Vector& s) { return Vector(agent->learner->act(s)); }, [] {},
          [agent](const Vector& s, const Vector& plan, int particles) {
            return agent->predicted(s, plan, particles);
          }};
}

}  // namespace mbrl::version_3_0
