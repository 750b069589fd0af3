// The general Dyna-style recipe: every choice that the lecture leaves open as a switch.
//
// Lecture: "General Dyna-style model-based RL recipe". Dyna (06_dyna.hpp) is this with a table;
//          MBA, MVE and MBPO (07 to 09) are its instances for continuous actions:
//          docs/07_dyna.md says which switch is where.
#pragma once

#include "algorithms/experience.hpp"
#include "algorithms/model_and_learner.hpp"

namespace mbrl::dyna_style {

struct Config {
  int initial_steps = 200;
  int refit_every = 50;
  UncertainModelConfig model{.kind = "PE"};
  bool true_dynamics = false;
  int K = 5;
  std::string states = "all";
  int recent = 1000;
  std::string actions = "policy";
  int more_steps = 0;
  int real_updates = 1;
  LearnerConfig learner;

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by random actions before the first fit");
    field("refit-every", refit_every, 1, 1000000, "step 2: real steps between two fits");
    model.list(field);
    field("true-dynamics", true_dynamics,
          "step 6: simulate with the true dynamics instead of p-hat, to rule out model error");
    field("planning-updates", K, 0, 1000, "step 3: K, per real step");
    field("states", states, {"all", "recent"}, "step 4: where states come from in the buffer");
    field("recent", recent, 1, 1000000000, "step 4: how many transitions are recent");
    field("actions", actions, {"buffer", "policy", "random"}, "step 5: where actions come from");
    field("more-steps", more_steps, 0, 1000, "step 8: N more model-based steps, by the policy");
    field("real-updates", real_updates, 0, 1000,
          "updates on real transitions per real step, as Dyna makes one");
    learner.list(field, true);
  }
};

// What is learned: the model, and the learner that it feeds.
struct Agent : ModelAndLearner {
  Config config;

  Agent(const Env& e, const Config& c, std::uint64_t seed)
      : ModelAndLearner(e, c.model, c.learner, seed), config(c) {}

  // Step 4: a batch of past transitions; their states are where imagination begins.
  Batch sample(const Dataset& B) {
    const Index oldest =
        config.states == "recent" ? std::max<Index>(0, B.size() - config.recent) : 0;
    return B.sample(config.learner.batch_size, imagination, oldest);
  }

  // Step 5, (action_dim, B)
  Matrix choose(const Batch& past) {
    if (config.actions == "policy") return learner->explore(past.s, imagination);
    Matrix a = past.a;
    if (config.actions == "random")
      for (Index j = 0; j < a.cols(); ++j) a.col(j) = random_action(env.spec, imagination);
    return a;
  }

  // Step 6: what the model predicts for a in s.
  Batch simulate(const Matrix& s, const Matrix& a, Workers& workers) {
    const auto chosen_a = [&a](const Matrix&) { return a; };
    return short_rollouts(env, p_hat(config.true_dynamics, workers), chosen_a, s, 1).front();
  }

  // Step 8: N more steps of the policy, from where it has not ended. One batch per step.
  std::vector<Batch> go_on(const Batch& step, Workers& workers) {
    if (config.more_steps == 0) return {};
    const Matrix s = chosen(step, !step.terminated).s_next;
    return short_rollouts(env, p_hat(config.true_dynamics, workers), pi(), s, config.more_steps);
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
    // 1. Collect some data, consisting of transitions (s, a, s', r).
    const Transition tr = real.step(learner);
    real.B.append(tr);
    record.step(tr);
    for (int k = 0; k < config.real_updates; ++k)
      learner.update(real.replay.sample(real.B, config.learner.batch_size), record.workers());

    // 2. Learn the model p-hat(s' | s, a), and r-hat(s, a) if it is not known.
    if (config.K > 0 && !config.true_dynamics && n % config.refit_every == 0)
      record.refit(agent.model.fit(real.B, record.workers()));

    // 3. Repeat K times:
    for (int k = 0; k < config.K; ++k) {
      // 4. Sample s ~ B from the buffer.
      const Batch past = agent.sample(real.B);
      // 5. Choose an action a (from B, from pi, or at random).
      const Matrix a = agent.choose(past);
      // 6. Simulate s' ~ p-hat(s' | s, a) (and r = r-hat(s, a)).
      const Batch step = agent.simulate(past.s, a, record.workers());
      // 7. Train on (s, a, s', r) with model-free RL.
      learner.update(step, record.workers());
      // 8. (Optional) take N more model-based steps, and train on them as in 7.
      for (const Batch& more : agent.go_on(step, record.workers()))
        learner.update(more, record.workers());
    }

    agent.evaluate_if_due(record);
    if (real.world.over()) record.learner(learner.report());
  }
}

// The policy that a finished or stopped run has learned, without its exploration.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers&,
                   Archive& ar) {
  const auto agent = std::make_shared<Agent>(env, config, seed);
  ar("agent", *agent);
  return policy_of(agent);
}

}  // namespace mbrl::dyna_style
