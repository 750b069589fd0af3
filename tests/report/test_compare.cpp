#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "pictures.hpp"
#include "report/compare.hpp"
#include "report/csv.hpp"

namespace test_compare {

using namespace mbrl;
namespace fs = std::filesystem;

// A run of one episode, whose config.txt holds these lines.
std::string run_with(const fs::path& folder, const std::string& settings, double value,
                     int steps = 100) {
  fs::create_directories(folder);
  std::ofstream(folder / "config.txt") << settings;
  CsvWriter csv((folder / "progress.csv").string(), {"env_steps", "episode", "return", "phase"});
  csv.row({steps, 1, value, "learned"});
  return folder.string();
}

TEST_CASE("runs are compared in groups: a label names the settings that differ, and only these") {
  const fs::path at = fs::temp_directory_path() / "mbrl-test-compare";
  fs::remove_all(at);
  const std::string task = "algorithm = pets\nenv = pendulum\nhidden-width = 64\n";
  const auto run = [&](const std::string& name, const std::string& settings, double value) {
    return run_with(at / name, settings, value);
  };
  const std::vector<std::string> folders{
      run("a", task + "seed = 1\nthreads = 1\nbatch-size = 8\n", 1),
      run("b", task + "seed = 2\nthreads = 2\nbatch-size = 8\n", 3),
      run("c", task + "seed = 1\nthreads = 2\nbatch-size = 64\n", 10),
      run("d", "algorithm = sac\nenv = pendulum\nseed = 1\nbatch-size = 256\n", 20)};
  compare_runs(folders, (at / "all").string());
  const Csv all = read_csv((at / "all.csv").string());
  CHECK(all.words("label") == std::vector<std::string>{"pets on pendulum, batch-size 8",
                                                       "pets on pendulum, batch-size 64",
                                                       "sac on pendulum"});
  CHECK(all.number(0, "mean") == 2);
  CHECK(all.number(0, "seeds") == 2);
  fs::remove_all(at);
}

TEST_CASE("runs that have no step in common are compared all the same") {
  const fs::path at = fs::temp_directory_path() / "mbrl-test-compare-apart";
  fs::remove_all(at);
  const std::string settings = "algorithm = pets\nenv = pendulum\nseed = ";
  compare_runs(
      {run_with(at / "a", settings + "1\n", 1, 100), run_with(at / "b", settings + "2\n", 2, 200)},
      (at / "both").string());
  CHECK(read_csv((at / "both.csv").string()).rows.empty());
  fs::remove_all(at);
}

TEST_CASE("one run is not counted as two seeds, neither under one name nor as a copy") {
  const TestFolder folder("mbrl-same");
  const std::string settings = "algorithm = pets\nenv = pendulum\nhidden-width = 8\nseed = ";
  const std::string a = run_with(folder / "a", settings + "1\n", 1),
                    copy = run_with(folder / "copy", settings + "1\nthreads = 2\n", 1),
                    b = run_with(folder / "b", settings + "2\n", 2);
  for (const std::string& again : {a, a + "/", a + "/../a", copy})
    CHECK_THROWS_WITH_AS(compare_runs({a, b, again}, folder / "out"),
                         doctest::Contains("no second seed"), UserError);
  CHECK_FALSE(fs::exists(folder / "out.csv"));
  compare_runs({a, b}, folder / "out");
  CHECK(read_csv(folder / "out.csv").number(0, "seeds") == 2);
}

TEST_CASE("a run of thirty thousand episodes is compared in seconds") {
  const TestFolder folder("mbrl-long");
  const WithGnuplot without("none");
  fs::create_directories(folder / "a");
  std::ofstream(folder / "a/config.txt") << "algorithm = random\nenv = cliff\nseed = 1\n";
  std::ofstream csv(folder / "a/progress.csv");
  csv << "env_steps,episode,return,phase,length,seconds\n";
  for (int i = 1; i <= 30000; ++i) csv << i << "," << i << "," << i << ",learned,1,1\n";
  csv.close();
  const auto start = std::chrono::steady_clock::now();
  compare_runs({folder / "a"}, folder / "out");
  CHECK(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() < 4);
  CHECK(read_csv(folder / "out.csv").column("mean").back() == 30000);
  const auto again = std::chrono::steady_clock::now();
  gather_runs(folder / "");
  CHECK(std::chrono::duration<double>(std::chrono::steady_clock::now() - again).count() < 4);
  CHECK(read_csv(folder / "episodes.csv").rows.size() == 30000);
}

TEST_CASE("a folder of runs lists them by their numbers, and a run is no folder of runs") {
  const TestFolder folder("mbrl-runs-in");
  for (const std::string name : {"seed-10", "seed-2", "members-5_seed-1", "members-3_seed-2"})
    run_with(fs::path(folder / name), "algorithm = pets\nenv = pendulum\nseed = 1\n", 1);
  std::vector<std::string> names;
  for (const std::string& run : runs_in(folder / ""))
    names.push_back(fs::path(run).filename().string());
  CHECK(names ==
        std::vector<std::string>{"members-3_seed-2", "members-5_seed-1", "seed-2", "seed-10"});
  CHECK(runs_in(folder / "seed-2").empty());
  CHECK(runs_in(folder / "nothing").empty());
}

}  // namespace test_compare
