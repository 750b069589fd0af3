// The program mbrl: its command line.

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "algorithms/all.hpp"
#include "envs/all.hpp"
#include "report/prediction.hpp"
#include "report/run_folder.hpp"

namespace mbrl {
namespace {

namespace fs = std::filesystem;

// ---- the commands ----

const char* const usage =
    "mbrl: the algorithms of the lecture \"Uncertainty in Model-Based RL\"\n\n"
    "  mbrl list                                   algorithms and environments\n"
    "  mbrl run ALGO --env ENV [--seed N] [--KEY VALUE ...] [--out DIR]     one training run\n"
    "  mbrl run ALGO --help                        every setting, its default and what it does\n"
    "  mbrl play DIR [--before] [--seed N]         roll out what was learned (first): play.gif, "
    "filmstrip.png\n"
    "  mbrl predict DIR [--seed N] [--out DIR]     the learned model against the truth, open loop\n"
    "  mbrl compare DIR DIR ... [--out NAME]       learning curves, mean and spread over seeds\n";

volatile std::sig_atomic_t stop_requested = 0;

int list_all() {
  std::cout << "algorithms\n";
  for (const auto& entry : algorithms())
    std::printf("  %-20s %s\n", entry.name.c_str(), entry.summary.c_str());
  std::cout << "environments\n";
  std::vector<std::string> names = env_names(), mazes = maze_names();
  names.insert(names.end(), mazes.begin(), mazes.end());
  for (const auto& name : names)
    std::printf("  %-20s %s\n", name.c_str(), make_env(name)->spec.summary.c_str());
  return 0;
}

void print_help(const Algorithm& algorithm, const Settings& settings) {
  std::cout << "mbrl run " << algorithm.name << " --env ENV [--KEY VALUE ...]\n"
            << algorithm.summary << "\n\n"
            << "  --env ENV                 required; mbrl list shows them\n"
            << "  --out DIR                 the run folder (runs/" << algorithm.name
            << "-ENV-SEED)\n";
  for (const auto& preset : settings.presets())
    std::printf("  --%-23s %s\n", ("preset " + preset.name).c_str(), preset.gloss.c_str());
  for (const auto& field : settings.fields())
    std::printf("  --%-23s %s\n%28s%s; default %s\n", (field.name).c_str(), field.gloss.c_str(), "",
                field.valid.c_str(), field.get().c_str());
}

// Reads "--key value" pairs; a switch may stand alone. `own` takes the keys that are not settings.
void read_flags(const std::vector<std::string>& words, Settings& settings,
                const std::function<bool(const std::string& key, const std::string& value)>& own) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].rfind("--", 0) != 0)
      throw UserError("'" + words[i] + "' is not a setting: settings look like --key value");
    const std::string key = words[i].substr(2);
    const bool has_value = i + 1 < words.size() && words[i + 1].rfind("--", 0) != 0;
    const std::string value = has_value ? words[i + 1] : "";
    if (has_value && own(key, value)) {
      ++i;
      continue;
    }
    auto& field = settings.find(key);
    if (!has_value && !field.is_switch)
      throw UserError("--" + key + " needs a value: " + field.valid);
    const bool takes_value = has_value && !(field.is_switch && value != "true" && value != "false");
    field.set(takes_value ? value : "true");
    if (takes_value) ++i;
  }
}

int run(const std::vector<std::string>& words) {
  if (words.empty()) throw UserError("mbrl run needs an algorithm: mbrl list shows them");
  Algorithm algorithm = find_algorithm(words[0]);
  RunOptions options;
  if (algorithm.steps > 0) options.steps = algorithm.steps, options.episodes = 0;
  Settings settings;
  options.list(settings);
  algorithm.list(settings);
  const std::vector<std::string> flags(words.begin() + 1, words.end());
  if (std::find(flags.begin(), flags.end(), "--help") != flags.end()) {
    print_help(algorithm, settings);
    return 0;
  }
  // A preset comes first, wherever it stands, so that the other flags refine it.
  for (std::size_t i = 0; i + 1 < flags.size(); ++i)
    if (flags[i] == "--preset") settings.apply_preset(flags[i + 1]);
  std::string env_name;
  read_flags(flags, settings, [&](const std::string& key, const std::string& value) {
    if (key == "env") env_name = value;
    if (key == "out") options.out = value;
    return key == "env" || key == "out" || key == "preset";
  });
  settings.check();
  if (env_name.empty()) throw UserError("which environment? --env NAME (mbrl list shows them)");
  const auto env = make_env(env_name);
  require_accepts(algorithm, *env);
  env->process_noise = options.process_noise;
  if (options.out.empty())
    options.out = "runs/" + algorithm.name + "-" + env_name + "-" + std::to_string(options.seed);
  create_run_folder(options.out, algorithm.name, env_name, settings);

  const auto on_signal = [](int) { stop_requested = 1; };
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  const std::string title = "mbrl " + algorithm.name + " on " + env_name + ", seed " +
                            std::to_string(options.seed) + ", " + std::to_string(options.threads) +
                            " threads, " + (sizeof(Scalar) == 4 ? "float" : "double");
  Recorder record(options, env->spec, title, [] { return stop_requested != 0; });
  algorithm.run(*env, record);
  record.finish();
  draw_learning_curve(options.out, env->spec);
  draw_plans(options.out);
  return record.was_interrupted() ? 130 : 0;
}

// What was learned in a run folder, ready to act. Not to be moved: the policy points into it.
struct Learned {
  RunOptions options;
  Settings settings;
  std::string out, checkpoint = "checkpoint.bin";
  std::unique_ptr<Env> env;
  std::unique_ptr<Workers> workers;
  Policy policy;

  // words: the folder, and flags that overrule the run's settings
  Learned(const std::string& command, std::vector<std::string> words) {
    if (std::erase(words, "--before") > 0) checkpoint = "first.bin";
    if (words.empty()) throw UserError("mbrl " + command + " needs a run folder");
    out = words[0];
    const auto config = read_config(words[0]);
    const Algorithm algorithm = find_algorithm(config.at("algorithm"));
    options.list(settings);
    algorithm.list(settings);
    apply_config(config, settings);
    options.seed += 1000;  // episodes that training has not seen
    read_flags({words.begin() + 1, words.end()}, settings,
               [&](const std::string& key, const std::string& value) {
                 if (key == "out") out = value;
                 return key == "out";
               });
    settings.check();
    env = make_env(config.at("env"));
    env->process_noise = options.process_noise;
    workers = std::make_unique<Workers>(options.threads);
    policy = algorithm.load(*env, seed(), *workers, words[0] + "/" + checkpoint);
    fs::create_directories(out);
  }
  std::uint64_t seed() const { return static_cast<std::uint64_t>(options.seed); }
};

int play(const std::vector<std::string>& words) {
  const Learned learned("play", words);
  const Env& env = *learned.env;
  World world(env, Rng(learned.seed(), "play"));
  Film film;
  double total = 0;
  film.add(env, world.s(), total);
  learned.policy.begin_episode();
  while (!world.over()) {
    const Transition tr = world.step(learned.policy.act(world.s()));
    total += double(tr.reward);
    film.add(env, tr.s_next, total);
  }
  std::printf("played one episode of %s: return %.2f in %zu steps\n", env.spec.name.c_str(), total,
              film.frames.size() - 1);
  const std::string stem = learned.out + (learned.checkpoint == "first.bin" ? "/before_" : "/");
  film.save(env, stem + "play.gif", stem + "filmstrip.png");
  return 0;
}

int predict(const std::vector<std::string>& words) {
  const Learned learned("predict", words);
  if (!learned.policy.imagine)
    throw UserError("there is no learned model in " + words[0] + " to predict with");
  const int H = 2 * learned.env->spec.horizon;
  report_predictions(*learned.env, learned.policy, H, learned.seed(), learned.out);
  return 0;
}

int compare(const std::vector<std::string>& words) {
  std::vector<std::string> folders;
  std::string out = "compare";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--out" && i + 1 < words.size())
      out = words[++i];
    else if (words[i].rfind("--", 0) == 0)
      throw UserError("unknown setting " + words[i] + ": mbrl compare knows --out NAME");
    else
      folders.push_back(words[i]);
  }
  if (folders.empty()) throw UserError("mbrl compare needs run folders");
  compare_runs(folders, out);
  return 0;
}

int dispatch(const std::vector<std::string>& words) {
  const std::string command = words.empty() ? "" : words[0];
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  if (command == "list") return list_all();
  if (command == "run") return run(rest);
  if (command == "play") return play(rest);
  if (command == "predict") return predict(rest);
  if (command == "compare") return compare(rest);
  if (command.empty() || command == "--help" || command == "help") {
    std::cout << usage;
    return command.empty() ? 2 : 0;
  }
  throw UserError("unknown command '" + command + "': did you mean '" +
                  nearest(command, {"list", "run", "play", "predict", "compare", "help"}) + "'?");
}

}  // namespace
}  // namespace mbrl

// Exit status: 0 done, 1 the machine failed us, 2 wrong input, 3 the numbers diverged, 130 stopped
// by Ctrl-C.
int main(int argc, char** argv) {
#ifdef __GLIBC__
  // Keep large blocks instead of handing them back to the system after every batch.
  mallopt(M_MMAP_THRESHOLD, 256 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
#endif
  try {
    return mbrl::dispatch({argv + 1, argv + argc});
  } catch (const mbrl::UserError& error) {
    std::cerr << "mbrl: " << error.what() << "\n";
    return 2;
  } catch (const mbrl::Diverged& error) {
    std::cerr << "\nmbrl: stopped, because " << error.what()
              << "; a smaller --learning-rate is the first thing to try\n";
    return 3;
  } catch (const std::exception& error) {  // the machine's fault: no memory, no disk
    std::cerr << "mbrl: " << error.what() << "\n";
    return 1;
  }
}
