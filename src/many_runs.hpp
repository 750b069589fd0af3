// Many runs by one command: side by side on this machine, or as commands for others.
#pragma once

#include "grid.hpp"
#include "one_run.hpp"
#include "report/compare.hpp"
#include "report/side_by_side.hpp"

namespace mbrl {

// jobs: what --jobs says; empty: as many runs at once as there are processors for
// threads: of each run, if that was asked for; else 0
inline SideBySide side_by_side(const std::string& jobs, int threads, bool quiet) {
  SideBySide how{.threads = threads, .quiet = quiet};
  how.processors = default_threads(std::thread::hardware_concurrency());
  how.at_once = std::max(1, how.processors / std::max(1, threads));
  Settings flags;
  flags("jobs", how.at_once, 1, 4096, "runs at once");
  if (!jobs.empty()) flags.set("jobs", jobs);
  return how;
}

// Works through run folders that are not done, side by side; then shows them together.
inline int resume_all(const std::string& folder, const std::vector<Job>& jobs,
                      const SideBySide& how) {
  const FolderLock lock(folder);
  stop_on_signals();
  const std::vector<int> statuses =
      run_side_by_side(jobs, how, [] { return static_cast<int>(stop_requested); });
  gather_runs(folder);
  if (stop_requested) return 130;
  for (const int status : statuses)
    if (status != 0) return status;
  return 0;
}

// The value of a flag among words; empty if it is not there.
inline std::string value_of(const std::string& flag, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == flag) return words[i + 1];
  return "";
}

// The same command line, so that a shell reads it back.
inline std::string quoted(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    const bool plain = word.find_first_not_of(
                           "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                           "-_./=+:,@%") == std::string::npos;
    line += (line.empty() ? "" : " ") + (plain && !word.empty() ? word : "'" + word + "'");
  }
  return line;
}

inline std::string program_name = "mbrl";

inline int run_grid(const std::vector<std::string>& words) {
  const Grid grid = read_grid(words);
  std::vector<Job> jobs;
  std::vector<std::string> configs;
  int threads = 0;
  bool quiet = false;
  for (const Grid::Point& point : grid.points) {  // all are checked before any begins
    Request asked(point.algorithm);
    std::vector<std::string> flags = point.words;
    flags.insert(flags.end(), {"--out", grid.out + "/" + point.name});
    asked.read(flags);
    if (!value_of("--threads", flags).empty()) threads = asked.options.threads;
    quiet = asked.options.quiet;
    configs.push_back(asked.options.config);
    const std::string folder = asked.options.out;
    jobs.push_back({point.label, folder, [folder](LiveStatus& live) {
                      return guarded([&] { return resume_one({folder}, &live); });
                    }});
    if (!grid.print_commands) continue;
    flags.insert(flags.begin(), {program_name, "run", point.algorithm});
    std::printf("%s\n", quoted(flags).c_str());
  }
  if (grid.print_commands) return 0;

  const SideBySide how = side_by_side(grid.jobs, threads, quiet);
  require_fresh(grid.out);
  for (std::size_t i = 0; i < jobs.size(); ++i) create_run_folder(jobs[i].folder, configs[i]);
  std::printf("%zu runs into %s\n", jobs.size(), grid.out.c_str());
  return resume_all(grid.out, jobs, how);
}

// Goes on with a run, or with all those of a folder that are not done.
inline int resume(std::vector<std::string> words) {
  if (words.empty()) throw UserError("mbrl resume needs a run folder");
  const std::string folder = words[0];
  const std::vector<std::string> runs = runs_in(folder);
  if (runs.empty()) return resume_one(words);

  const bool print = std::erase(words, "--print-commands") > 0;
  std::string at_once;
  const auto flag = std::find(words.begin(), words.end(), "--jobs");
  if (flag != words.end()) {
    if (flag + 1 == words.end()) throw UserError("--jobs needs a value: how many runs at once");
    at_once = *(flag + 1);
    words.erase(flag, flag + 2);
  }
  std::vector<Job> jobs;
  int threads = 0;
  bool quiet = false;
  for (const std::string& run : runs) {
    std::vector<std::string> one{words};
    one[0] = run;
    const RunConfig config = read_config(run);
    Request asked(config.at("algorithm"));
    asked.read(config, {one.begin() + 1, one.end()});
    if (!value_of("--threads", one).empty()) threads = asked.options.threads;
    quiet = asked.options.quiet;
    jobs.push_back({fs::path(run).filename().string(), run, [one](LiveStatus& live) {
                      return guarded([&] { return resume_one(one, &live); });
                    }});
    one.insert(one.begin(), {program_name, "resume"});
    if (print) std::printf("%s\n", quoted(one).c_str());
  }
  return print ? 0 : resume_all(folder, jobs, side_by_side(at_once, threads, quiet));
}

}  // namespace mbrl
