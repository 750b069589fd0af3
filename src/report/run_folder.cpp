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

void require_fresh(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(folder, error) &&
      !(fs::is_directory(folder, error) && fs::is_empty(folder, error)))
    throw UserError("the run folder " + folder +
                    " exists already: choose another with --out, delete it, or go on with it: " +
                    "mbrl resume " + folder);
}

void create_run_folder(const std::string& folder, const std::string& config) {
  namespace fs = std::filesystem;
  std::error_code error;
  require_fresh(folder);
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
