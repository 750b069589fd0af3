// PETS: version 1.5 with uncertainty. A probabilistic ensemble, trajectory sampling, CEM, MPC.
//
// Lecture: "How to plan with uncertainty" and "Example: model-based RL with ensembles" (Chua,
//          Calandra, McAllister, Levine 2018).
// New:     f becomes p(s' | s, a, theta) with theta ~ p(theta | D), and a plan is scored by its
//          mean return over samples of theta and s'. The loop is that of version 1.5.
// Next:    version 2.0, where a policy is trained inside the model.
#pragma once

#include "algorithms/base_policy.hpp"
#include "dynamics/choose_model.hpp"
#include "envs/policy.hpp"
#include "planning/mpc.hpp"
#include "planning/propagation.hpp"
#include "report/recorder.hpp"

namespace mbrl::pets {

struct Config {
  int initial_steps = 200;
  int refit_every = 50;
  UncertainModelConfig model;
  PropagationConfig propagation;
  PlannerConfig planner;

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by the base policy");
    field("refit-every", refit_every, 1, 1000000,
          "step 5: new transitions before going back to step 2");
    model.list(field);
    propagation.list(field);
    planner.list(field);
    // The width of CS285's homework 4: a smaller network blurs the walls.
    field.add_task_preset("obstacles", "--hidden-width 250");
    field.add_task_preset("half_cheetah",
                          "--steps 20000 --episodes 0 --initial-steps 1000 --refit-every 250 "
                          "--hidden-layers 3 --hidden-width 128 --learning-rate 0.003 --epochs 30 "
                          "--patience 8 --horizon 20 --candidates 100 --elites 10 --iterations 3");
    field.add_preset("paper",
                     "the hyperparameters of the paper's cart-pole; over half an hour per trial",
                     [this] { use_those_of_the_paper(); });
    field.add_preset("mbrl-lib", "the hyperparameters of mbrl-lib's cart-pole; minutes per trial",
                     [this] { use_those_of_mbrl_lib(); });
  }

  // From the reference code of Chua et al. 2018 (its weight decay differs from layer to layer,
  // 1e-4 to 5e-4; and it keeps nothing aside).
  void use_those_of_the_paper() {
    refit_every = 200;
    ModelConfig& network = model.network;
    network.hidden_layers = 3, network.hidden_width = 500;
    network.learning_rate = 1e-3, network.weight_decay = 2.5e-4;
    network.batch_size = 32, network.epochs = 5, network.patience = 5, network.holdout = 0;
    network.normalise_targets = false;
    model.ensemble.members = 5, model.ensemble.resample = true;
    model.ensemble.learned_bounds = true;
    propagation.propagation = "TSinf", propagation.particles = 20;
    planner.horizon = 25;
    planner.cem.candidates = 400, planner.cem.elites = 40, planner.cem.iterations = 5;
  }

  // From mbrl-lib (Pineda et al. 2021), PETS on cartpole_continuous: the best five of seven
  // members, another of them at every step. It stops early by the loss on its training data.
  void use_those_of_mbrl_lib() {
    initial_steps = 200, refit_every = 50;
    ModelConfig& network = model.network;
    network.hidden_layers = 4, network.hidden_width = 200;
    network.learning_rate = 7.5e-4, network.weight_decay = 3e-5;
    network.batch_size = 256, network.epochs = 25, network.patience = 25, network.holdout = 0;
    network.normalise_targets = false;
    model.ensemble.members = 7, model.ensemble.elite_members = 5;
    model.ensemble.resample = true, model.ensemble.learned_bounds = false;
    propagation.propagation = "TS1", propagation.particles = 20;
    planner.horizon = 15;
    planner.cem.candidates = 350, planner.cem.elites = 35, planner.cem.iterations = 5;
  }
};

struct Agent {
  PropagationConfig propagation;
  UncertainModel model;
  Mpc planner;
  Rng particles;

  Agent(const Env& env, const Config& config, std::uint64_t seed)
      : propagation(config.propagation),
        model(make_uncertain_model(env, config.model, seed)),
        planner(env.spec, config.planner, seed),
        particles(seed, "particles") {}

  // J(a_1..a_H) = 1/N sum_i sum_t r(s_{t,i}, a_t), or another score of these returns.
  Row judge(const Vector& s, const Matrix& plans, Rng& rng, Workers& workers) const {
    const Matrix returns = imagined_returns(model, s, plans, propagation, rng, workers);
    return score(returns, propagation.score, propagation.risk);
  }

  const Vector& act(const Vector& s, Workers& workers) {
    return planner.first_action(
        objective([&](const Matrix& plans) { return judge(s, plans, particles, workers); }));
  }

  // Where the particles are after 1, ..., H steps of a plan, each (state_dim, count).
  std::vector<Matrix> imagine(const Vector& s, const Vector& plan, int count, Rng& luck) const {
    PropagationConfig many = propagation;
    many.particles = count;
    return imagined_states(model, s, plan, many, luck);
  }

  void archive(Archive& ar) {
    ar("model", model), ar("planner", planner), ar("particles", particles);
  }
};

inline void run(const Env& env, const Config& config, Recorder& record) {
  Agent agent(env, config, record.seed());
  World world(env, Rng(record.seed(), "world"));
  Rng promises(record.seed(), "promises");
  Dataset D(env.spec.state_dim(), env.spec.action_dim());

  int n = 0;  // real steps after the base policy
  record.keep([&](Archive& ar) {
    ar("agent", agent), ar("world", world), ar("D", D), ar("n", n), ar("promises", promises);
  });

  // 1. Run a base policy pi_0 (uniformly random actions) to collect D = {(s, a, s')}.
  run_base_policy(env, world, config.initial_steps, record,
                  [&](const Transition& tr) { D.append(tr); });

  for (; record.running(); ++n) {
    // 2. Learn p(s' | s, a, theta) for several theta ~ p(theta | D).
    if (n % config.refit_every == 0) record.refit(agent.model.fit(D, record.workers()));

    if (world.over()) {
      world.reset();
      agent.planner.reset();
    }
    // 3. Plan through samples of theta and of s' to choose actions.
    const Vector s = world.s(), a = agent.act(s, record.workers());
    // For who looks on: what the search found, and a way to imagine where it leads.
    record.searched(s, agent.planner.last_plan(), agent.planner.candidates(),
                    [&](const Vector& plan, int count, Rng& luck) {
                      return agent.imagine(s, plan, count, luck);
                    });
    if (record.wants_plan()) {
      const Vector& plan = agent.planner.last_plan();
      const Row promise = agent.judge(s, plan, promises, record.workers());
      record.plan(promise(0), true_return(env, s, plan));
    }

    // 4. Execute the first planned action, observe the resulting state s' (MPC).
    const Transition tr = world.step(a);

    // 5. Append (s, a, s') to D. Every refit_every steps, go back to 2.
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
          [agent](const Vector& s, const Vector& plan, int particles) {
            return agent->imagine(s, plan, particles, agent->particles);
          }};
}

}  // namespace mbrl::pets
