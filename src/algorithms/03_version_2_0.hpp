// Version 2.0: backpropagate through the learned model into a policy.
//
// Lecture: "Backpropagate directly into the policy?", and what is wrong with it.
// New:     a policy network takes the place of the planner. The imagined return of a rollout is one
//          long differentiable expression, and its gradient trains the policy.
// Next:    version 2.5, which uses the model only to draw samples.
#pragma once

#include "algorithms/base_policy.hpp"
#include "algorithms/model_and_policy.hpp"

namespace mbrl::version_2_0 {

struct Config {
  int initial_steps = 200;
  int refit_every = 200;
  UncertainModelConfig model{.kind = "DE"};
  bool true_dynamics = false;
  NetworkPolicyConfig policy;
  bool stochastic = false;
  PolicyTrainerConfig trainer;
  int updates = 300;
  int rollouts = 100;
  int horizon = 0;
  std::string start = "visited";

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by the base policy");
    field("refit-every", refit_every, 1, 1000000,
          "step 4: new transitions before going back to step 2");
    model.list(field);
    field("true-dynamics", true_dynamics,
          "step 3: backpropagate through the true dynamics instead of f, to rule out model error");
    policy.list(field);
    field("stochastic", stochastic,
          "steps 3 and 4: the policy adds noise to u, and is trained through it");
    trainer.list(field);
    field("updates", updates, 1, 1000000, "step 3: gradient steps per refit");
    field("rollouts", rollouts, 1, 100000, "step 3: imagined rollouts per gradient step");
    field("horizon", horizon, 0, 1000, "step 3: H, steps of a rollout; 0: the task's own");
    field("start", start, {"visited", "initial"},
          "step 3: where rollouts begin: at states of D, or where episodes begin");
  }
};

// sum_t r(s_t, a_t) of every rollout, with a_t = pi_theta(s_t) and s_{t+1} = f(s_t, a_t), (1, B).
// After a predicted end a rollout books env.spec.after_termination per step.
//
// s: (state_dim, B)  eps: for each of the H steps the noise of the policy, (action_dim, B)
inline Var imagined_return(const Env& env, const Dynamics<Var>& f, const NetworkPolicyOf<Var>& pi,
                           Var s, const std::vector<Matrix>& eps) {
  Tape& tape = *s.tape;
  Mask alive = Mask::Constant(s.cols(), true);
  const Var after = tape.constant(
      Matrix(Matrix::Constant(1, s.cols(), static_cast<Scalar>(env.spec.after_termination))));
  Var total = Scalar(0) * after;
  for (const Matrix& noise : eps) {
    // BEGIN SOLUTION hw4.1 (about 5 lines)
    const Var a = squash(env.spec, sample_u(env, pi, s, noise));
    const Step<Var> next = f(s, a);
    total = total + where(alive, next.reward, after);
    s = next.s_next;
    if (env.spec.terminates) alive = alive && !env.terminated(s.value());
    // END SOLUTION
  }
  return total;
}

// What is learned: the model, and the policy trained inside it.
struct Agent : ModelAndPolicy {
  Config config;

  Agent(const Env& e, const Config& c, std::uint64_t seed)
      : ModelAndPolicy(e, c.model, c.policy, c.trainer, c.stochastic, seed), config(c) {
    if (config.horizon == 0) config.horizon = env.spec.horizon;
  }

  Matrix policy_noise(Index B, Rng& rng) const {
    const Index m = env.spec.action_dim();
    return config.stochastic ? rng.normal(m, B) : Matrix(Matrix::Zero(m, B));
  }

  // f: the true dynamics, or the model with one theta for the whole rollout.
  Dynamics<Var> dynamics(const Theta& theta, const std::vector<Matrix>& xi) const {
    return config.true_dynamics ? true_dynamics<Var>(env) : learned_dynamics(model, theta, xi);
  }

  // One step up the gradient of J, the mean imagined return from s: (state_dim, B).
  PolicyTrainer::Ascent improve(const Matrix& s, Workers& workers) {
    const Index B = s.cols();
    // What is random is drawn first, and in order.
    const std::vector<Theta> thetas = model.sample(PolicyTrainer::pieces, imagination);
    std::vector<Matrix> eps, xi;
    for (int h = 0; h < config.horizon; ++h) {
      eps.push_back(policy_noise(B, imagination));
      xi.push_back(imagination.normal(s.rows(), B));
    }
    const auto J = [&](const NetworkPolicyOf<Var>& taped, const Piece& piece) {
      std::vector<Matrix> some_eps, some_xi;
      for (const Matrix& e : eps) some_eps.push_back(piece.of(e));
      for (const Matrix& x : xi) some_xi.push_back(piece.of(x));
      const Dynamics<Var> f = dynamics(thetas[std::size_t(piece.number)], some_xi);
      const Var s_0 = piece(s);
      return sum(imagined_return(env, f, taped, s_0, some_eps)) / static_cast<Scalar>(B);
    };
    return trainer.ascend(pi, B, J, workers);
  }

  Vector act(const Vector& s) {
    return squash(env.spec, sample_u(env, pi, s, policy_noise(1, noise))).col(0);
  }
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
    if (n % config.refit_every == 0) {
      // 2. Learn f(s, a) by minimising the sum of |f(s_i, a_i) - s'_i|^2.
      if (!config.true_dynamics) record.refit(agent.model.fit(D, record.workers()));

      // 3. Backpropagate through f into the policy to improve pi_theta(a | s).
      PolicyReport trained;
      for (int k = 0; k < config.updates; ++k) {
        const auto step =
            agent.improve(agent.starts(D, config.start, config.rollouts), record.workers());
        trained.add(step.J, step.gradient_norm);
      }
      record.policy(trained);
    }

    // 4. Run pi_theta, appending the visited (s, a, s') to D. Every refit_every steps, back to 2.
    if (world.over()) world.reset();
    const Transition tr = world.step(agent.act(world.s()));
    D.append(tr);
    record.step(tr);
  }
}

// The policy that a finished or stopped run has learned.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers&,
                   Archive& ar) {
  const auto agent = std::make_shared<Agent>(env, config, seed);
  ar("agent", *agent);
  return {[agent](const Vector& s) { return agent->act(s); }, [] {},
          [agent](const Vector& s, const Vector& plan, int particles) {
            return agent->predicted(s, plan, particles);
          }};
}

}  // namespace mbrl::version_2_0
