// MVE: model-based value expansion (Feinberg, Wan, Stoica, Jordan, Gonzalez, Levine 2018).
//
// Lecture: "Model-Based Value Expansion (MVE)", the steps shared with MBA and MBPO.
// New:     imagined transitions are not replayed. From the s' of every real transition the model
//          takes H steps, and what happens along them makes the target of Q better: H rewards that
//          are nearly right, before a Q' that may be wrong.
// Next:    09_mbpo.hpp, where the learner trains on the imagined transitions themselves.
#pragma once

#include "algorithms/experience.hpp"
#include "algorithms/model_and_learner.hpp"

namespace mbrl::mve {

struct Config {
  int initial_steps = 200;
  int refit_every = 100;
  UncertainModelConfig model{.kind = "DE"};
  bool true_dynamics = false;
  int horizon = 3;
  bool td_k = true;
  bool explore_in_targets = true;
  int updates_per_step = 1;
  LearnerConfig learner{.kind = "ddpg"};

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by random actions before the first fit");
    field("refit-every", refit_every, 1, 1000000, "step 3: real steps between two fits");
    model.list(field);
    field("true-dynamics", true_dynamics,
          "step 5: imagine with the true dynamics instead of p-hat, to rule out model error");
    field("horizon", horizon, 0, 100, "step 5: H, imagined steps after a real one; 0: plain DDPG");
    field("td-k", td_k, "step 6: train Q at the imagined states too, where the targets ask for it");
    field("explore-in-targets", explore_in_targets,
          "step 5: imagine the noisy actions of exploration, not those that the policy holds for "
          "best");
    field("updates-per-step", updates_per_step, 1, 1000, "step 6: updates of DDPG per real step");
    learner.list(field, false);
  }
};

// A transition and what is imagined after it, H + 1 steps in all, side by side.
struct Expansion {
  std::vector<Batch> steps;  // [0] the real one, then imagined ones, each from the last one's s'
  std::vector<Mask> counts;  // [t], (1, B): false after the end of the episode
};

inline Expansion expand(const Env& env, const Batch& real, const Dynamics<Matrix>& p_hat,
                        const std::function<Matrix(const Matrix& s)>& pi, int H) {
  Expansion tau{{real}, {Mask::Constant(real.size(), true)}};
  for (int t = 0; t < H; ++t) {
    // BEGIN SOLUTION hw5.6 (about 7 lines)
    const Matrix s = tau.steps.back().s_next, a = pi(s);
    const Mask alive = tau.counts.back() && !tau.steps.back().terminated;
    const Step<Matrix> next = p_hat(s, a);
    const Mask none = Mask::Constant(s.cols(), false);
    tau.steps.push_back({s, a, next.reward, next.s_next,
                         env.spec.terminates ? env.terminated(next.s_next) : none, none});
    tau.counts.push_back(alive);
    // END SOLUTION
  }
  return tau;
}

// The target of Q at each of the steps: with V'(s) at the last s',
//
//   y_t = r_t + gamma (1 - terminated_t) y_{t+1},   y_{H+1} = V'(s_{H+1}),
//
// all rewards from t on, and gamma^(H + 1 - t) V' after them (eq. 3 and the TD-k trick of the
// paper, where the real step is called t = -1). H = 0: the target of DDPG.
inline std::vector<Row> value_expansion(const Expansion& tau, const Row& value_at_the_end,
                                        double discount) {
  std::vector<Row> y(tau.steps.size());
  Row to_come = value_at_the_end;
  // BEGIN SOLUTION hw5.4 (about 2 lines)
  for (std::size_t t = y.size(); t-- > 0;)
    to_come = y[t] = td_target(tau.steps[t], to_come, discount);
  // END SOLUTION
  return y;
}

// What is learned: the model, and the learner whose targets it expands.
struct Agent : ModelAndLearner {
  Config config;

  Agent(const Env& e, const Config& c, std::uint64_t seed)
      : ModelAndLearner(e, c.model, c.learner, seed), config(c) {}

  // Steps 5 and 6 for one mini-batch of real transitions.
  void update(const Batch& real, Workers& workers) {
    const auto best = [this](const Matrix& s) { return learner->act(s); };
    const Expansion tau = expand(env, real, p_hat(config.true_dynamics, workers),
                                 config.explore_in_targets ? pi() : best, config.horizon);
    const Row V = learner->value(tau.steps.back().s_next, workers);
    const std::vector<Row> y = value_expansion(tau, V, config.learner.discount);

    // Every state and action that counts, with its target, side by side.
    Matrix s = real.s, a = real.a;
    Row target = y[0];
    for (std::size_t t = 1; config.td_k && t < y.size(); ++t) {
      const std::vector<Index> alive = chosen(tau.counts[t]);
      s = side_by_side(s, Matrix(tau.steps[t].s(every, alive)));
      a = side_by_side(a, Matrix(tau.steps[t].a(every, alive)));
      target = side_by_side(target, Row(y[t](alive)));
    }
    learner->note_rewards(real.reward);
    learner->update_critic(s, a, target, workers);
    learner->update_actor(real.s, workers);
    learner->update_targets();
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

    // 2. Sample mini-batches from B uniformly.   3. Use them to update p-hat(s' | s, a).
    const bool imagines = config.horizon > 0 && !config.true_dynamics;
    if (imagines && n % config.refit_every == 0)
      record.refit(agent.model.fit(real.B, record.workers()));

    for (int k = 0; k < config.updates_per_step; ++k) {
      // 4. Sample {s_j} from B, with the transitions that led to them.
      const Batch& batch = real.replay.sample(real.B, config.learner.batch_size);
      // 5. From each s_j perform a model-based rollout with a = pi(s).
      // 6. Use all transitions (s, a, s', r) along the rollout to update the Q-function.
      agent.update(batch, record.workers());
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

}  // namespace mbrl::mve
