// What was asked for on the command line, or in a run folder's config.txt: which algorithm, in
// which environment, with which settings. Whatever is wrong with it is said here, before anything
// runs.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "algorithms/all.hpp"
#include "envs/all.hpp"
#include "report/run_folder.hpp"

namespace mbrl {

// A flag of a command itself, like --out DIR, that is no setting of the run.
struct CommandFlag {
  std::string name, valid;
  std::string* value;
};

// Reads "--key value" pairs; a switch may stand alone.
inline void read_flags(const std::vector<std::string>& words, Settings& settings,
                       const std::vector<CommandFlag>& own = {}) {
  std::vector<std::string> own_names;
  for (const CommandFlag& flag : own) own_names.push_back(flag.name);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].rfind("--", 0) != 0)
      throw UserError("'" + words[i] + "' is not a setting: settings look like --key value");
    const std::string key = words[i].substr(2);
    const bool has_value = i + 1 < words.size() && words[i + 1].rfind("--", 0) != 0;
    const std::string value = has_value ? words[i + 1] : "";
    const auto flag = std::find(own_names.begin(), own_names.end(), key);
    if (flag != own_names.end()) {
      const CommandFlag& command = own[std::size_t(flag - own_names.begin())];
      if (!has_value) throw UserError("--" + key + " needs a value: " + command.valid);
      *command.value = value;
      ++i;
      continue;
    }
    auto& field = settings.find(key, own_names);
    if (!has_value && !field.is_switch)
      throw UserError("--" + key + " needs a value: " + field.valid);
    const bool takes_value = has_value && !(field.is_switch && value != "true" && value != "false");
    field.set(takes_value ? value : "true");
    if (takes_value) ++i;
  }
}

// The settings that these words name.
inline std::set<std::string> named_in(const std::vector<std::string>& words) {
  std::set<std::string> names;
  for (std::string word : words) {
    if (word.rfind("--", 0) != 0) continue;
    std::replace(word.begin(), word.end(), '_', '-');
    names.insert(word.substr(2));
  }
  return names;
}

// Not to be moved: the settings point into it.
struct Request {
  Algorithm algorithm;
  RunOptions options;
  Settings settings;
  std::string env_name, preset;
  std::unique_ptr<Env> env;

  explicit Request(const std::string& algorithm_name) : algorithm(find_algorithm(algorithm_name)) {
    if (algorithm.steps > 0) options.steps = algorithm.steps, options.episodes = 0;
    options.list(settings);
    algorithm.list(settings);
  }
  Request(const Request&) = delete;

  // The words behind `mbrl run ALGO`.
  void read(const std::vector<std::string>& words) {
    // A preset comes first, wherever it stands, so that the other flags refine it. One with the
    // name of the environment is what that environment is for, where no other is asked for.
    std::string named_like_env;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const std::string& value = words[i + 1];
      if (words[i] == "--env") named_like_env = settings.has_preset(value) ? value : "";
      if (words[i] == "--preset" && value.rfind("--", 0) != 0) preset = value;
    }
    if (preset.empty()) preset = named_like_env;
    if (!preset.empty()) settings.apply_preset(preset);
    read_flags(words, settings,
               {{"env", "NAME (mbrl list shows them)", &env_name},
                {"out", "DIR", &options.out},
                {"preset", "NAME (--help shows them)", &preset}});
    if (env_name.empty()) throw UserError("which environment? --env NAME (mbrl list shows them)");
    complete();
    if (options.out.empty())
      options.out = "runs/" + algorithm.name + "-" + env_name + "-" + std::to_string(options.seed);
  }

  // What config.txt says of a run, and the words behind `mbrl resume DIR`.
  void read(const RunConfig& config, const std::vector<std::string>& words) {
    for (const std::string& word : words)
      if (word.rfind("--", 0) == 0 && !may_change_on_resume(word.substr(2)))
        throw UserError(word + ": a run that is resumed keeps its settings, all but --steps, " +
                        "--episodes, --threads, --checkpoint-every and --quiet");
    apply_config(config, settings, named_in(words));
    read_flags(words, settings);
    env_name = config.at("env");
    complete();
  }

  // When all is set: checks it, and makes the environment.
  void complete() {
    settings.check();
    env = make_env(env_name);
    require_accepts(algorithm, *env);
    env->process_noise = options.process_noise;
    options.config = config_text(algorithm.name, env_name, settings);
  }

  std::uint64_t seed() const { return static_cast<std::uint64_t>(options.seed); }
};

}  // namespace mbrl
