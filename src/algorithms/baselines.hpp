// Floor and ceiling: a policy that knows nothing, and a planner that knows the true dynamics.
//
// Whatever version 1.5 loses against the oracle with the same planner is the fault of its model;
// what the oracle loses against the optimum is the fault of the planner.
#pragma once

#include "envs/policy.hpp"
#include "planning/mpc.hpp"
#include "planning/return_of_plans.hpp"
#include "report/recorder.hpp"

namespace mbrl {

namespace random_policy {

struct Config {
  void list(Settings&) {}
};

inline Policy load(const Env& env, const Config&, std::uint64_t seed, Workers&) {
  const auto rng = std::make_shared<Rng>(seed, "base policy");
  return {[rng, &env](const Vector&) { return random_action(env.spec, *rng); }};
}

inline void run(const Env& env, const Config&, Recorder& record) {
  World world(env, Rng(record.seed(), "world"));
  Rng chance(record.seed(), "base policy");
  record.keep([&](Archive& ar) { ar("world", world), ar("chance", chance); });

  if (!record.learned()) record.begin("learned");
  while (record.running()) {
    if (world.over()) world.reset();
    record.step(world.step(random_action(env.spec, chance)));
  }
}

}  // namespace random_policy

namespace oracle {

struct Config {
  PlannerConfig planner;
  void list(Settings& field) { planner.list(field); }
};

// Step 3 of version 1.5 with the true dynamics in the place of f.
struct Agent {
  const Env& env;
  Mpc planner;

  Agent(const Env& e, const Config& config, std::uint64_t seed)
      : env(e), planner(e.spec, config.planner, seed) {}

  const Vector& act(const Vector& s, Workers& workers) {
    return planner.first_action(objective([&](const Matrix& plans) {
      return return_of_plans(env, true_dynamics<Matrix>(env), s, plans, workers);
    }));
  }
};

inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers& workers) {
  const auto agent = std::make_shared<Agent>(env, config, seed);
  return {[agent, &workers](const Vector& s) { return agent->act(s, workers); },
          [agent] { agent->planner.reset(); }};
}

inline void run(const Env& env, const Config& config, Recorder& record) {
  Agent agent(env, config, record.seed());
  World world(env, Rng(record.seed(), "world"));
  record.keep([&](Archive& ar) { ar("planner", agent.planner), ar("world", world); });

  if (!record.learned()) record.begin("learned");
  while (record.running()) {
    if (world.over()) {
      world.reset();
      agent.planner.reset();
    }
    record.step(world.step(agent.act(world.s(), record.workers())));
  }
}

}  // namespace oracle
}  // namespace mbrl
