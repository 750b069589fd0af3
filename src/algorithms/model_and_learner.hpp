// What version 3.0 and all that follow learn: a model, and a model-free learner that it feeds.
//
// The loops differ from file to file; this is what they have in common.
#pragma once

#include "dynamics/choose_model.hpp"
#include "dynamics/learned_dynamics.hpp"
#include "dynamics/short_rollouts.hpp"
#include "envs/policy.hpp"
#include "learners/off_policy_learner.hpp"
#include "planning/propagation.hpp"
#include "report/recorder.hpp"

namespace mbrl {

struct ModelAndLearner {
  const Env& env;
  UncertainModel model;
  std::unique_ptr<OffPolicyLearner> learner;
  Rng imagination;

  ModelAndLearner(const Env& e, const UncertainModelConfig& m, const LearnerConfig& l,
                  std::uint64_t seed)
      : env(e),
        model(make_uncertain_model(e, m, seed)),
        learner(make_learner(e, l, seed)),
        imagination(seed, "imagination") {}

  // p-hat(s', r | s, a): by another theta ~ p(theta | D) for each column and at each step; or the
  // true dynamics in its place, to rule out model error.
  Dynamics<Matrix> p_hat(bool true_dynamics, Workers& workers) {
    if (true_dynamics) return mbrl::true_dynamics<Matrix>(env);
    return sampled_dynamics(model, model.sample(model.size_or(10), imagination), imagination,
                            workers);
  }

  // The policy with its exploration, as imagined steps are taken.  s: (state_dim, B)
  std::function<Matrix(const Matrix& s)> pi() {
    return [this](const Matrix& s) { return learner->explore(s, imagination); };
  }

  void evaluate_if_due(Recorder& record) const {
    if (record.wants_evaluation())
      record.evaluate(env, [this](const Vector& s) { return Vector(learner->act(s)); });
  }

  void archive(Archive& ar) {
    ar("model", model), ar("learner", *learner), ar("imagination", imagination);
  }
};

// The policy without its exploration, what its model says of the future, and its network.
inline Policy policy_of(const std::shared_ptr<ModelAndLearner>& agent) {
  return {[agent](const Vector& s) { return Vector(agent->learner->act(s)); }, [] {},
          [agent](const Vector& s, const Vector& plan, int particles) {
            PropagationConfig each_its_own;
            each_its_own.particles = particles;
            return imagined_states(agent->model, s, plan, each_its_own, agent->imagination);
          },
          agent->learner->policy_network()};
}

}  // namespace mbrl
