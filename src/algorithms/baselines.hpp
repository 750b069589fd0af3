// Floor and ceiling: a policy that knows nothing, and a planner that knows the true dynamics.
//
// Whatever version 1.5 loses against the oracle with the same planner is the fault of its model;
// what the oracle loses against the optimum is the fault of the planner.
#pragma once

#include "planning/mpc.hpp"
#include "planning/policy.hpp"
#include "report/recorder.hpp"

namespace mbrl {

// Lets a policy act for as many real episodes as the run allows.
inline void act_in_world(const Env& env, const Policy& policy, Recorder& record) {
  World world(env, Rng(record.seed(), "world"));
  record.begin("learned");
  while (record.running()) {
    policy.begin_episode();
    for (world.reset(); !world.over() && record.running();)
      record.step(world.step(policy.act(world.s())));
  }
}

namespace random_policy {

struct Config {
  void list(Settings&) {}
};

inline Policy load(const Env& env, const Config&, std::uint64_t seed, Workers&) {
  const auto rng = std::make_shared<Rng>(seed, "base policy");
  return {[rng, &env](const Vector&) { return random_action(env.spec, *rng); }};
}

inline void run(const Env& env, const Config& config, Recorder& record) {
  act_in_world(env, load(env, config, record.seed(), record.workers()), record);
}

}  // namespace random_policy

namespace oracle {

struct Config {
  PlannerConfig planner;
  void list(Settings& field) { planner.list(field); }
};

// Steps 3 and 4 of version 1.5 with the true dynamics in the place of f.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers& workers) {
  const auto planner = std::make_shared<Mpc>(env.spec, config.planner, seed);
  const auto followers = std::make_shared<PlanFollowers>();
  const auto act = [planner, followers, &env, &workers](const Vector& s) {
    return planner->first_action([&](const Matrix& plans, Row& J) {
      return_of_plans(env, true_dynamics(env), s, plans, workers, *followers, J);
    });
  };
  return {act, [planner] { planner->reset(); }};
}

inline void run(const Env& env, const Config& config, Recorder& record) {
  act_in_world(env, load(env, config, record.seed(), record.workers()), record);
}

}  // namespace oracle
}  // namespace mbrl
