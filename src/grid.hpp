// One command for many runs: several algorithms, environments, seeds and settings, each with each.
//
//   mbrl run v1.5,pets --env pendulum --seeds 1-5 --members 3,5
//
// Every list of values is an axis of the grid; every point of it is a run with a folder of its own.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "core/text.hpp"

namespace mbrl {

struct Grid {
  struct Point {
    std::string label, name;  // "members 3, seed 1", and its folder "members-3_seed-1"
    std::string algorithm;
    std::vector<std::string> words;  // the flags of one run, without --out
  };
  std::vector<Point> points;
  std::string out;              // the folder of their folders
  std::string jobs;             // how many at once; empty: as many as there are processors
  bool print_commands = false;  // instead of running them
};

// "1-5" and "1,4,7-9" as numbers, in words.
inline std::vector<std::string> seeds_in(const std::string& text) {
  const auto number = [&](const std::string& digits) {
    if (digits.empty() || digits.size() > 9 ||
        digits.find_first_not_of("0123456789") != std::string::npos)
      throw UserError("--seeds " + text + ": expected numbers and ranges, as in 1-5 or 1,4,9");
    return std::stoi(digits);
  };
  std::vector<std::string> seeds;
  for (const std::string& part : split(text, ',')) {
    const std::size_t dash = part.find('-');
    const int first = number(part.substr(0, dash));
    const int last = dash == std::string::npos ? first : number(part.substr(dash + 1));
    if (last < first) throw UserError("--seeds " + text + ": " + part + " is empty");
    if (last - first >= 10000) throw UserError("--seeds " + text + ": that is too many");
    for (int seed = first; seed <= last; ++seed) seeds.push_back(std::to_string(seed));
  }
  return seeds;
}

// Whether the words behind `mbrl run` ask for more than one run, or for a folder of runs.
inline bool is_grid(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool names_a_folder = i > 0 && words[i - 1] == "--out";
    if (words[i] == "--seeds" || words[i] == "--jobs" || words[i] == "--print-commands")
      return true;
    if (words[i].find(',') != std::string::npos && !names_a_folder) return true;
  }
  return false;
}

// Reads the words behind `mbrl run`. Whether the settings are valid is not known here.
inline Grid read_grid(const std::vector<std::string>& words) {
  struct Axis {
    std::string key;  // "": the algorithm
    std::vector<std::string> values;
  };
  Grid grid;
  std::vector<Axis> axes{{"", split(words.at(0), ',')}};
  std::vector<std::string> rest;  // what all runs have in common
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool has_value = i + 1 < words.size() && words[i + 1].rfind("--", 0) != 0;
    if (word == "--print-commands") {
      grid.print_commands = true;
    } else if (word == "--out" || word == "--jobs" || word == "--seeds") {
      if (!has_value)
        throw UserError(word + " needs a value: " +
                        (word == "--out"    ? "DIR"
                         : word == "--jobs" ? "how many runs at once"
                                            : "1-5 or 1,4,9"));
      const std::string& value = words[++i];
      if (word == "--out") grid.out = value;
      if (word == "--jobs") grid.jobs = value;
      if (word == "--seeds") axes.push_back({"seed", seeds_in(value)});
    } else if (has_value && words[i + 1].find(',') != std::string::npos) {
      axes.push_back({word.substr(word.find_first_not_of('-')), split(words[++i], ',')});
    } else {
      rest.push_back(word);
      if (has_value) rest.push_back(words[++i]);
    }
  }

  for (const Axis& axis : axes)
    for (std::size_t i = 0; i < rest.size(); ++i)
      if (rest[i] == "--" + axis.key && !axis.key.empty())
        throw UserError(axis.key == "seed" ? "--seed and --seeds: one of them"
                                           : "--" + axis.key + " is there twice");

  std::string env = "ENV";
  for (std::size_t i = 0; i + 1 < rest.size(); ++i)
    if (rest[i] == "--env") env = rest[i + 1];
  std::string algorithms, envs;
  std::size_t n = 1;
  for (const Axis& axis : axes) {
    std::set<std::string> once;
    for (const std::string& value : axis.values) {
      const std::string what = axis.key.empty() ? "the algorithm" : "--" + axis.key;
      if (value.empty()) throw UserError(what + ": a value between commas is missing");
      if (!once.insert(value).second) throw UserError(what + ": " + value + " is there twice");
      std::string& names = axis.key.empty() ? algorithms : envs;
      if (axis.key.empty() || axis.key == "env") names += (names.empty() ? "" : "+") + value;
    }
    n *= axis.values.size();
  }
  if (n > 10000) throw UserError(std::to_string(n) + " runs in one command: at most 10000");
  if (grid.out.empty()) grid.out = "runs/" + algorithms + "-" + (envs.empty() ? env : envs);

  // The last axis changes fastest, but seeds change slowest: the first of each setting is there
  // soon.
  std::stable_partition(axes.begin(), axes.end(), [](const Axis& a) { return a.key == "seed"; });
  for (std::size_t k = 0; k < n; ++k) {
    Grid::Point point;
    std::size_t below = n, left = k;
    std::string seed;
    for (const Axis& axis : axes) {
      below /= axis.values.size();
      const std::string& value = axis.values[left / below];
      left %= below;
      const bool plain = axis.key.empty() || axis.key == "env";
      if (axis.key.empty())
        point.algorithm = value;
      else
        point.words.insert(point.words.end(), {"--" + axis.key, value});
      if (axis.key == "seed") seed = value;
      if (axis.key == "seed" || axis.values.size() == 1) continue;
      point.label += (point.label.empty() ? "" : ", ") + (plain ? "" : axis.key + " ") + value;
      point.name += (point.name.empty() ? "" : "_") + (plain ? "" : axis.key + "-") + value;
    }
    point.words.insert(point.words.end(), rest.begin(), rest.end());
    if (!seed.empty()) {
      point.label += (point.label.empty() ? "" : ", ") + ("seed " + seed);
      point.name += (point.name.empty() ? "" : "_") + ("seed-" + seed);
    }
    if (point.name.empty()) point.label = point.algorithm, point.name = "run";
    grid.points.push_back(std::move(point));
  }
  return grid;
}

}  // namespace mbrl
