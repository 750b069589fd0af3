// Version 2.5: policy gradient on trajectories that the learned model imagines.
//
// Lecture: "Model-based RL via policy gradient"; for the ensemble Kurutach et al. 2018 (ME-TRPO).
// New:     the model is no longer differentiated through, only sampled: long rollouts give noisy
//          gradients, but none that explode. A step of the policy stays inside a trust region.
// Next:    version 3.0, where rollouts are short and the learner is off-policy.
#pragma once

#include "algorithms/base_policy.hpp"
#include "algorithms/model_and_policy.hpp"
#include "learners/trust_region.hpp"

namespace mbrl::version_2_5 {

struct Config {
  int initial_steps = 200;
  int refit_every = 200;
  UncertainModelConfig model{.kind = "DE"};
  bool true_dynamics = false;
  NetworkPolicyConfig policy{.initial_sd = 1};
  bool reset_sd = true;
  std::string policy_step = "trust";
  TrustRegionConfig trust;
  PolicyTrainerConfig trainer{.learning_rate = 1e-2};
  int updates = 100;
  int rollouts = 50;
  int horizon = 0;
  std::string start = "initial";
  double discount = 0.99;
  bool baseline = true;
  int check_every = 10;
  double improving_share = 0.7;
  int looks_in_vain = 3;
  bool go_back = true;

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by the base policy");
    field("refit-every", refit_every, 1, 1000000,
          "step 5: new transitions before going back to step 2");
    model.list(field);
    field("true-dynamics", true_dynamics,
          "step 3: trajectories of the true dynamics instead of f, to rule out model error");
    policy.list(field);
    field("reset-sd", reset_sd,
          "step 4: at every refit the policy's standard deviation is again that before training");
    field("policy-step", policy_step, {"trust", "plain"},
          "step 4: inside a trust region, or Adam's on the plain policy gradient");
    trust.list(field);
    trainer.list(field);
    field("updates", updates, 1, 1000000, "step 4: most gradient steps per refit");
    field("rollouts", rollouts, 2, 100000, "step 3: trajectories {tau_i} per gradient step");
    field("horizon", horizon, 0, 10000,
          "step 3: T, steps of a trajectory; 0: as long as an episode");
    field("start", start, {"initial", "visited"},
          "step 3: where trajectories begin: where episodes begin, or at states of D");
    field("discount", discount, 0, 1, "step 4: of the reward-to-go");
    field("baseline", baseline,
          "step 4: subtract from the reward-to-go what the other trajectories had at that step");
    field("check-every", check_every, 1, 1000000,
          "step 4: gradient steps between two looks at whether the policy still improves");
    field(
        "improving-share", improving_share, 0, 1,
        "step 4: a look finds it better only if it is so on this share of the models; 0: no look");
    field("looks-in-vain", looks_in_vain, 1, 1000,
          "step 4: stop when so many looks in a row found it no better than at the last that did");
    field("go-back", go_back, "step 4: and then take the policy of that look again");
  }
};

// {tau_i}: trajectories of pi from the columns of s, (state_dim, B), side by side. After a
// predicted end nothing counts.  eps: for each of the T steps the noise of the policy, (action_dim,
// B)
inline Trajectories imagine(const Env& env, const Dynamics<Matrix>& f, const NetworkPolicy& pi,
                            Matrix s, const std::vector<Matrix>& eps) {
  const auto T = static_cast<Index>(eps.size());
  const Index B = s.cols();
  Trajectories tau{{}, {}, Matrix::Zero(T, B), Matrix::Zero(T, B)};
  Mask alive = Mask::Constant(B, true);
  for (Index t = 0; t < T && alive.any(); ++t) {
    const Matrix u = sample_u(env, pi, s, eps[static_cast<std::size_t>(t)]);
    Step<Matrix> next = f(s, squash(env.spec, u));
    tau.s.push_back(std::move(s)), tau.u.push_back(u);
    // BEGIN SOLUTION hw4.5 (about 4 lines)
    tau.counts.row(t) = alive.cast<Scalar>();
    tau.reward.row(t) = where(alive, next.reward, Row::Zero(B));
    s = std::move(next.s_next);
    if (env.spec.terminates) alive = alive && !env.terminated(s);
    // END SOLUTION
  }
  return tau;
}

// What is learned: the model, and the policy trained inside it.
struct Agent : ModelAndPolicy {
  Config config;
  TrustRegion region;

  Agent(const Env& e, const Config& c, std::uint64_t seed)
      : ModelAndPolicy(e, c.model, c.policy, c.trainer, true, seed), config(c), region(c.trust) {
    if (config.horizon == 0) config.horizon = env.spec.max_steps;
  }

  std::vector<Matrix> policy_noise(Index B) {
    std::vector<Matrix> eps;
    for (int t = 0; t < config.horizon; ++t)
      eps.push_back(imagination.normal(env.spec.action_dim(), B));
    return eps;
  }

  // s' of every trajectory by one of the models, drawn anew at each step; or by the true dynamics.
  Dynamics<Matrix> dynamics(const std::vector<Theta>& thetas, Workers& workers) {
    return config.true_dynamics ? true_dynamics<Matrix>(env)
                                : sampled_dynamics(model, thetas, imagination, workers);
  }

  // One step of pi up the policy gradient, which is the slope of J. Returns the gradient's norm.
  double improve(const Trajectories& tau, const Matrix& A, Workers& workers) {
    const auto J = [&](const NetworkPolicyOf<Var>& taped, const Piece& piece) {
      return surrogate(env, taped, tau, A, piece);
    };
    if (config.policy_step == "plain")
      return trainer.ascend(pi, A.cols(), J, workers).gradient_norm;
    const BatchGradient::Slope& up = trainer.slope(pi, A.cols(), J, workers);
    return region.ascend(env, pi, up, steps_taken(tau, A), workers).gradient_norm;
  }

  // On what share of the models, each by itself, the policy's return is better than `old` was;
  // from the same starts, with the same noise. ME-TRPO's question.
  double improving_share(const NetworkPolicy& old, const Matrix& s, Workers& workers) {
    const std::vector<Theta> thetas = model.sample(model.size_or(5), imagination);
    const std::vector<Matrix> eps = policy_noise(s.cols());
    double better = 0;
    for (const Theta& theta : thetas) {
      const std::vector<Theta> alone{theta};
      const Rng luck = imagination;
      const auto mean_return = [&](const NetworkPolicy& policy) {
        imagination = luck;  // the same noise of the model for both
        return imagine(env, dynamics(alone, workers), policy, s, eps).reward.sum();
      };
      better += mean_return(pi) > mean_return(old);
    }
    return better / double(thetas.size());
  }

  Vector act(const Vector& s) {
    return squash(env.spec, sample_u(env, pi, s, noise.normal(env.spec.action_dim(), 1))).col(0);
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

      PolicyReport trained;
      if (config.reset_sd)
        agent.pi.log_sd.setConstant(static_cast<Scalar>(std::log(config.policy.initial_sd)));
      NetworkPolicy improved = agent.pi;  // as it was at the last look that found it better
      int in_vain = 0;                    // looks since
      const std::vector<Theta> thetas =
          agent.model.sample(agent.model.size_or(10), agent.imagination);
      for (int k = 0; k < config.updates; ++k) {
        // 3. Use f(s, a) to generate trajectories {tau_i} with policy pi_theta(a | s).
        const Matrix from = agent.starts(D, config.start, config.rollouts);
        const std::vector<Matrix> eps = agent.policy_noise(config.rollouts);
        const Trajectories tau =
            imagine(env, agent.dynamics(thetas, record.workers()), agent.pi, from, eps);

        // 4. Use {tau_i} to improve pi_theta(a | s) via policy gradient.
        Matrix A = reward_to_go(tau.reward, config.discount);
        if (config.baseline) A -= mean_of_the_others(A);
        const double gradient_norm = agent.improve(tau, A, record.workers());
        trained.add(double(tau.reward.sum()) / double(A.cols()), gradient_norm);

        if (config.improving_share > 0 && (k + 1) % config.check_every == 0) {
          const Matrix s = agent.starts(D, config.start, config.rollouts);
          const double share = agent.improving_share(improved, s, record.workers());
          if (share >= config.improving_share) {
            improved = agent.pi, in_vain = 0;
          } else if (++in_vain == config.looks_in_vain) {
            if (config.go_back) agent.pi = improved;
            break;
          }
        }
      }
      record.policy(trained);
    }

    // 5. Run pi_theta, appending the visited (s, a, s') to D. Every refit_every steps, back to 2.
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

}  // namespace mbrl::version_2_5
