// A run folder: config.txt, progress.csv, model.csv, checkpoint.bin, and the figures drawn from
// them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/settings.hpp"
#include "envs/env.hpp"

namespace mbrl {

// What config.txt says of a run: a line for the algorithm, the environment and every setting.
std::string config_text(const std::string& algorithm, const std::string& env,
                        const Settings& settings);
// Throws UserError if the folder holds something already: an existing run is never overwritten.
void require_fresh(const std::string& folder);
// Creates the folder, which is to be fresh, and writes config.txt.
void create_run_folder(const std::string& folder, const std::string& config);

// While it lives, no other process can run into that folder. Throws UserError if one does already.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;

 private:
  int folder_;  // a file descriptor; the lock goes with it, and with the process
};

using RunConfig = std::map<std::string, std::string>;
// The settings of a run, by name, and "algorithm" and "env". Refuses what is no run folder.
RunConfig read_config(const std::string& folder);
// The same from the text of config.txt; path: for what is said of its mistakes.
RunConfig parse_config(const std::string& text, const std::string& path);
// Sets every setting but the overruled ones, which may be anything; throws UserError if one is
// missing, unknown, or out of its range.
void apply_config(const RunConfig& config, Settings& settings,
                  const std::set<std::string>& overruled = {});

// Says once where the figures are, or why there are none.
void announce(bool drawn, const std::string& what);

// Draws learning_curve.png and .svg of a run folder from its CSV files.
void draw_learning_curve(const std::string& folder, const EnvSpec& spec);

// Draws plans.png and .svg: promised against real return of the plans that were chosen, if any
// were.
void draw_plans(const std::string& folder);

// One episode as a person sees it.
struct Film {
  std::vector<Drawing> frames{};
  std::vector<std::string> captions{};

  void add(const Env& env, const Vector& s, double total_reward);
  // Draws the two pictures.
  void save(const Env& env, const std::string& gif, const std::string& strip) const;
};

}  // namespace mbrl
