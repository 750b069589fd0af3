// All algorithms, by name: what `mbrl run` can run. One more is one more line.
#pragma once

#include "algorithms/01_version_1_5.hpp"
#include "algorithms/02_pets.hpp"
#include "algorithms/03_version_2_0.hpp"
#include "algorithms/04_version_2_5.hpp"
#include "algorithms/05_version_3_0.hpp"
#include "algorithms/06_dyna.hpp"
#include "algorithms/06_dyna_style.hpp"
#include "algorithms/07_mba.hpp"
#include "algorithms/08_mve.hpp"
#include "algorithms/09_mbpo.hpp"
#include "algorithms/baselines.hpp"
#include "algorithms/model_free.hpp"

namespace mbrl {

// One run's settings behind one interface, whatever the algorithm's Config is.
struct Algorithm {
  std::string name, summary;
  enum class Accepts { boxes, mazes, both } accepts = Accepts::boxes;  // of actions
  int steps = 0;  // the budget where none is asked for: so many real steps; 0: episodes
  std::function<void(Settings&)> list;
  std::function<void(const Env&, Recorder&)> run;
  // The policy that a checkpoint holds.
  std::function<Policy(const Env&, std::uint64_t seed, Workers&, const std::string& checkpoint)>
      load;
};

// Fills an Algorithm from a namespace that offers Config, run() and load().
template <class Config, class Run, class Load>
Algorithm algorithm(std::string name, std::string summary, Run run, Load load, Config defaults = {},
                    int steps = 0) {
  const auto config = std::make_shared<Config>(std::move(defaults));
  Algorithm entry{std::move(name), std::move(summary), {}, steps, {}, {}, {}};
  entry.list = [config](Settings& field) { config->list(field); };
  entry.run = [config, run](const Env& env, Recorder& record) { run(env, *config, record); };
  entry.load = [config, load](const Env& env, std::uint64_t seed, Workers& workers,
                              const std::string& checkpoint) {
    if constexpr (std::is_invocable_v<Load, const Env&, const Config&, std::uint64_t, Workers&>) {
      return load(env, *config, seed, workers);  // nothing was learned
    } else {
      Archive archive(checkpoint);
      return load(env, *config, seed, workers, archive);
    }
  };
  return entry;
}

inline Algorithm accepting(Algorithm::Accepts what, Algorithm entry) {
  entry.accepts = what;
  return entry;
}

inline std::vector<Algorithm> algorithms() {
  return {
      algorithm<version_1_5::Config>("v1.5",
                                     "plan through a learned model, replan at every step (MPC)",
                                     version_1_5::run, version_1_5::load),
      algorithm<pets::Config>("pets",
                              "version 1.5 with uncertainty: ensemble, trajectory sampling, CEM",
                              pets::run, pets::load),
      algorithm<version_2_0::Config>("v2.0",
                                     "backpropagate through the learned model into a policy",
                                     version_2_0::run, version_2_0::load),
      algorithm<version_2_5::Config>("v2.5",
                                     "policy gradient on trajectories that the model imagines",
                                     version_2_5::run, version_2_5::load),
      algorithm<version_3_0::Config>("v3.0",
                                     "short imagined rollouts from real states, off-policy RL",
                                     version_3_0::run, version_3_0::load, {}, 3000),
      accepting(Algorithm::Accepts::mazes,
                algorithm<dyna::Config>("dyna", "Sutton's Dyna, with a table and counts: for mazes",
                                        dyna::run, dyna::load)),
      accepting(Algorithm::Accepts::mazes,
                algorithm("q-learning", "the same without a model: tabular Q-learning", dyna::run,
                          dyna::load, dyna::Config{.K = 0, .update = "sample"})),
      algorithm<dyna_style::Config>("dyna-style", "the general recipe, every choice a switch",
                                    dyna_style::run, dyna_style::load, {}, 3000),
      algorithm<mba::Config>("mba", "model-based acceleration: NAF with imagination rollouts",
                             mba::run, mba::load, {}, 5000),
      algorithm<mve::Config>("mve", "model-based value expansion of the targets of DDPG", mve::run,
                             mve::load, {}, 5000),
      algorithm<mbpo::Config>("mbpo", "model-based policy optimisation: SAC on branched rollouts",
                              mbpo::run, mbpo::load, {}, 3000),
      algorithm("sac", "soft actor-critic, model-free: the other side of the performance gap",
                model_free::run, model_free::load, model_free::with("sac"), 20000),
      algorithm("ddpg", "deep deterministic policy gradient, model-free", model_free::run,
                model_free::load, model_free::with("ddpg"), 20000),
      algorithm("naf", "normalised advantage functions, model-free", model_free::run,
                model_free::load, model_free::with("naf"), 20000),
      accepting(Algorithm::Accepts::both,
                algorithm<random_policy::Config>("random", "uniformly random actions: the floor",
                                                 random_policy::run, random_policy::load)),
      algorithm<oracle::Config>("oracle", "the same planner on the true dynamics: the ceiling",
                                oracle::run, oracle::load),
  };
}

// Throws UserError, with the nearest known one, if there is none of that name.
inline Algorithm find_algorithm(const std::string& name) {
  std::vector<std::string> names;
  for (auto& entry : algorithms()) {
    if (entry.name == name) return entry;
    names.push_back(entry.name);
  }
  throw UserError("unknown algorithm '" + name + "': did you mean '" + nearest(name, names) +
                  "'? (mbrl list shows them all)");
}

// Throws UserError if the algorithm is not for worlds like this one.
inline void require_accepts(const Algorithm& algorithm, const Env& env) {
  using Accepts = Algorithm::Accepts;
  const bool maze = env.spec.actions > 0;
  if (algorithm.accepts == (maze ? Accepts::boxes : Accepts::mazes))
    throw UserError(algorithm.name + " is " + (maze ? "not " : "") + "for mazes, and " +
                    env.spec.name + " is " +
                    (maze ? "one: try --env pendulum, or mbrl run dyna" : "none: try --env maze"));
}

}  // namespace mbrl
