#include "report/recorder.hpp"

#include <filesystem>
#include <sstream>

#include "core/time_spent.hpp"

namespace mbrl {

namespace {

const char* const kTables[] = {"progress", "model", "policy",     "learner",
                               "eval",     "plans", "transitions"};

// The lines of config.txt that make this run this one: all but what may change on resume.
std::string identity(const std::string& config) {
  std::string kept;
  std::stringstream all(config);
  for (std::string line; std::getline(all, line);)
    if (!may_change_on_resume(line.substr(0, line.find(' ')))) kept += line + "\n";
  return kept;
}

// CSV files hold what was computed, bit for bit; but a return, for people, has no minus zero.
double plain(double x) { return x == 0 ? 0 : x; }

// The first line of a text in which it differs from another.
std::string first_difference(const std::string& text, const std::string& other) {
  std::stringstream these(text), those(other);
  std::string line, its;
  while (std::getline(these, line))
    if (!std::getline(those, its) || line != its) return "'" + line + "'";
  return "nothing more";
}

}  // namespace

bool may_change_on_resume(std::string key) {
  std::replace(key.begin(), key.end(), '_', '-');
  for (const char* free : {"steps", "episodes", "threads", "checkpoint-every", "quiet"})
    if (key == free) return true;
  return false;
}

Recorder::Recorder(const RunOptions& options, const EnvSpec& env, std::string title,
                   std::function<bool()> interrupted, std::optional<Archive> saved)
    : options_(options),
      env_(env),
      interrupted_(std::move(interrupted)),
      workers_(options.threads),
      line_(std::move(title), options.quiet),
      saved_(std::move(saved)) {
  TimeSpent::start_anew();
  if (saved_) return;  // all else when it is known to be good
  line_.begin();
  if (!options_.out.empty()) cut_tables(), progress();
}

// ---- saving and resuming ----

void Recorder::keep(std::function<void(Archive&)> state) {
  state_ = std::move(state);
  if (!saved_) return;
  saved_->inside("recorder", [&] { archive(*saved_); });
  state_(*saved_);
  saved_.reset();
  saved_at_ = env_steps_;
  if (options_.out.empty()) return;
  cut_tables();
  line_.begin();
  // Now that all is well: the run may have another budget than before.
  write_whole(options_.out + "/config.txt", options_.config);
  progress();
  if (rows_["progress"] > 0)
    line_.add_seconds(read_csv(options_.out + "/progress.csv").column("seconds").back());
  line_.start_clock();
}

// Takes from the tables what was written after the run was saved.
void Recorder::cut_tables() {
  std::map<std::string, std::uintmax_t> bytes;
  for (const char* name : kTables)
    if (rows_[name] > 0)
      bytes[name] = bytes_of_rows(options_.out + "/" + name + ".csv", rows_[name]);
  for (const char* name : kTables) {
    const std::string path = options_.out + "/" + name + ".csv";
    if (bytes.count(name))
      std::filesystem::resize_file(path, bytes[name]);
    else
      std::filesystem::remove(path);
  }
}

void Recorder::archive(Archive& ar) {
  const std::string is = identity(options_.config);
  std::string was = is;
  ar("config", was);
  if (was != is)
    throw UserError("the checkpoint is of another run: there " + first_difference(was, is) +
                    ", in config.txt " + first_difference(is, was));
  ar("phase", phase_), ar("env_steps", env_steps_), ar("learned from", learned_from_);
  ar("returns", returns_), ar("evaluations", evaluations_);
  ar("return so far", episode_return_), ar("length so far", episode_length_);
  ar("holdout loss", holdout_loss_), ar("refits", refits_);
  for (const char* name : kTables) {
    const auto found = tables_.find(name);
    if (found != tables_.end()) rows_[name] = found->second.rows();
    ar(std::string("rows of ") + name, rows_[name]);
  }
}

void require_run_of(Archive& checkpoint, const std::string& algorithm, const std::string& env) {
  std::string config;
  checkpoint.inside("recorder", [&] { checkpoint("config", config); });
  const std::string wanted = "algorithm = " + algorithm + "\nenv = " + env + "\n";
  if (config.rfind(wanted, 0) == 0) return;
  const std::string first = config.substr(0, config.find('\n'));
  throw UserError("the checkpoint is of another run: there '" + first + "', wanted is " +
                  algorithm + " on " + env);
}

void Recorder::save_into(Archive& all) {
  all.inside("recorder", [&] { archive(all); });
  state_(all);
}

void Recorder::save_if_due(bool goes_on) {
  if (options_.left && !goes_on && learned()) save_into(*options_.left);
  if (options_.out.empty() || !state_ || !learned() || env_steps_ == saved_at_) return;
  const bool first = env_steps_ == learned_from_ + 1;  // what was known before it acted
  const bool due = env_steps_ - std::max(learned_from_, saved_at_) >= options_.checkpoint_every;
  if (goes_on && !first && !due) return;
  Archive all;
  save_into(all);
  if (first) all.save(options_.out + "/first.bin");
  if (goes_on && !due) return;
  all.save(options_.out + "/checkpoint.bin", options_.out + "/previous.bin");
  saved_at_ = env_steps_;
}

bool Recorder::running() {
  if (options_.live) workers_.allow(options_.live->threads);
  stopped_ = stopped_ || interrupted_();
  const bool steps_left = options_.steps == 0 || env_steps_ < options_.steps;
  const bool episodes_left =
      options_.episodes == 0 || static_cast<int>(returns_.size()) < options_.episodes;
  const bool goes_on = !stopped_ && steps_left && episodes_left;
  save_if_due(goes_on);
  return goes_on;
}

// ---- what happens ----

CsvWriter& Recorder::table(const std::string& name, const std::vector<std::string>& columns) {
  const auto found = tables_.find(name);
  if (found != tables_.end()) return found->second;
  CsvWriter file(options_.out + "/" + name + ".csv", columns, rows_[name]);
  return tables_.emplace(name, std::move(file)).first->second;
}

CsvWriter& Recorder::progress() {
  return table("progress",
               {"env_steps", "episode", "return", "seconds", "length", "phase", "holdout_loss"});
}

void Recorder::begin(const std::string& phase) {
  phase_ = phase;
  episode_return_ = 0, episode_length_ = 0;
  if (phase == "learned") line_.start_clock(), learned_from_ = env_steps_;
}

void Recorder::step(const Transition& tr) {
  ++env_steps_;
  ++episode_length_;
  episode_return_ += double(tr.reward);
  if (options_.record && !options_.out.empty()) write_transition(tr);
  if (options_.watcher) options_.watcher->step(tr, learned());
  if (options_.live)
    options_.live->env_steps = env_steps_, options_.live->share_done = share_done();
  line_.update(
      {phase_, env_steps_, static_cast<int>(returns_.size()), options_.episodes, share_done()});
  if (!tr.terminated && !tr.truncated) return;

  const bool learned = phase_ != "base";
  if (learned) returns_.push_back(episode_return_);
  if (learned && options_.live) {
    options_.live->last_return = episode_return_;
    options_.live->episodes = static_cast<int>(returns_.size());
  }
  const auto episode = static_cast<int>(returns_.size());  // 0 for those of the base policy
  if (!options_.out.empty())
    progress().row({env_steps_, episode, plain(episode_return_), line_.seconds(), episode_length_,
                    phase_, holdout_loss_});
  line_.episode({phase_, episode, env_steps_, episode_return_, holdout_loss_, env_.random_return,
                 env_.oracle_return, env_.actions > 0 ? episode_length_ : 0});
  episode_return_ = 0, episode_length_ = 0;
}

void Recorder::refit(const FitReport& report) {
  holdout_loss_ = report.holdout_loss;
  if (options_.watcher) options_.watcher->refit(report);
  if (options_.out.empty()) return;
  table("model",
        {"env_steps", "refit", "train_rows", "holdout_rows", "epochs", "train_loss", "holdout_loss",
         "seconds", "holdout_nll", "low_bound", "high_bound", "gradient_norm"})
      .row({env_steps_, ++refits_, report.train_rows, report.holdout_rows, report.epochs,
            report.train_loss, report.holdout_loss, report.seconds, report.holdout_nll,
            report.low_bound, report.high_bound, report.gradient_norm});
}

void Recorder::policy(const PolicyReport& report) {
  if (options_.out.empty()) return;
  table("policy", {"env_steps", "updates", "imagined_return", "gradient_norm"})
      .row({env_steps_, report.updates, plain(report.imagined_return), report.gradient_norm});
}

void Recorder::learner(const LearnerReport& report) {
  if (options_.out.empty() || report.updates == 0) return;
  table("learner", {"env_steps", "updates", "critic_loss", "mean_q", "entropy", "temperature",
                    "critic_gradient", "actor_gradient"})
      .row({env_steps_, report.updates, report.critic_loss, report.mean_q, report.entropy,
            report.temperature, report.critic_gradient, report.actor_gradient});
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
  table("eval", {"env_steps", "episodes", "mean_return", "sd", "seconds"})
      .row({env_steps_, options_.evaluate_episodes, plain(mean),
            std::sqrt(std::max(0.0, squares / n - mean * mean)), line_.seconds()});
}

void Recorder::plan(double promised, double real) {
  table("plans", {"env_steps", "promised", "real"}).row({env_steps_, plain(promised), plain(real)});
}

double Recorder::share_done() const {
  double share = 0;
  if (options_.steps > 0) share = double(env_steps_) / options_.steps;
  if (options_.episodes > 0 && phase_ != "base") {
    const double episodes = double(returns_.size()) + double(episode_length_) / env_.max_steps;
    share = std::max(share, episodes / options_.episodes);
  }
  return std::min(share, 1.0);
}

void Recorder::write_transition(const Transition& tr) {
  std::vector<Cell> cells{returns_.size() + (phase_ != "base"), episode_length_ - 1};
  const auto add = [&](const Vector& x) {
    for (Index i = 0; i < x.size(); ++i) cells.push_back(x(i));
  };
  add(tr.s), add(tr.a);
  cells.push_back(tr.reward);
  add(tr.s_next);
  cells.insert(cells.end(), {tr.terminated, tr.truncated});
  std::vector<std::string> columns{"episode", "step"};
  for (Index i = 0; i < tr.s.size(); ++i) columns.push_back("s_" + std::to_string(i));
  for (Index i = 0; i < tr.a.size(); ++i) columns.push_back("a_" + std::to_string(i));
  columns.push_back("reward");
  for (Index i = 0; i < tr.s.size(); ++i) columns.push_back("s_next_" + std::to_string(i));
  columns.insert(columns.end(), {"terminated", "truncated"});
  table("transitions", columns).row(cells);
}

}  // namespace mbrl
