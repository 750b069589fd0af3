// The program mbrl: its command line.

#include "learners/exported_policy.hpp"
#include "many_runs.hpp"
#include "report/prediction.hpp"

namespace mbrl {
namespace {

// ---- the commands ----

const char* const usage =
    "mbrl: the algorithms of the lecture \"Uncertainty in Model-Based RL\"\n\n"
    "  mbrl list                                   algorithms and environments\n"
    "  mbrl run ALGO --env ENV [--seed N] [--KEY VALUE ...] [--out DIR]     one training run\n"
    "  mbrl run ALGO,... --env ENV,... --seeds 1-5 [--KEY V1,V2,...] [--jobs N]     many runs side "
    "by side (--print-commands: on other machines)\n"
    "  mbrl run ALGO --help                        every setting, its default and what it does\n"
    "  mbrl resume DIR [--steps N] [--episodes N] [--previous]     go on with a run that was "
    "stopped, or longer than before\n"
    "  mbrl play DIR [--before] [--seed N]         roll out what was learned (first): play.gif, "
    "filmstrip.png\n"
    "  mbrl play DIR --export FILE                 the same, and the learned policy in a file for "
    "the live page\n"
    "  mbrl predict DIR [--seed N] [--out DIR]     the learned model against the truth, open loop\n"
    "  mbrl compare DIR DIR ... [--out NAME]       learning curves, mean and spread over seeds\n";

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
            << "-ENV-SEED)\n"
            << "  --seeds 1-5 (or 1,4,9)    many runs, one for each seed, side by side into\n"
            << "                            runs/" << algorithm.name << "-ENV; every other "
            << "setting may be a list too: --KEY V1,V2\n"
            << "  --jobs N                  how many of them at once (as many as processors)\n"
            << "  --print-commands          print a command for each instead of running it\n";
  for (const auto& preset : settings.presets())
    std::printf("  --%-23s %s\n", ("preset " + preset.name).c_str(), preset.gloss.c_str());
  for (const auto& field : settings.fields())
    std::printf("  --%-23s %s\n%28s%s; default %s\n", (field.name).c_str(), field.gloss.c_str(), "",
                field.valid.c_str(), field.get().c_str());
}

int run(const std::vector<std::string>& words) {
  if (words.empty()) throw UserError("mbrl run needs an algorithm: mbrl list shows them");
  if (is_grid(words)) return run_grid(words);
  Request asked(words[0]);
  const std::vector<std::string> flags(words.begin() + 1, words.end());
  if (std::find(flags.begin(), flags.end(), "--help") != flags.end()) {
    print_help(asked.algorithm, asked.settings);
    return 0;
  }
  asked.read(flags);
  create_run_folder(asked.options.out, asked.options.config);
  return run_to_the_end(asked);
}

// ---- what was learned ----

// What was learned in a run folder, ready to act. Not to be moved: the policy points into it.
struct Learned {
  std::string folder, out, file, checkpoint = "checkpoint.bin";
  int env_steps = 0;  // that it was learned in
  std::unique_ptr<Request> asked;
  std::unique_ptr<Workers> workers;
  Policy policy;

  // words: the folder, and flags that overrule the run's settings
  Learned(const std::string& command, std::vector<std::string> words) {
    if (std::erase(words, "--before") > 0) checkpoint = "first.bin";
    if (words.empty()) throw UserError("mbrl " + command + " needs a run folder");
    folder = out = words[0];
    const RunConfig config = read_config(folder);
    asked = std::make_unique<Request>(config.at("algorithm"));
    asked->env_name = config.at("env");
    words.erase(words.begin());
    apply_config(config, asked->settings, named_in(words));
    asked->options.seed += 1000;  // episodes that training has not seen
    std::vector<CommandFlag> own{{"out", "DIR", &out}};
    if (command == "play") own.push_back({"export", "FILE", &file});
    read_flags(words, asked->settings, own);
    asked->complete();
    workers = std::make_unique<Workers>(asked->options.threads);
    const std::string path = folder + "/" + checkpoint;
    if (fs::exists(path)) {
      Archive archive(path);
      require_run_of(archive, asked->algorithm.name, asked->env_name);
      archive.inside("recorder", [&] { archive("env_steps", env_steps); });
    }
    policy = asked->algorithm.load(*asked->env, asked->seed(), *workers, path);
    fs::create_directories(out);
  }
  const Env& env() const { return *asked->env; }
};

void export_policy(const Learned& learned) {
  if (!learned.policy.network)
    throw UserError("there is no policy to export in " + learned.folder +
                    ": v3.0, dyna-style, mba, mve, mbpo, sac, ddpg and naf learn one");
  write_whole(learned.file, text_of({learned.env().spec.name, learned.asked->algorithm.name,
                                     learned.env_steps, *learned.policy.network}));
  std::printf("the policy is in %s\n", learned.file.c_str());
}

int play(const std::vector<std::string>& words) {
  const Learned learned("play", words);
  if (!learned.file.empty()) export_policy(learned);
  const Env& env = learned.env();
  World world(env, Rng(learned.asked->seed(), "play"));
  Film film;
  double total = 0;
  film.add(env, world.s(), total);
  learned.policy.begin_episode();
  while (!world.over()) {
    const Transition tr = world.step(learned.policy.act(world.s()));
    total += double(tr.reward);
    film.add(env, tr.s_next, total);
  }
  std::printf("played one episode of %s: return %s in %zu steps\n", env.spec.name.c_str(),
              return_text(total).c_str(), film.frames.size() - 1);
  const std::string stem = learned.out + (learned.checkpoint == "first.bin" ? "/before_" : "/");
  film.save(env, stem + "play.gif", stem + "filmstrip.png");
  return 0;
}

int predict(const std::vector<std::string>& words) {
  const Learned learned("predict", words);
  if (!learned.policy.imagine)
    throw UserError("there is no learned model in " + words[0] + " to predict with");
  const int H = 2 * learned.env().spec.horizon;
  report_predictions(learned.env(), learned.policy, H, learned.asked->seed(), learned.out);
  return 0;
}

int compare(const std::vector<std::string>& words) {
  std::vector<std::string> folders;
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--out" && i + 1 == words.size())
      throw UserError("--out needs a value: NAME");
    else if (words[i] == "--out")
      out = words[++i];
    else if (words[i].rfind("--", 0) == 0)
      throw UserError("unknown setting " + words[i] + ": mbrl compare knows --out NAME");
    else
      folders.push_back(words[i]);
  }
  if (folders.empty()) throw UserError("mbrl compare needs run folders");
  if (folders.size() == 1 && out.empty() && !runs_in(folders[0]).empty()) {
    gather_runs(folders[0]);
    return 0;
  }
  std::vector<std::string> runs;
  for (const std::string& folder : folders) {
    const std::vector<std::string> inside = runs_in(folder);
    if (inside.empty()) runs.push_back(folder);
    runs.insert(runs.end(), inside.begin(), inside.end());
  }
  compare_runs(runs, out.empty() ? "compare" : out);
  return 0;
}

int dispatch(const std::vector<std::string>& words) {
  const std::string command = words.empty() ? "" : words[0];
  const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
  if (command == "list") return list_all();
  if (command == "run") return run(rest);
  if (command == "resume") return resume(rest);
  if (command == "play") return play(rest);
  if (command == "predict") return predict(rest);
  if (command == "compare") return compare(rest);
  if (command.empty() || command == "--help" || command == "help") {
    std::cout << usage;
    return command.empty() ? 2 : 0;
  }
  throw UserError(
      "unknown command '" + command + "': did you mean '" +
      nearest(command, {"list", "run", "resume", "play", "predict", "compare", "help"}) + "'?");
}

}  // namespace
}  // namespace mbrl

// Exit status: 0 done, 1 the machine failed us, 2 wrong input, 3 the numbers diverged, 130 stopped
// by Ctrl-C.
int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
  mbrl::program_name = argv[0];
  return mbrl::guarded([&] { return mbrl::dispatch({argv + 1, argv + argc}); });
}
