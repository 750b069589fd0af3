#include "report/compare.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "report/curves.hpp"
#include "report/run_folder.hpp"

namespace mbrl {

namespace {

namespace fs = std::filesystem;

// The settings that make two runs different experiments: all but those of the run itself.
bool is_of_the_experiment(const std::string& name) {
  static const char* const others[] = {
      "seed",   "steps",          "episodes",          "threads",         "quiet",
      "record", "evaluate-every", "evaluate-episodes", "checkpoint-every"};
  return std::find(std::begin(others), std::end(others), name) == std::end(others);
}

// The settings in which a run differs from some other of the same algorithm and task.
std::set<std::string> differing(const RunConfig& config, const std::vector<RunConfig>& all) {
  std::set<std::string> names;
  for (const auto& [name, value] : config)
    for (const RunConfig& other : all) {
      const auto at = other.find(name);
      if (is_of_the_experiment(name) && other.at("algorithm") == config.at("algorithm") &&
          other.at("env") == config.at("env") && at != other.end() && at->second != value)
        names.insert(name);
    }
  return names;
}

// "pets on pendulum", and what sets it apart from the others on the same task.
std::string group_label(const RunConfig& config, const std::vector<RunConfig>& all) {
  std::string label = config.at("algorithm") + " on " + config.at("env");
  for (const std::string& name : differing(config, all))
    label += ", " + name + " " + config.at(name);
  return label;
}

// The episodes of the learned policy.
RunCurve learned_curve(const std::string& folder) {
  const Csv progress = read_csv(folder + "/progress.csv");
  const std::vector<double> steps = progress.column("env_steps"),
                            returns = progress.column("return");
  const std::vector<std::string> phase = progress.words("phase");
  RunCurve learned;
  for (std::size_t r = 0; r < phase.size(); ++r) {
    if (phase[r] == "base") continue;
    learned.steps.push_back(steps[r]);
    learned.returns.push_back(returns[r]);
  }
  return learned;
}

// Runs of one experiment, and which they are.
struct Groups {
  std::vector<RunGroup> curves;
  std::vector<std::vector<std::string>> folders;  // [group]: one per seed
};

Groups groups_of(const std::vector<std::string>& folders) {
  std::vector<RunConfig> configs;
  for (const std::string& folder : folders) configs.push_back(read_config(folder));
  Groups groups;
  std::map<std::string, std::string> folder_of;  // of a group and a seed
  for (std::size_t i = 0; i < folders.size(); ++i) {
    const std::string& folder = folders[i];
    const std::string label = group_label(configs[i], configs), seed = configs[i].at("seed");
    const auto [first, is_new] = folder_of.emplace(label + ", seed " + seed, folder);
    if (!is_new)
      throw UserError(first->second + " and " + folder + " are both seed " + seed + " of " + label +
                      ": the same run is no second seed, so name one of them");
    std::size_t g = 0;
    while (g < groups.curves.size() && groups.curves[g].label != label) ++g;
    if (g == groups.curves.size())
      groups.curves.push_back({.label = label}), groups.folders.emplace_back();
    groups.curves[g].runs.push_back(learned_curve(folder));
    groups.folders[g].push_back(folder);
    if (groups.curves[g].runs.back().steps.empty())
      throw UserError(folder + " has not finished an episode of its policy yet");
  }
  return groups;
}

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += value;
  return sum / double(x.size());
}

// "-150.30 ± 20.10": the mean, and the standard deviation if there are several.
std::string mean_and_sd(const std::vector<double>& x) {
  double squares = 0;
  for (const double value : x) squares += (value - mean(x)) * (value - mean(x));
  const std::string sd = return_text(std::sqrt(squares / std::max(1.0, double(x.size()) - 1)));
  return return_text(mean(x)) + (x.size() > 1 ? " ± " + sd : "");
}

// The rows of a table of every run, in one file; each begins with what the run is.
void gather_table(const std::vector<std::string>& folders, const std::string& table,
                  const std::vector<std::string>& columns, const std::string& path) {
  std::vector<RunConfig> configs;
  for (const std::string& folder : folders) configs.push_back(read_config(folder));
  std::set<std::string> settings;
  for (const RunConfig& config : configs) settings.merge(differing(config, configs));
  std::vector<std::string> header{"algorithm", "env"};
  header.insert(header.end(), settings.begin(), settings.end());
  header.push_back("seed");
  header.insert(header.end(), columns.begin(), columns.end());

  std::optional<CsvWriter> all;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    if (!fs::exists(folders[i] + "/" + table)) continue;
    const Csv rows = read_csv(folders[i] + "/" + table);
    std::vector<Cell> which{configs[i].at("algorithm"), configs[i].at("env")};
    for (const std::string& name : settings)
      which.push_back(configs[i].count(name) ? configs[i].at(name) : "");
    which.push_back(configs[i].at("seed"));
    std::vector<std::vector<std::string>> wanted;  // [column]
    for (const std::string& column : columns) wanted.push_back(rows.words(column));
    std::vector<std::string> phase(rows.rows.size());
    if (rows.has("phase")) phase = rows.words("phase");
    for (std::size_t r = 0; r < phase.size(); ++r) {
      if (phase[r] == "base") continue;
      std::vector<Cell> cells = which;
      for (const auto& column : wanted) cells.push_back(column[r]);
      if (!all) all.emplace(path, header);
      all->row(cells);
    }
  }
}

// A row for each group: how it began, where it ended, seed by seed.
void print_summary(const Groups& groups) {
  std::printf(
      "\n| runs | seeds | first episode | last 3 episodes | seed by seed | steps | s per run |\n"
      "|---|---|---|---|---|---|---|\n");
  for (std::size_t g = 0; g < groups.curves.size(); ++g) {
    std::vector<double> first, last, steps, seconds;
    std::string each;
    for (std::size_t i = 0; i < groups.folders[g].size(); ++i) {
      const RunCurve& run = groups.curves[g].runs[i];
      const auto end = run.returns.end();
      first.push_back(run.returns[0]);
      last.push_back(mean({end - std::min<std::ptrdiff_t>(3, std::ssize(run.returns)), end}));
      steps.push_back(run.steps.back());
      seconds.push_back(read_csv(groups.folders[g][i] + "/progress.csv").column("seconds").back());
      each += (each.empty() ? "" : ", ") + return_text(last.back());
    }
    std::printf("| %s | %zu | %s | %s | %s | %.0f | %.1f |\n", groups.curves[g].label.c_str(),
                first.size(), mean_and_sd(first).c_str(), mean_and_sd(last).c_str(), each.c_str(),
                mean(steps), mean(seconds));
  }
}

void draw_and_print(const Groups& groups, const std::string& out) {
  const Comparison comparison = compare("", groups.curves);
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

}  // namespace

std::vector<std::string> runs_in(const std::string& folder) {
  std::vector<std::string> runs;
  std::error_code error;
  if (fs::exists(folder + "/config.txt", error)) return runs;  // a run, not a folder of them
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (fs::exists(entry.path() / "config.txt")) runs.push_back(entry.path().string());
  // seed-2 before seed-10: numbers in names count as numbers
  const auto key = [](const std::string& name) {
    std::string text;
    for (std::size_t i = 0; i < name.size();) {
      std::size_t end = i;
      while (end < name.size() && std::isdigit(static_cast<unsigned char>(name[end]))) ++end;
      text += end > i ? std::string(10 - std::min<std::size_t>(10, end - i), '0') : "";
      end = std::max(end, i + 1);
      text += name.substr(i, end - i), i = end;
    }
    return text;
  };
  std::sort(runs.begin(), runs.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });
  return runs;
}

bool has_learned(const std::string& folder) {
  return fs::exists(folder + "/progress.csv") && !learned_curve(folder).steps.empty();
}

void compare_runs(const std::vector<std::string>& folders, const std::string& out) {
  draw_and_print(groups_of(folders), out);
}

void gather_runs(const std::string& folder) {
  std::vector<std::string> learned;
  for (const std::string& run : runs_in(folder))
    if (has_learned(run))
      learned.push_back(run);
    else
      std::printf("%s has not finished an episode of its policy yet\n", run.c_str());
  if (learned.empty()) return;
  gather_table(learned, "progress.csv", {"episode", "env_steps", "return", "length", "seconds"},
               folder + "/episodes.csv");
  gather_table(learned, "eval.csv", {"env_steps", "episodes", "mean_return", "sd", "seconds"},
               folder + "/evaluations.csv");
  const Groups groups = groups_of(learned);
  print_summary(groups);
  std::printf("\n");
  draw_and_print(groups, folder + "/compare");
  std::printf("all episodes are in %s/episodes.csv\n", folder.c_str());
}

}  // namespace mbrl
