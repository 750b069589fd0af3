#include "report/run_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "report/animation.hpp"
#include "report/curves.hpp"
#include "report/gnuplot.hpp"
#include "report/recorder.hpp"

namespace mbrl {

std::string config_text(const std::string& algorithm, const std::string& env,
                        const Settings& settings) {
  std::string text = "algorithm = " + algorithm + "\nenv = " + env + "\n";
  for (const auto& field : settings.fields()) text += field.name + " = " + field.get() + "\n";
  return text;
}

void create_run_folder(const std::string& folder, const std::string& config) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(folder, error) &&
      !(fs::is_directory(folder, error) && fs::is_empty(folder, error)))
    throw UserError("the run folder " + folder +
                    " exists already: choose another with --out, delete it, or go on with it: " +
                    "mbrl resume " + folder);
  fs::create_directories(folder, error);
  if (error) throw UserError("cannot write into the run folder " + folder + ": " + error.message());
  write_whole(folder + "/config.txt", config);
}

FolderLock::FolderLock(const std::string& folder) : folder_(open(folder.c_str(), O_RDONLY)) {
  if (folder_ >= 0 && flock(folder_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    close(folder_);
    throw UserError("another mbrl is running into " + folder + ": wait for it, or stop it");
  }
}

FolderLock::~FolderLock() {
  if (folder_ >= 0) close(folder_);
}

RunConfig parse_config(const std::string& text, const std::string& path) {
  RunConfig config;
  std::stringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();  // saved by an editor of Windows
    const auto equals = line.find(" = ");
    const std::string key = line.substr(0, equals);
    if (equals == std::string::npos)
      throw UserError(path + ", line " + std::to_string(number) + ": expected 'key = value'");
    if (!config.emplace(key, line.substr(equals + 3)).second)
      throw UserError(path + ", line " + std::to_string(number) + ": a second " + key);
  }
  for (const char* key : {"algorithm", "env", "seed"})
    if (!config.count(key)) throw UserError(path + " does not name the " + key);
  return config;
}

RunConfig read_config(const std::string& folder) {
  std::ifstream file(folder + "/config.txt");
  if (!file) throw UserError(folder + " is not a run folder: it has no config.txt");
  std::stringstream text;
  text << file.rdbuf();
  return parse_config(text.str(), folder + "/config.txt");
}

// The threads that a config.txt asks for. Older versions stored one for every processor, however
// many; the results do not depend on it.
static std::string as_many_as_allowed(const std::string& threads) {
  const bool number = threads.find_first_not_of("0123456789") == std::string::npos;
  return number && std::atof(threads.c_str()) > kMostThreads ? number_text(kMostThreads) : threads;
}

void apply_config(const RunConfig& config, Settings& settings,
                  const std::set<std::string>& overruled) {
  for (const auto& [key, value] : config)
    if (key != "algorithm" && key != "env" && !overruled.count(key))
      settings.set(key, key == "threads" ? as_many_as_allowed(value) : value);
  for (const auto& field : settings.fields())
    if (!config.count(field.name))
      throw UserError("config.txt does not say what " + field.name +
                      " is: it is cut short, or of another version of this program");
}

void announce(bool drawn, const std::string& what) {
  if (drawn)
    std::cout << "drew " << what << "\n";
  else
    std::cout << why_not_drawn() << ", so " << what
              << " was not drawn; the numbers are in the CSV files\n";
}

static RunCurve read_curve(const Csv& progress) {
  return {progress.column("env_steps"), progress.column("return")};
}

void draw_learning_curve(const std::string& folder, const EnvSpec& spec) {
  const Csv progress = read_csv(folder + "/progress.csv");
  if (progress.rows.empty()) {
    std::cout << "no episode was finished, so there is no learning curve\n";
    return;
  }
  const RunConfig config = read_config(folder);
  LearningCurve curve{
      .title = config.at("algorithm") + " on " + config.at("env") + ", seed " + config.at("seed"),
      .run = read_curve(progress)};
  if (spec.actions > 0) {  // a maze pays 1 for the goal: how soon it is reached is what counts
    curve.run.returns = progress.column("length");
    curve.y_label = "steps of the episode";
  }
  for (const std::string& phase : progress.words("phase")) curve.base.push_back(phase == "base");
  if (std::filesystem::exists(folder + "/model.csv")) {
    const Csv model = read_csv(folder + "/model.csv");
    curve.refit_steps = model.column("env_steps");
    curve.model_error = model.column("holdout_loss");
  }
  if (std::isfinite(spec.random_return))
    curve.references.push_back({spec.random_return, "random actions"});
  if (std::isfinite(spec.oracle_return))
    curve.references.push_back({spec.oracle_return, "planning with the true dynamics"});
  const std::string path = folder + "/learning_curve";
  announce(save_figure(learning_curve(curve), path), path + ".png and .svg");
}

void draw_plans(const std::string& folder) {
  if (!std::filesystem::exists(folder + "/plans.csv")) return;
  const Csv plans = read_csv(folder + "/plans.csv");
  const RunConfig config = read_config(folder);
  const std::vector<double> promised = plans.column("promised"), real = plans.column("real");
  // In the order they were made: the first third, the second, the last.
  const char* const when[] = {"first third of the run", "second third", "last third"};
  const char* const colors[] = {"#d55e00", "#e69f00", "#0072b2"};
  Figure figure{.title = "What the chosen plans promised, " + config.at("algorithm") + " on " +
                         config.at("env"),
                .x_label = "real return of the plan",
                .y_label = "promised return"};
  const auto [low, high] = std::minmax_element(real.begin(), real.end());
  if (real.empty()) return;
  figure.series.push_back({.label = "promise kept",
                           .x = {*low, *high},
                           .y = {*low, *high},
                           .style = Style::dashes,
                           .color = "#777777"});
  for (std::size_t third = 0; third < 3; ++third) {
    const std::size_t n = real.size(), from = n * third / 3, to = n * (third + 1) / 3;
    figure.series.push_back({.label = when[third],
                             .x = {real.begin() + long(from), real.begin() + long(to)},
                             .y = {promised.begin() + long(from), promised.begin() + long(to)},
                             .style = Style::points,
                             .color = colors[third]});
  }
  const std::string path = folder + "/plans";
  announce(save_figure(figure, path), path + ".png and .svg");
}

// The settings that make two runs different experiments: all but those of the run itself.
static bool is_of_the_experiment(const std::string& name) {
  static const char* const others[] = {
      "seed",   "steps",          "episodes",          "threads",         "quiet",
      "record", "evaluate-every", "evaluate-episodes", "checkpoint-every"};
  return std::find(std::begin(others), std::end(others), name) == std::end(others);
}

// "pets on pendulum", and what sets it apart from the others on the same task.
static std::string group_label(const RunConfig& config, const std::vector<RunConfig>& all) {
  std::string label = config.at("algorithm") + " on " + config.at("env");
  for (const auto& setting : config) {
    const std::string &name = setting.first, &value = setting.second;
    const auto differs = [&](const RunConfig& other) {
      const auto at = other.find(name);
      return other.at("algorithm") == config.at("algorithm") &&
             other.at("env") == config.at("env") && at != other.end() && at->second != value;
    };
    if (is_of_the_experiment(name) && std::any_of(all.begin(), all.end(), differs))
      label += ", " + name + " " + value;
  }
  return label;
}

// The episodes of the learned policy.
static RunCurve learned_curve(const std::string& folder) {
  const Csv progress = read_csv(folder + "/progress.csv");
  const RunCurve all = read_curve(progress);
  const std::vector<std::string> phase = progress.words("phase");
  RunCurve learned;
  for (std::size_t r = 0; r < phase.size(); ++r) {
    if (phase[r] == "base") continue;
    learned.steps.push_back(all.steps[r]);
    learned.returns.push_back(all.returns[r]);
  }
  if (learned.steps.empty())
    throw UserError(folder + " has not finished an episode of its policy yet");
  return learned;
}

void compare_runs(const std::vector<std::string>& folders, const std::string& out) {
  std::vector<RunConfig> configs;
  for (const std::string& folder : folders) configs.push_back(read_config(folder));
  std::vector<RunGroup> groups;
  std::map<std::string, std::string> folder_of;  // of a group and a seed
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const std::string& folder = folders[i];
    const std::string label = group_label(configs[i], configs), seed = configs[i].at("seed");
    const auto [first, is_new] = folder_of.emplace(label + ", seed " + seed, folder);
    if (!is_new)
      throw UserError(first->second + " and " + folder + " are both seed " + seed + " of " + label +
                      ": the same run is no second seed, so name one of them");
    std::size_t g = 0;
    while (g < groups.size() && groups[g].label != label) ++g;
    if (g == groups.size()) groups.push_back({.label = label});
    groups[g].runs.push_back(learned_curve(folder));
  }
  const Comparison comparison = compare("", groups);
  save_table(comparison.table, out + ".csv");
  for (const MeanCurve& curve : comparison.table) {
    std::printf("%-44s %zu seeds: ", curve.label.c_str(), curve.seeds);
    if (curve.steps.empty())
      std::printf("the episodes of the one begin after those of another have ended\n");
    else
      std::printf("return %s +- %s (sd) after %.0f steps\n", return_text(curve.mean.back()).c_str(),
                  return_text(curve.spread.back()).c_str(), curve.steps.back());
  }
  announce(save_figure(comparison.figure, out), out + ".png and .svg");
}

void Film::add(const Env& env, const Vector& s, double total_reward) {
  char caption[80];
  std::snprintf(caption, sizeof caption, "t = %.1f s    return %s",
                double(frames.size()) * env.spec.seconds_per_step,
                return_text(total_reward).c_str());
  frames.push_back(env.draw(s));
  captions.push_back(caption);
}

void Film::save(const Env& env, const std::string& gif, const std::string& strip) const {
  announce(save_animation(frames, captions, env.spec.seconds_per_step, gif) &&
               save_film_strip(frames, captions, strip),
           gif + " and " + strip);
}

}  // namespace mbrl
