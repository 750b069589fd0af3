// Version 1.5: plan through a learned model, execute the first action, observe, replan.
//
// Lecture: "Why the performance gap?", the slide of version 1.5.
// New:     everything. A model f, a planner that trusts it, and replanning, which limits its
//          errors (MPC).
// Next:    PETS, where the planner takes the model's uncertainty into account.
#pragma once

#include "algorithms/base_policy.hpp"
#include "dynamics/deterministic.hpp"
#include "envs/policy.hpp"
#include "planning/mpc.hpp"
#include "planning/return_of_plans.hpp"
#include "report/recorder.hpp"

namespace mbrl::version_1_5 {

struct Config {
  int initial_steps = 200;
  int refit_every = 50;
  ModelConfig model;
  PlannerConfig planner;

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by the base policy");
    field("refit-every", refit_every, 1, 1000000,
          "step 5: new transitions before going back to step 2");
    model.list(field);
    planner.list(field);
    // The network of CS285's homework 4: a smaller one blurs the walls.
    field.add_task_preset("obstacles", "--hidden-width 250");
  }
};

// What is learned, and how it acts: the model f and the planner that plans through it.
struct Agent {
  DeterministicModel f;
  Mpc planner;

  Agent(const Env& env, const Config& config, std::uint64_t seed)
      : f(env, config.model, seed), planner(env.spec, config.planner, seed) {}

  // J(a_1..a_H) = sum_t r(s_t, a_t), where s_{t+1} = f(s_t, a_t): one number per plan, all of them
  // from the state s.  plans: (H * action_dim, K)  returns (1, K)
  Row judge(const Vector& s, const Matrix& plans, Workers& workers) const {
    const auto step = [this](const Matrix& s_t, const Matrix& a_t) { return f.predict(s_t, a_t); };
    return return_of_plans(f.io().env(), step, s, plans, workers);
  }

  const Vector& act(const Vector& s, Workers& workers) {
    return planner.first_action(
        objective([&](const Matrix& plans) { return judge(s, plans, workers); }));
  }

  // s_2, ..., s_{H+1} under one plan, the states after each action: each (state_dim, 1).
  std::vector<Matrix> imagine(Matrix s, const Vector& plan) const {
    std::vector<Matrix> states;
    const Index m = f.io().env().spec.action_dim();
    for (Index t = 0; t < plan.size(); t += m)
      states.push_back(s = f.predict(s, plan.segment(t, m)).s_next);
    return states;
  }

  void archive(Archive& ar) { ar("f", f), ar("planner", planner); }
};

inline void run(const Env& env, const Config& config, Recorder& record) {
  Agent agent(env, config, record.seed());
  World world(env, Rng(record.seed(), "world"));
  Dataset D(env.spec.state_dim(), env.spec.action_dim());

  int n = 0;  // real steps after the base policy
  record.keep([&](Archive& ar) { ar("agent", agent), ar("world", world), ar("D", D), ar("n", n); });

  // 1. Run a base policy pi_0 (uniformly random actions) to collect D = {(s, a, s')}.
  run_base_policy(env, world, config.initial_steps, record,
                  [&](const Transition& tr) { D.append(tr); });

  for (; record.running(); ++n) {
    // 2. Learn the dynamics model f(s, a) to minimise the sum of |f(s_i, a_i) - s'_i|^2.
    if (n % config.refit_every == 0) {
      const FitReport report = agent.f.fit(D);
      record.refit(report);
    }

    if (world.over()) {
      world.reset();
      agent.planner.reset();
    }
    // 3. Plan through f(s, a) to choose actions.
    const Vector s = world.s(), a = agent.act(s, record.workers());
    // For who looks on: what the search found, and a way to imagine where it leads.
    record.searched(s, agent.planner.last_plan(), agent.planner.candidates(),
                    [&](const Vector& plan, int, Rng&) { return agent.imagine(s, plan); });
    if (record.wants_plan()) {  // for the figures only: the plan's predicted and true return
      const Vector& plan = agent.planner.last_plan();
      record.plan(agent.judge(s, plan, record.workers())(0), true_return(env, s, plan));
    }

    // 4. Execute the first planned action, observe the resulting state s' (MPC).
    const Transition tr = world.step(a);

    // 5. Append (s, a, s') to D. Go back to 3; every refit_every steps to 2.
    D.append(tr);
    record.step(tr);
  }
}

// The policy that a finished or stopped run has learned.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers& workers,
                   Archive& ar) {
  const auto agent = std::make_shared<Agent>(env, config, seed);
  ar("agent", *agent);
  return {[agent, &workers](const Vector& s) { return agent->act(s, workers); },
          [agent] { agent->planner.reset(); },
          [agent](const Vector& s, const Vector& plan, int) { return agent->imagine(s, plan); }};
}

}  // namespace mbrl::version_1_5
