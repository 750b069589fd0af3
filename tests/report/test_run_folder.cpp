#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "report/csv.hpp"
#include "report/run_folder.hpp"

namespace test_run_folder {

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

}  // namespace test_run_folder
