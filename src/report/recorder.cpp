#include "report/recorder.hpp"

#include "core/time_spent.hpp"

namespace mbrl {

Recorder::Recorder(const RunOptions& options, const EnvSpec& env, std::string title,
                   std::function<bool()> interrupted)
    : options_(options),
      env_(env),
      interrupted_(std::move(interrupted)),
      workers_(options.threads),
      line_(std::move(title), options.quiet) {
  TimeSpent::start_anew();
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

void Recorder::begin(const std::string& phase) {
  phase_ = phase;
  episode_return_ = 0, episode_length_ = 0;
  if (phase == "learned") line_.start_clock();
}

bool Recorder::running() {
  stopped_ = stopped_ || interrupted_();
  const bool steps_left = options_.steps == 0 || env_steps_ < options_.steps;
  const bool episodes_left =
      options_.episodes == 0 || static_cast<int>(returns_.size()) < options_.episodes;
  return !stopped_ && steps_left && episodes_left;
}

void Recorder::step(const Transition& tr) {
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
    progress_->row({env_steps_, episode, episode_return_, line_.seconds(), episode_length_, phase_,
                    holdout_loss_});
  line_.episode({phase_, episode, env_steps_, episode_return_, holdout_loss_, env_.random_return,
                 env_.oracle_return, env_.actions > 0 ? episode_length_ : 0});
  episode_return_ = 0, episode_length_ = 0;
}

void Recorder::refit(const FitReport& report) {
  holdout_loss_ = report.holdout_loss;
  if (options_.out.empty()) return;
  if (!model_)
    model_ = std::make_unique<CsvWriter>(
        options_.out + "/model.csv",
        std::vector<std::string>{"env_steps", "refit", "train_rows", "holdout_rows", "epochs",
                                 "train_loss", "holdout_loss", "seconds", "holdout_nll",
                                 "low_bound", "high_bound"});
  model_->row({env_steps_, ++refits_, report.train_rows, report.holdout_rows, report.epochs,
               report.train_loss, report.holdout_loss, report.seconds, report.holdout_nll,
               report.low_bound, report.high_bound});
}

void Recorder::policy(const PolicyReport& report) {
  if (options_.out.empty()) return;
  if (!policy_)
    policy_ = std::make_unique<CsvWriter>(
        options_.out + "/policy.csv",
        std::vector<std::string>{"env_steps", "updates", "imagined_return", "gradient_norm"});
  policy_->row({env_steps_, report.updates, report.imagined_return, report.gradient_norm});
}

void Recorder::learner(const LearnerReport& report) {
  if (options_.out.empty() || report.updates == 0) return;
  if (!learner_)
    learner_ =
        std::make_unique<CsvWriter>(options_.out + "/learner.csv",
                                    std::vector<std::string>{"env_steps", "updates", "critic_loss",
                                                             "mean_q", "entropy", "temperature"});
  learner_->row({env_steps_, report.updates, report.critic_loss, report.mean_q, report.entropy,
                 report.temperature});
}

void Recorder::evaluate(const Env& env, const std::function<Vector(const Vector& s)>& act) {
  double sum = 0, squares = 0;
  for (int k = 0; k < options_.evaluate_episodes; ++k) {
    World world(env, Rng(seed(), "evaluation", static_cast<std::uint64_t>(k)));
    double total = 0;
    while (!world.over()) total += double(world.step(act(world.s())).reward);
    sum += total, squares += total * total;
  }
  const double n = options_.evaluate_episodes, mean = sum / n;
  evaluations_.push_back(mean);
  if (options_.out.empty()) return;
  if (!eval_)
    eval_ = std::make_unique<CsvWriter>(
        options_.out + "/eval.csv",
        std::vector<std::string>{"env_steps", "episodes", "mean_return", "sd", "seconds"});
  eval_->row({env_steps_, options_.evaluate_episodes, mean,
              std::sqrt(std::max(0.0, squares / n - mean * mean)), line_.seconds()});
}

void Recorder::plan(double promised, double real) {
  if (!plans_)
    plans_ = std::make_unique<CsvWriter>(options_.out + "/plans.csv",
                                         std::vector<std::string>{"env_steps", "promised", "real"});
  plans_->row({env_steps_, promised, real});
}

void Recorder::checkpoint(const std::function<void(Archive&)>& fill) {
  if (options_.out.empty()) return;
  Archive archive;
  fill(archive);
  if (!first_kept_) archive.save(options_.out + "/first.bin");
  first_kept_ = true;
  archive.save(options_.out + "/checkpoint.bin");
}

double Recorder::share_done() const {
  double share = 0;
  if (options_.steps > 0) share = double(env_steps_) / options_.steps;
  if (options_.episodes > 0 && phase_ == "learned") {
    const double episodes = double(returns_.size()) + double(episode_length_) / env_.max_steps;
    share = std::max(share, episodes / options_.episodes);
  }
  return std::min(share, 1.0);
}

void Recorder::write_transition(const Transition& tr) {
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

}  // namespace mbrl
