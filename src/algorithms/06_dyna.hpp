// Dyna: learn a model of the world by counting, and Q from real and from imagined steps alike.
//
// Lecture: "Dyna" (Sutton 1990, "Integrated architectures for learning, planning, and reacting").
// New:     the oldest of this family, and the only one here with a table: no network, no
//          approximation error, and an expectation over s' that can be computed exactly.
// Next:    06_dyna_style.hpp, the same recipe for networks and continuous actions.
#pragma once

#include "dynamics/tabular.hpp"
#include "envs/maze.hpp"
#include "envs/policy.hpp"
#include "learners/q_learning.hpp"
#include "report/recorder.hpp"

namespace mbrl::dyna {

struct Config {
  int K = 5;
  double alpha = 0.1;
  double epsilon = 0.1;
  double discount = 0.95;
  std::string update = "expected";
  double remember = 1;
  double kappa = 0;

  void list(Settings& field) {
    field("planning-updates", K, 0, 100000, "step 5: K, imagined updates per real one");
    field("alpha", alpha, 1e-6, 1, "steps 4 and 7: the step size of an update");
    field("epsilon", epsilon, 0, 1, "step 1: probability of a random action");
    field("discount", discount, 0, 1, "steps 4 and 7: gamma");
    field("update", update, {"expected", "sample"},
          "steps 4 and 7: the expectation over s' and r under the model, or one sample of them");
    field(
        "remember", remember, 0, 1,
        "step 3: what an old count is worth after a new one of the same (s, a); 0: only the last");
    field("kappa", kappa, 0, 1000,
          "step 7: Dyna-Q+, a bonus kappa sqrt(steps since (s, a) was tried); 0: none");
    if (K == 0) return;  // Q-learning has no model that the world could leave behind
    // Sutton and Barto's Dyna-Q+ in the mazes that change, over the change and as long after it.
    const std::string book = "--alpha 1 --remember 0 --episodes 0 ";
    field.add_task_preset("maze_blocking",
                          book + "--planning-updates 10 --kappa 0.0001 --steps 3000");
    field.add_task_preset("maze_shortcut",
                          book + "--planning-updates 50 --kappa 0.001 --steps 6000");
  }
};

inline const MazeEnv& as_maze(const Env& env) {
  const auto* maze = dynamic_cast<const MazeEnv*>(&env);
  if (maze == nullptr)
    throw UserError(env.spec.name + " has no table of states: dyna is for the mazes (mbrl list)");
  return *maze;
}

struct Agent {
  Config config;
  QTable table;
  TabularModel model;
  Rng chance;
  int now = 0;      // real steps so far: the clock of Dyna-Q+, which no episode resets
  int updates = 0;  // of Q, real and imagined

  Agent(const Maze& maze, const Config& c, std::uint64_t seed)
      : config(c),
        table(maze.cells(), 4),
        model(maze.cells(), 4, c.remember),
        chance(seed, "exploration and planning") {}

  // Q(s, a) <- Q(s, a) + alpha E_{s', r}[r + bonus + gamma max_a' Q(s', a') - Q(s, a)]
  void update_q(Index s, Index a, double bonus) {
    const auto V = [this](Index s_next) { return table.value(s_next); };
    const double target = config.update == "expected"
                              ? model.expected(s, a, V, config.discount)
                              : model.sampled(s, a, V, config.discount, chance);
    table.update(s, a, target + bonus, config.alpha);
    ++updates;
  }

  // One real transition, and the K updates that follow it.
  void learn(Index s, Index a, double r, Index s_next, bool terminated) {
    // 3. Update the model p-hat(s' | s, a) and r-hat(s, a) using (s, a, s').
    model.update(s, a, r, s_next, terminated, ++now);
    if (config.kappa > 0) model.imagine_untried(s);
    // 4. Q-update: Q(s, a) <- Q(s, a) + alpha E_{s', r}[r + gamma max Q(s', a') - Q(s, a)]
    if (config.update == "expected") {
      update_q(s, a, 0);
    } else {
      const double to_come = terminated ? 0 : config.discount * table.value(s_next);
      table.update(s, a, r + to_come, config.alpha);
      ++updates;
    }
    // 5. Repeat K times:
    for (int k = 0; k < config.K; ++k) {
      // 6. Sample (s, a) ~ B from the buffer of past states and actions.
      const Index past_s = model.random_state(chance), past_a = model.random_action(past_s, chance);
      // 7. Q-update as in 4, with s' and r of the model.
      const int since = now - model.last_taken(past_s, past_a);
      update_q(past_s, past_a, config.kappa * std::sqrt(double(since)));
    }
  }

  void archive(Archive& ar) {
    ar.fixed_shape("Q", table.Q);
    ar("model", model), ar("chance", chance), ar("now", now), ar("updates", updates);
    ar.require_count(now, "now"), ar.require_count(updates, "updates");
  }
};

inline void run(const Env& env, const Config& config, Recorder& record) {
  const MazeEnv& maze = as_maze(env);
  Agent agent(maze.maze(), config, record.seed());
  World world(env, Rng(record.seed(), "world"));

  record.keep([&](Archive& ar) { ar("agent", agent), ar("world", world); });

  if (!record.learned()) record.begin("learned");
  while (record.running()) {
    if (world.over()) world.reset();
    // 1. Given state s, pick action a using the exploration policy.
    const Index s = maze.cell(world.s());
    const Index a = agent.table.explore(s, config.epsilon, agent.chance);
    // 2. Observe s' and r, to get the transition (s, a, s', r).
    const Transition tr = world.step(Vector::Constant(1, static_cast<Scalar>(a)));
    record.step(tr);
    agent.learn(s, a, double(tr.reward), maze.cell(tr.s_next), tr.terminated);
  }
}

// The greedy policy of what a finished or stopped run has learned.
inline Policy load(const Env& env, const Config& config, std::uint64_t seed, Workers&,
                   Archive& ar) {
  const MazeEnv& maze = as_maze(env);
  const auto agent = std::make_shared<Agent>(maze.maze(), config, seed);
  ar("agent", *agent);
  return {[agent, &maze](const Vector& s) -> Vector {
    const Index a = agent->table.best_action(maze.cell(s), agent->chance);
    return Vector::Constant(1, static_cast<Scalar>(a));
  }};
}

}  // namespace mbrl::dyna
