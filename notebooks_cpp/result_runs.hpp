// The runs behind docs/results/*.csv, one row per episode or evaluation:
// algorithm, env, setting, seed, kind, env_steps, return, seconds.
#pragma once

#include <map>

#include "report/curves.hpp"

namespace mbrl {

struct Which {
  std::string algorithm, env;
  std::string setting = "default";
  std::string kind = "episode";  // "evaluation": without exploration
};

// One curve per seed, over real steps or over seconds, every value the mean of the last `window`:
// what a policy is worth, without the luck of one episode.
inline RunGroup runs_of(const Csv& csv, const Which& which, const std::string& label,
                        std::size_t window = 5, const std::string& x = "env_steps") {
  const auto algorithms = csv.words("algorithm"), envs = csv.words("env"),
             settings = csv.words("setting"), seeds = csv.words("seed"), kinds = csv.words("kind");
  const auto xs = csv.column(x), values = csv.column("return");
  std::map<std::string, std::vector<double>> of_seed;
  std::map<std::string, RunCurve> by_seed;
  for (std::size_t r = 0; r < xs.size(); ++r) {
    if (algorithms[r] != which.algorithm || envs[r] != which.env || settings[r] != which.setting ||
        kinds[r] != which.kind)
      continue;
    std::vector<double>& so_far = of_seed[seeds[r]];
    so_far.push_back(values[r]);
    const std::size_t n = std::min(window, so_far.size());
    double sum = 0;
    for (std::size_t k = so_far.size() - n; k < so_far.size(); ++k) sum += so_far[k];
    by_seed[seeds[r]].steps.push_back(xs[r]);
    by_seed[seeds[r]].returns.push_back(sum / double(n));
  }
  RunGroup group{label, {}};
  for (const auto& [seed, run] : by_seed) group.runs.push_back(run);
  return group;
}

}  // namespace mbrl
