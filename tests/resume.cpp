// A run that is stopped or killed, and resumed, is the run that was never stopped: the same bits in
// its tables (but for the seconds) and in its last checkpoint, for every algorithm.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "algorithms/all.hpp"
#include "envs/all.hpp"
#include "report/run_folder.hpp"

using namespace mbrl;
namespace fs = std::filesystem;

namespace {

struct Killed {};

// One algorithm in one environment, with settings that are soon done.
struct Case {
  std::string algorithm, env = "pendulum";
  std::vector<std::pair<std::string, std::string>> settings{};
};

const std::vector<std::pair<std::string, std::string>> soon_done{
    {"initial-steps", "40"},   {"refit-every", "20"},
    {"epochs", "2"},           {"hidden-width", "8"},
    {"members", "3"},          {"elite-members", "2"},
    {"candidates", "20"},      {"elites", "5"},
    {"iterations", "2"},       {"horizon", "3"},
    {"rollouts", "12"},        {"rollouts-per-step", "2"},
    {"updates", "2"},          {"updates-per-step", "2"},
    {"learner-width", "8"},    {"learner-batch-size", "8"},
    {"planning-updates", "1"}, {"refit-episodes", "1"},
    {"check-every", "1"},      {"checkpoint-every", "7"},
    {"evaluate-every", "30"},  {"evaluate-episodes", "1"},
    {"record", "true"},        {"quiet", "true"},
    {"process-noise", "0.1"},  {"episodes", "0"},
    {"steps", "160"}};

// A case, ready to be run. Not to be moved: the settings point into it.
struct Prepared {
  Algorithm algorithm;
  RunOptions options;
  Settings settings;
  std::unique_ptr<Env> env;

  explicit Prepared(const Case& which)
      : algorithm(find_algorithm(which.algorithm)), env(make_env(which.env)) {
    options.list(settings);
    algorithm.list(settings);
    const auto has = [&](const std::string& key) {
      for (const auto& field : settings.fields())
        if (field.name == key) return true;
      return false;
    };
    for (const auto& [key, value] : soon_done)
      if (has(key)) settings.set(key, value);
    for (const auto& [key, value] : which.settings) settings.set(key, value);
    settings.check();
    env->process_noise = options.process_noise;
    env->spec.max_steps = 25;
  }
  Prepared(const Prepared&) = delete;
};

// A part of a run: from what its folder holds to its end, or to when it is stopped or killed.
enum class Ends { done, stopped, killed };
void go_on(const Case& which, const std::string& folder, int threads, Ends ends = Ends::done,
           int after = 0, int steps = 160) {
  Prepared run(which);
  RunOptions& options = run.options;
  options.threads = threads, options.steps = steps;
  options.out = folder;
  options.config = config_text(which.algorithm, which.env, run.settings);
  std::optional<Archive> saved;
  if (fs::exists(folder + "/checkpoint.bin")) saved.emplace(folder + "/checkpoint.bin");
  fs::create_directories(folder);
  const auto interrupted = [&] {
    if (ends == Ends::done || after-- > 0) return false;
    if (ends == Ends::killed) throw Killed();
    return true;
  };
  Recorder record(options, run.env->spec, "test", interrupted, std::move(saved));
  try {
    run.algorithm.run(*run.env, record);
  } catch (const Killed&) {
  }
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

// All that a run folder says, but for the seconds: a text for each file.
std::map<std::string, std::string> contents(const std::string& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name == "config.txt" || name == "previous.bin") continue;
    all[name] = bytes_of(entry.path().string());
    if (entry.path().extension() != ".csv") continue;
    const Csv csv = read_csv(entry.path().string());
    all[name] = "";
    for (const std::string& column : csv.columns) {
      all[name] += "\n" + column;
      if (column == "seconds") continue;
      for (const std::string& word : csv.words(column)) all[name] += "," + word;
    }
  }
  return all;
}

void check_same(const std::string& one, const std::string& other) {
  const auto these = contents(one), those = contents(other);
  CHECK(these.size() == those.size());
  CHECK(these.count("checkpoint.bin") == 1);
  CHECK(these.count("progress.csv") == 1);
  for (const auto& file : these) {
    CAPTURE(file.first);
    REQUIRE(those.count(file.first) == 1);
    const bool same = file.second == those.at(file.first);  // too long to be shown
    CHECK(same);
  }
}

std::string empty(const std::string& name) {
  const std::string folder = (fs::temp_directory_path() / ("mbrl-test-resume-" + name)).string();
  fs::remove_all(folder);
  return folder;
}

int steps_done(const std::string& folder) {
  Archive archive(folder + "/checkpoint.bin");
  int steps = 0;
  archive("recorder/env_steps", steps);
  return steps;
}

void check_resumes(const Case& which) {
  CAPTURE(which.algorithm);
  const std::string straight = empty("straight"), broken = empty("broken");
  go_on(which, straight, 1);
  Rng chance(1, which.algorithm);
  int resumed = 0;
  for (int part = 0; part < 12; ++part) {
    // The first parts are long enough for the base policy, the others for a step or some more.
    const auto after = chance.below(fs::exists(broken + "/checkpoint.bin") ? 25 : 90);
    go_on(which, broken, 1 + static_cast<int>(chance.below(2)),
          chance.below(2) ? Ends::killed : Ends::stopped, static_cast<int>(after));
    if (fs::exists(broken + "/checkpoint.bin") && steps_done(broken) < 160) ++resumed;
  }
  CHECK(resumed >= 5);
  go_on(which, broken, 2);
  check_same(straight, broken);
}

TEST_CASE("the planners resume to the bit") {
  for (const char* algorithm : {"v1.5", "pets", "oracle", "random"}) check_resumes({algorithm});
  check_resumes({"pets", "inverted_pendulum", {{"propagation", "MM"}, {"learned-reward", "true"}}});
}

TEST_CASE("every model resumes to the bit") {
  for (const char* model : {"P", "D", "DE", "BBB", "dropout"})
    check_resumes({"pets", "cartpole_balance", {{"model", model}}});
  check_resumes({"pets",
                 "reacher",
                 {{"learned-bounds", "true"},
                  {"resample", "true"},
                  {"noise-color", "2"},
                  {"keep-elites", "0.6"},
                  {"shrink", "1.3"}}});
}

TEST_CASE("the policies trained in a model resume to the bit") {
  for (const char* algorithm : {"v2.0", "v2.5"}) check_resumes({algorithm});
}

TEST_CASE("the learners resume to the bit, alone and with a model") {
  for (const char* algorithm : {"sac", "ddpg", "naf", "v3.0", "dyna-style", "mba", "mve", "mbpo"})
    check_resumes({algorithm});
  check_resumes({"mba", "cartpole_swingup", {{"imagine-with", "network"}}});
  check_resumes({"mbpo", "pendulum", {{"last-rollout-length", "4"}, {"schedule-to", "100"}}});
}

TEST_CASE("tables resume to the bit") {
  for (const char* algorithm : {"dyna", "q-learning"}) check_resumes({algorithm, "maze"});
  check_resumes({"dyna", "maze_blocking", {{"kappa", "0.01"}, {"update", "sample"}}});
}

// Every number of every transition of a run without a folder, on which a watcher looks who imagines
// futures of his own: taken in one part, or stopped and resumed in memory after so many steps.
std::vector<Scalar> watched(const Case& which, int part) {
  Prepared run(which);
  std::vector<Scalar> numbers;
  int left_of_part = 0, steps = 0;
  Watcher watcher;
  watcher.step = [&](const Transition& tr, bool learned) {
    for (const Vector* x : {&tr.s, &tr.a, &tr.s_next})
      numbers.insert(numbers.end(), x->begin(), x->end());
    ++steps;
    if (learned) --left_of_part;
  };
  watcher.searched = [&](const Vector& s, const Vector& plan, const Matrix& candidates,
                         const Watcher::Imagine& imagine) {
    Rng luck(1, "looking on");
    const std::vector<Matrix> futures = imagine(plan, 7, luck);
    CHECK(futures.size() == 3);
    CHECK(futures[0].rows() == s.size());
    CHECK(candidates.rows() == plan.size());
    CHECK(candidates.cols() == 20);
  };
  run.options.threads = 1;
  run.options.watcher = &watcher;
  std::optional<Archive> kept;
  for (bool done = false; !done;) {
    Archive left;
    run.options.left = &left;
    left_of_part = part;
    Recorder record(
        run.options, run.env->spec, "test", [&] { return left_of_part <= 0; },
        std::exchange(kept, {}));
    run.algorithm.run(*run.env, record);
    left.begin_loading();
    kept = std::move(left);
    done = !record.was_interrupted();
  }
  CHECK(steps == 160);
  return numbers;
}

TEST_CASE(
    "a run stopped and resumed in memory, and looked on, takes the steps that it would take") {
  for (const Case& which : {Case{"v1.5"}, Case{"pets"}, Case{"v2.5"}, Case{"mbpo"}, Case{"sac"},
                            Case{"dyna", "maze"}, Case{"random"}}) {
    CAPTURE(which.algorithm);
    const std::vector<Scalar> whole = watched(which, 1000);
    const bool by_ones = watched(which, 1) == whole, by_sevens = watched(which, 7) == whole;
    CHECK(by_ones);
    CHECK(by_sevens);
    const std::string folder = empty("unwatched");
    go_on(which, folder, 1);
    const Csv csv = read_csv(folder + "/transitions.csv");
    const std::vector<double> unwatched = csv.column("s_0");
    REQUIRE(unwatched.size() == 160);
    for (std::size_t t = 0; t < 160; ++t)
      CHECK(Scalar(unwatched[t]) == whole[t * (whole.size() / 160)]);
  }
}

TEST_CASE("a run that is done goes on under a larger budget, as if it had had it at once") {
  for (const char* algorithm : {"v1.5", "v2.5", "mbpo"}) {
    CAPTURE(algorithm);
    const std::string straight = empty("straight"), longer = empty("longer");
    go_on({algorithm}, straight, 1);
    go_on({algorithm}, longer, 1, Ends::done, 0, 90);
    CHECK(read_csv(longer + "/progress.csv").column("env_steps").back() < 91);
    go_on({algorithm}, longer, 2);
    check_same(straight, longer);
  }
}

TEST_CASE(
    "of 1,000 damaged checkpoints of real runs none is accepted: cut, bits flipped, versions") {
  const std::string path = (fs::temp_directory_path() / "mbrl-test-resume-damaged.bin").string();
  int accepted = 0, made = 0;
  for (const char* algorithm : {"v1.5", "mbpo"}) {
    const std::string folder = empty("damaged");
    go_on({algorithm}, folder, 2);
    const std::string whole = bytes_of(folder + "/checkpoint.bin");
    REQUIRE(whole.size() > 5000);
    Rng rng(1, "damage");
    const auto any = [&](std::size_t n) { return std::size_t(rng.below(static_cast<Index>(n))); };
    for (int k = 0; k < 500; ++k, ++made) {
      std::string damaged = whole;
      if (k % 5 == 0)  // cut somewhere, or to a length of any order of magnitude
        damaged.resize(k % 2 ? any(whole.size()) : (whole.size() - 1) >> any(16));
      else if (k % 5 == 1)  // another version
        damaged[8 + any(4)] ^= static_cast<char>(1 << any(8));
      else if (k % 5 == 2)  // a block of zeros
        damaged.replace(any(whole.size() - 64), 64, 64, '\0');
      else  // a bit or some
        for (std::size_t flips = 1 + any(4); flips > 0; --flips)
          damaged[any(whole.size())] ^= static_cast<char>(1 << any(8));
      if (damaged == whole) damaged += '!';
      std::ofstream(path, std::ios::binary) << damaged;
      try {
        Archive archive(path);
        ++accepted;
      } catch (const UserError&) {
      }
    }
  }
  CHECK(made == 1000);
  CHECK(accepted == 0);
}

TEST_CASE("nothing depends on checkpoints, evaluation or figures") {
  const std::string with = empty("with"), without = empty("without");
  go_on({"mbpo"}, with, 1);
  go_on({"mbpo", "pendulum", {{"evaluate-every", "0"}, {"checkpoint-every", "1000"}}}, without, 2);
  for (const char* table : {"progress", "model", "learner", "transitions"}) {
    const std::string name = std::string(table) + ".csv";
    CAPTURE(name);
    const bool same = contents(with).at(name) == contents(without).at(name);
    CHECK(same);
  }
}

}  // namespace
