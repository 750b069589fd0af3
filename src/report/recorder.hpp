// What a run leaves behind: the budget, the run folder, and the lines a person watches.
//
// A training loop tells the Recorder what happened, one line each: begin(), step(), refit(),
// checkpoint(). The Recorder counts, writes progress.csv, model.csv and transitions.csv, and shows
// the return climb. It never influences a run: with or without it, shown or quiet, the numbers are
// the same.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "core/checkpoint.hpp"
#include "core/parallel.hpp"
#include "dynamics/deterministic.hpp"
#include "learners/learner_report.hpp"
#include "report/csv.hpp"
#include "report/progress.hpp"

namespace mbrl {

// What every algorithm can be told.
struct RunOptions {
  int seed = 1;
  int steps = 0;
  int episodes = 10;
  int evaluate_every = 0;
  int evaluate_episodes = 10;
  int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  double process_noise = 0;
  bool record = false;
  bool quiet = false;
  std::string out;  // the run folder, which exists; empty: nothing is written

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
    field("threads", threads, 1, 256, "threads to compute with; the results do not depend on it");
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

// What the training of a policy between two refits came to, for policy.csv.
struct PolicyReport {
  int updates = 0;             // gradient steps made
  double imagined_return = 0;  // of the policy inside the model, at the last one
  double gradient_norm = 0;    // the mean over the steps, before any was shortened

  void add(double J, double norm) {
    ++updates;
    imagined_return = J;
    gradient_norm += (norm - gradient_norm) / updates;
  }
};

class Recorder {
 public:
  // interrupted: asked before every step whether to stop (Ctrl-C).
  Recorder(
      const RunOptions& options, const EnvSpec& env, std::string title,
      std::function<bool()> interrupted = [] { return false; });

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

  // Whether the budget allows another real step.
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
  // Keeps what was learned so far, in checkpoint.bin; what was known first stays in first.bin.
  void checkpoint(const std::function<void(Archive&)>& fill);

  // The last line: how it ended.
  void finish() { line_.finish(returns_, env_steps_, stopped_, options_.out); }

 private:
  // How much of the budget is used up, 0 to 1; an episode under way counts by its share of the
  // longest.
  double share_done() const;
  void write_transition(const Transition& tr);

  RunOptions options_;
  EnvSpec env_;
  std::function<bool()> interrupted_;
  Workers workers_;
  ProgressLine line_;
  std::unique_ptr<CsvWriter> progress_, model_, policy_, learner_, eval_, plans_, transitions_;
  std::string phase_ = "learned";
  std::vector<double> returns_, evaluations_;
  double episode_return_ = 0, holdout_loss_ = std::nan("");
  int env_steps_ = 0, episode_length_ = 0, refits_ = 0;
  bool stopped_ = false, first_kept_ = false;
};

}  // namespace mbrl
