// MBA: model-based acceleration of Q-learning (Gu, Lillicrap, Sutskever, Levine 2016).
//
// Lecture: "Model-Based Acceleration (MBA)", the steps shared with MVE and MBPO.
// New:     the learner is NAF, and rollouts begin where the last few episodes went. Imagination
// helps
//          early and may do harm later, so it can be switched off. The paper's model is very local,
//          a linear one for every time step; it is here too (`--imagine-with linear`), but an
//          ensemble is the default, since a linear model knows one trajectory only. (The paper's
//          iLQG rollouts, which it found to help little, are not here.)
// Next:    08_mve.hpp, where imagination makes the targets better.
#pragma once

#include "algorithms/experience.hpp"
#include "algorithms/model_and_learner.hpp"
#include "dynamics/time_varying_linear.hpp"

namespace mbrl::mba {

struct Config {
  int initial_steps = 200;
  int refit_episodes = 1;
  int recent_episodes = 5;
  std::string imagine_with = "network";
  UncertainModelConfig model{.kind = "PE"};
  int rollouts = 2000;
  int rollout_length = 5;
  int imagination_episodes = 1000;
  int updates_per_step = 10;
  double real_ratio = 0.5;
  LearnerConfig learner{.kind = "naf", .exploration_noise = 0.3};

  void list(Settings& field) {
    field("initial-steps", initial_steps, 1, 1000000,
          "step 1: transitions collected by random actions at first");
    field("refit-episodes", refit_episodes, 1, 1000000, "step 3: episodes between two fits");
    field("recent-episodes", recent_episodes, 1, 1000000,
          "steps 2 and 4: how many episodes back the linear models and the states s_j go");
    field("imagine-with", imagine_with, {"linear", "network"},
          "step 3: a linear model for every time step, or the network of --model");
    model.list(field);
    field("rollouts", rollouts, 1, 1000000, "step 4: states s_j per episode");
    field("rollout-length", rollout_length, 1, 1000, "step 5: l, steps of a rollout");
    field("imagination-episodes", imagination_episodes, 0, 1000000000,
          "step 5: imagine during so many episodes, then no more; 0: never, which is plain NAF");
    field("updates-per-step", updates_per_step, 1, 1000, "step 6: updates of NAF per real step");
    field("real-ratio", real_ratio, 0, 1,
          "step 6: share of real transitions in every batch, while there is imagination");
    learner.list(field, false);
  }
};

struct Agent : ModelAndLearner {
  Config config;
  TimeVaryingLinear linear;
  std::vector<Batch> episodes;  // the real ones; column t is time step t
  Dataset imagined;             // B_f, the fictional buffer

  Agent(const Env& e, const Config& c, std::uint64_t seed)
      : ModelAndLearner(e, c.model, c.learner, seed),
        config(c),
        imagined(e.spec.state_dim(), e.spec.action_dim(), Index(c.rollouts) * c.rollout_length) {}

  void archive(Archive& ar) {
    ModelAndLearner::archive(ar);
    ar("linear", linear), ar.list("episode", episodes), ar("imagined", imagined);
    const Index n = env.spec.state_dim(), m = env.spec.action_dim();
    ar.require(linear.fits(n, m), "linear");
    for (const Batch& e : episodes) ar.require(e.s.rows() == n && e.a.rows() == m, "episode");
  }

  std::vector<Batch> recent() const {
    const auto n = std::min(episodes.size(), static_cast<std::size_t>(config.recent_episodes));
    return {episodes.end() - static_cast<std::ptrdiff_t>(n), episodes.end()};
  }

  // Step 6: the share of real transitions in a batch, after so many learned episodes.
  double real_ratio(int learned) const {
    return learned < config.imagination_episodes ? config.real_ratio : 1;
  }

  // Step 5 with the linear models: each rollout keeps track of its time step.
  std::vector<Batch> linear_rollouts(Matrix s, std::vector<Index> t) {
    std::vector<Batch> steps;
    for (int h = 0; h < config.rollout_length && s.cols() > 0; ++h) {
      const Matrix a = pi()(s), noise = imagination.normal(s.rows(), s.cols());
      Matrix s_next(s.rows(), s.cols());
      for (Index j = 0; j < s.cols(); ++j) {
        const Index now = t[static_cast<std::size_t>(j)]++;
        s_next.col(j) =
            linear.mean(now, s.col(j), a.col(j)) + linear.sd(now).cwiseProduct(noise.col(j));
      }
      const Mask none = Mask::Constant(s.cols(), false);
      const Mask ended = env.spec.terminates ? env.terminated(s_next) : none;
      steps.push_back({s, a, env.reward(s, a, s_next), s_next, ended, none});
      // Go on with those that have not ended, as far as there is a model.
      Mask goes_on = !ended;
      for (Index j = 0; j < s.cols(); ++j)
        goes_on(j) = goes_on(j) && t[static_cast<std::size_t>(j)] < linear.length();
      const std::vector<Index> index = chosen(goes_on);
      std::vector<Index> times;
      for (const Index j : index) times.push_back(t[static_cast<std::size_t>(j)]);
      s = s_next(every, index), t = times;
    }
    return steps;
  }

  // Steps 4 and 5: rollouts of the policy from states of the recent episodes into B_f.
  void imagine(Workers& workers) {
    const std::vector<Batch> from = recent();
    Matrix s(env.spec.state_dim(), config.rollouts);
    std::vector<Index> t;
    for (Index j = 0; j < s.cols(); ++j) {
      const Index e = imagination.below(static_cast<Index>(from.size()));
      const Batch& episode = from[static_cast<std::size_t>(e)];
      t.push_back(imagination.below(episode.size()));
      s.col(j) = episode.s.col(t.back());
    }
    for (const Batch& step :
         config.imagine_with == "linear"
             ? linear_rollouts(s, t)
             : short_rollouts(env, p_hat(false, workers), pi(), s, config.rollout_length))
      imagined.append(step);
  }
};

inline void run(const Env& env, const Config& config, Recorder& record) {
  Agent agent(env, config, record.seed());
  OffPolicyLearner& learner = *agent.learner;
  Experience real(env, record.seed());
  const Index n = env.spec.state_dim(), m = env.spec.action_dim();
  Dataset episode(n, m);  // the one that is under way
  const auto add_to_episode = [&](const Transition& tr) {
    episode.append(tr);
    if (!real.world.over()) return;
    agent.episodes.push_back(episode.all());
    episode = Dataset(n, m);
  };

  int learned = 0;  // episodes since the random ones
  record.keep([&](Archive& ar) {
    ar("agent", agent), ar("real", real), ar("episode", episode), ar("learned", learned);
  });

  // Before there is anything to learn from: random actions.
  const bool resumed = record.learned();
  run_base_policy(env, real.world, config.initial_steps, record,
                  [&](const Transition& tr) { real.B.append(tr), add_to_episode(tr); });
  if (!resumed) episode = Dataset(n, m);  // the last one of the base policy was cut short

  while (record.running()) {
    // 1. Take some action a_i and observe (s_i, a_i, s'_i, r_i), add it to B.
    const Transition tr = real.step(learner);
    real.B.append(tr), add_to_episode(tr);
    record.step(tr);

    if (real.world.over() && ++learned < config.imagination_episodes) {
      // 2. Sample {s, a, s'} from B (linear models: from the recent episodes).   3. Use them to
      // update the model.
      if (learned % config.refit_episodes == 0) {
        if (config.imagine_with == "linear")
          agent.linear.fit(agent.recent());
        else
          record.refit(agent.model.fit(real.B, record.workers()));
      }
      // 4. Sample {s_j} from B.   5. For each, perform a model-based rollout with a = pi(s).
      if (learned >= config.refit_episodes) agent.imagine(record.workers());
    }

    // 6. Use all transitions, real and imagined, to update the Q-function.
    for (int k = 0; k < config.updates_per_step; ++k)
      learner.update(real.replay.mixed(real.B, agent.imagined, config.learner.batch_size,
                                       agent.real_ratio(learned)),
                     record.workers());

    agent.evaluate_if_due(record);
    if (real.world.over()) record.learner(learner.report());
  }
}

// The policy that a finished or stopped run has learned, without its exploration.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers&,
                   Archive& ar) {
  const auto agent = std::make_shared<Agent>(env, config, seed);
  ar("agent", *agent);
  return {[agent](const Vector& s) { return Vector(agent->learner->act(s)); },
          [] {},
          {},
          agent->learner->policy_network()};
}

}  // namespace mbrl::mba
