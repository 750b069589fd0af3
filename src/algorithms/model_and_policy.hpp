// What versions 2.0 and 2.5 learn: a model, and a policy network that is trained inside it.
//
// The loops differ from file to file; this is what they have in common.
#pragma once

#include "dynamics/choose_model.hpp"
#include "dynamics/learned_dynamics.hpp"
#include "envs/policy.hpp"
#include "learners/policy_trainer.hpp"
#include "planning/propagation.hpp"
#include "report/recorder.hpp"

namespace mbrl {

struct ModelAndPolicy {
  const Env& env;
  UncertainModel model;
  NetworkPolicy pi;
  PolicyTrainer trainer;
  Rng imagination, noise;

  ModelAndPolicy(const Env& e, const UncertainModelConfig& m, const NetworkPolicyConfig& p,
                 const PolicyTrainerConfig& t, bool stochastic, std::uint64_t seed)
      : env(e),
        model(make_uncertain_model(e, m, seed)),
        trainer(t, stochastic),
        imagination(seed, "imagination"),
        noise(seed, "noise of the policy") {
    Rng weights(seed, "initial weights of the policy");
    pi = make_network_policy(env, p, weights);
  }

  // Where imagined rollouts begin: at states of D ("visited"), or where episodes begin ("initial").
  // returns (state_dim, B)
  Matrix starts(const Dataset& D, const std::string& start, Index B) {
    if (start == "visited") return D.random_states(B, imagination);
    Matrix s(env.spec.state_dim(), B);
    for (Index b = 0; b < B; ++b) s.col(b) = env.reset(imagination);
    return s;
  }

  // Where the model goes under given actions, (state_dim, count) after each; for `mbrl predict`.
  std::vector<Matrix> predicted(const Vector& s, const Vector& plan, int count) {
    PropagationConfig each_its_own;
    each_its_own.particles = count;
    return imagined_states(model, s, plan, each_its_own, imagination);
  }

  void archive(Archive& ar) {
    ar("model", model), ar("pi", pi), ar("imagination", imagination), ar("noise", noise);
    ar.inside("trainer", [&] { trainer.archive(ar, pi); });
  }
};

}  // namespace mbrl
