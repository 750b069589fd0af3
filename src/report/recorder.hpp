// What a run leaves behind: the budget, the run folder, and the lines a person watches.
//
// A training loop tells the Recorder what happened, one line each: begin(), step(), refit(),
// checkpoint(). The Recorder counts, writes progress.csv, model.csv and transitions.csv, and shows
// the return climb. It never influences a run: with or without it, shown or quiet, the numbers are
// the same.
#pragma once

#include <chrono>
#include <functional>
#include <iostream>
#include <memory>
#include <thread>

#include "core/checkpoint.hpp"
#include "core/parallel.hpp"
#include "dynamics/deterministic.hpp"
#include "report/csv.hpp"
#include "report/progress.hpp"

namespace mbrl {

// What every algorithm can be told.
struct RunOptions {
  int seed = 1;
  int steps = 0;
  int episodes = 10;
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

class Recorder {
 public:
  // interrupted: asked before every step whether to stop (Ctrl-C).
  Recorder(
      const RunOptions& options, const EnvSpec& env, std::string title,
      std::function<bool()> interrupted = [] { return false; })
      : options_(options),
        env_(env),
        interrupted_(std::move(interrupted)),
        workers_(options.threads),
        line_(std::move(title), options.quiet) {
    if (options_.out.empty()) return;
    progress_ = std::make_unique<CsvWriter>(
        options_.out + "/progress.csv",
        std::vector<std::string>{"env_steps", "episode", "return", "seconds", "length", "phase",
                                 "holdout_loss"});
    if (!options_.record) return;
    std::vector<std::string> columns{"episode", "step"};
    for (Index i = 0; i < env.state_dim(); ++i) columns.push_back("s_" + std::to_string(i));
    for (Index i = 0; i < env.action_dim(); ++i) columns.push_back("a_" + std::to_string(i));
    columns.push_back("reward");
    for (Index i = 0; i < env.state_dim(); ++i) columns.push_back("s_next_" + std::to_string(i));
    columns.insert(columns.end(), {"terminated", "truncated"});
    transitions_ = std::make_unique<CsvWriter>(options_.out + "/transitions.csv", columns);
  }

  std::uint64_t seed() const { return static_cast<std::uint64_t>(options_.seed); }
  Workers& workers() { return workers_; }
  // The return of every finished episode of the learned policy, as it acted.
  const std::vector<double>& returns() const { return returns_; }
  int env_steps() const { return env_steps_; }
  bool was_interrupted() const { return stopped_; }

  // A phase of the run: "base" while the base policy collects data, then "learned". Starts a new
  // episode.
  void begin(const std::string& phase) {
    phase_ = phase;
    episode_return_ = 0, episode_length_ = 0;
    if (phase == "learned") line_.start_clock();
  }

  // Whether the budget allows another real step.
  bool running() {
    stopped_ = stopped_ || interrupted_();
    const bool steps_left = options_.steps == 0 || env_steps_ < options_.steps;
    const bool episodes_left =
        options_.episodes == 0 || static_cast<int>(returns_.size()) < options_.episodes;
    return !stopped_ && steps_left && episodes_left;
  }

  // One real step was taken.
  void step(const Transition& tr) {
    ++env_steps_;
    ++episode_length_;
    episode_return_ += double(tr.reward);
    if (transitions_) write_transition(tr);
    line_.update(
        {phase_, env_steps_, static_cast<int>(returns_.size()), options_.episodes, share_done()});
    if (!tr.terminated && !tr.truncated) return;

    const bool learned = phase_ == "learned";
    if (learned) returns_.push_back(episode_return_);
    const auto episode = static_cast<int>(returns_.size());  // 0 for those of the base policy
    if (progress_)
      progress_->row({env_steps_, episode, episode_return_, line_.seconds(), episode_length_,
                      phase_, holdout_loss_});
    line_.episode({phase_, episode, env_steps_, episode_return_, holdout_loss_, env_.random_return,
                   env_.oracle_return});
    episode_return_ = 0, episode_length_ = 0;
  }

  // The dynamics model was fitted again.
  void refit(const FitReport& report) {
    holdout_loss_ = report.holdout_loss;
    if (options_.out.empty()) return;
    if (!model_)
      model_ = std::make_unique<CsvWriter>(
          options_.out + "/model.csv",
          std::vector<std::string>{"env_steps", "refit", "train_rows", "holdout_rows", "epochs",
                                   "train_loss", "holdout_loss", "seconds"});
    model_->row({env_steps_, ++refits_, report.train_rows, report.holdout_rows, report.epochs,
                 report.train_loss, report.holdout_loss, report.seconds});
  }

  // Keeps what was learned so far, in checkpoint.bin.
  void checkpoint(const std::function<void(Archive&)>& fill) {
    if (options_.out.empty()) return;
    Archive archive;
    fill(archive);
    archive.save(options_.out + "/checkpoint.bin");
  }

  // The last line: how it ended.
  void finish() { line_.finish(returns_, env_steps_, stopped_, options_.out); }

 private:
  // How much of the budget is used up, 0 to 1; an episode under way counts by its share of the
  // longest.
  double share_done() const {
    double share = 0;
    if (options_.steps > 0) share = double(env_steps_) / options_.steps;
    if (options_.episodes > 0 && phase_ == "learned") {
      const double episodes = double(returns_.size()) + double(episode_length_) / env_.max_steps;
      share = std::max(share, episodes / options_.episodes);
    }
    return std::min(share, 1.0);
  }

  void write_transition(const Transition& tr) {
    std::vector<Cell> cells{returns_.size() + (phase_ == "learned"), episode_length_ - 1};
    const auto add = [&](const Vector& x) {
      for (Index i = 0; i < x.size(); ++i) cells.push_back(x(i));
    };
    add(tr.s), add(tr.a);
    cells.push_back(tr.reward);
    add(tr.s_next);
    cells.insert(cells.end(), {tr.terminated, tr.truncated});
    transitions_->row(cells);
  }

  RunOptions options_;
  EnvSpec env_;
  std::function<bool()> interrupted_;
  Workers workers_;
  ProgressLine line_;
  std::unique_ptr<CsvWriter> progress_, model_, transitions_;
  std::string phase_ = "learned";
  std::vector<double> returns_;
  double episode_return_ = 0, holdout_loss_ = std::nan("");
  int env_steps_ = 0, episode_length_ = 0, refits_ = 0;
  bool stopped_ = false;
};

}  // namespace mbrl
