// What a run leaves behind: the budget, the run folder, and the lines a person watches.
//
// A training loop tells the Recorder what happened, one line each: begin(), step(), refit(). The
// Recorder counts, writes progress.csv, model.csv and transitions.csv, and shows the return climb.
// It never influences a run: with or without it, shown or quiet, the numbers are the same.
//
// It also saves the run, all that keep() was told of, and stops it; at the top of the loop, when
// running() is asked, and nowhere else. A run that is resumed goes on there, to the bit.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <thread>

#include "core/checkpoint.hpp"
#include "core/parallel.hpp"
#include "core/reports.hpp"
#include "core/settings.hpp"
#include "envs/env.hpp"
#include "report/csv.hpp"
#include "report/progress.hpp"
#include "report/side_by_side.hpp"
#include "report/watcher.hpp"

namespace mbrl {

// More threads than this are of no use here, and not accepted.
constexpr int kMostThreads = 256;

// One thread for each processor, of which the machine may have more, or not say how many.
inline int default_threads(unsigned processors) {
  return static_cast<int>(std::clamp(processors, 1u, unsigned(kMostThreads)));
}

// What every algorithm can be told.
struct RunOptions {
  int seed = 1;
  int steps = 0;
  int episodes = 10;
  int evaluate_every = 0;
  int evaluate_episodes = 10;
  int checkpoint_every = 200;
  int threads = default_threads(std::thread::hardware_concurrency());
  double process_noise = 0;
  bool record = false;
  bool quiet = false;
  LiveStatus* live = nullptr;        // what another process is told of the run, and tells it
  const Watcher* watcher = nullptr;  // who looks on
  Archive* left = nullptr;           // gets all that a stopped run goes on from, with no folder
  std::string out;                   // the run folder, which exists; empty: nothing is written
  std::string config;                // what its config.txt says

  void list(Settings& field) {
    field("seed", seed, 0, 2000000000,
          "which random numbers: the same seed gives the same run, bit for bit");
    field("steps", steps, 0, 1000000000, "stop after this many real steps; 0: no such limit");
    field("episodes", episodes, 0, 100000000,
          "stop after this many episodes of the learned policy; 0: no limit");
    field("evaluate-every", evaluate_every, 0, 1000000000,
          "let the policy act without exploring after every so many real steps, in a world apart, "
          "into eval.csv (algorithms with a model-free learner); 0: never");
    field("evaluate-episodes", evaluate_episodes, 1, 10000, "for so many episodes");
    field("checkpoint-every", checkpoint_every, 1, 1000000000,
          "save the run after every so many real steps of the learned policy, for mbrl resume");
    field("threads", threads, 1, kMostThreads,
          "threads to compute with; the results do not depend on it");
    field("process-noise", process_noise, 0, 100,
          "noise in the real dynamics, in units of the task's own scale");
    field("record", record, "write every real transition to transitions.csv");
    field("quiet", quiet, "print only the last line");
    field.add_check([this] {
      if (steps == 0 && episodes == 0)
        throw UserError("--steps 0 and --episodes 0: one of them must say when to stop");
    });
  }
};

// Whether a setting is free to change when a run is resumed: its budget, and how it is shown.
bool may_change_on_resume(std::string key);

class Recorder {
 public:
  // interrupted: asked before every step whether to stop (Ctrl-C)
  // saved: what a stopped run left, to go on from
  Recorder(
      const RunOptions& options, const EnvSpec& env, std::string title,
      std::function<bool()> interrupted = [] { return false; },
      std::optional<Archive> saved = std::nullopt);

  std::uint64_t seed() const { return static_cast<std::uint64_t>(options_.seed); }
  Workers& workers() { return workers_; }
  // The return of every finished episode of the learned policy, as it acted.
  const std::vector<double>& returns() const { return returns_; }
  // The mean return of every evaluation.
  const std::vector<double>& evaluations() const { return evaluations_; }
  int env_steps() const { return env_steps_; }
  bool was_interrupted() const { return stopped_; }

  // A phase of the run: "base" while the base policy collects data, then "learned". Starts a new
  // episode.
  void begin(const std::string& phase);

  // All that the run goes on from, by name. Called once, before the loop, when it stands as at the
  // beginning; in a run that is resumed, it then stands as when it was saved.
  void keep(std::function<void(Archive&)> state);
  // Whether the base policy has done its work.
  bool learned() const { return phase_ == "learned"; }

  // Whether the budget allows another real step. Ask it at the top of the loop: there the run is
  // saved when that is due, and stopped.
  bool running();
  // One real step was taken.
  void step(const Transition& tr);
  // The dynamics model was fitted again.
  void refit(const FitReport& report);
  // A policy was trained further.
  void policy(const PolicyReport& report);
  // A model-free learner made some updates.
  void learner(const LearnerReport& report);
  // Whether it is time to see how the policy does without exploring; and doing so, in worlds of its
  // own, which the run knows nothing of.
  bool wants_evaluation() const {
    return options_.evaluate_every > 0 && env_steps_ % options_.evaluate_every == 0;
  }
  void evaluate(const Env& env, const std::function<Vector(const Vector& s)>& act);
  // What the planner promised itself of the plan that it chose, and what that plan would really
  // have brought; into plans.csv, for every tenth step (ask wants_plan() first).
  bool wants_plan() const { return !options_.out.empty() && env_steps_ % 10 == 0; }
  void plan(double promised, double real);
  // What the planner has just searched, for who looks on: the state s, the plan that it chose, and
  // the last candidates, one a column.
  void searched(const Vector& s, const Vector& plan, const Matrix& candidates,
                const Watcher::Imagine& imagine) const {
    if (options_.watcher) options_.watcher->searched(s, plan, candidates, imagine);
  }
  // The last line: how it ended.
  void finish() const { line_.finish(returns_, env_steps_, stopped_, options_.out); }

 private:
  // How much of the budget is used up, 0 to 1; an episode under way counts by its share of the
  // longest.
  double share_done() const;
  void write_transition(const Transition& tr);
  // A table of the run folder, begun at its first row.
  CsvWriter& table(const std::string& name, const std::vector<std::string>& columns);
  CsvWriter& progress();
  void save_if_due(bool goes_on);
  void save_into(Archive& all);
  void cut_tables();
  void archive(Archive& ar);

  RunOptions options_;
  EnvSpec env_;
  std::function<bool()> interrupted_;
  Workers workers_;
  ProgressLine line_;
  std::optional<Archive> saved_;
  std::function<void(Archive&)> state_;
  std::map<std::string, CsvWriter> tables_;
  std::map<std::string, std::size_t> rows_;  // of the tables, those that a resumed run keeps
  std::string phase_;                        // "base" or "learned"; empty: none has begun
  std::vector<double> returns_, evaluations_;
  double episode_return_ = 0, holdout_loss_ = std::nan("");
  int env_steps_ = 0, episode_length_ = 0, refits_ = 0;
  int learned_from_ = 0, saved_at_ = -1;  // real steps
  bool stopped_ = false;
};

// Throws UserError unless the checkpoint is of a run of that algorithm in that environment.
void require_run_of(Archive& checkpoint, const std::string& algorithm, const std::string& env);

}  // namespace mbrl
