// The program under test: calling it, and reading what it leaves.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "report/csv.hpp"
#include "tests/shell.hpp"

namespace the_program {

using mbrl::read_csv;

// Runs the program under test (the environment variable MBRL) with these arguments.
inline Outcome mbrl_says(const std::string& arguments, const std::string& variables = "") {
  const char* program = std::getenv("MBRL");
  return shell(variables + std::string(program ? program : "build/mbrl") + " " + arguments +
               " 2>&1");
}

inline bool draws() {
  const char* gnuplot = std::getenv("GNUPLOT");
  return !gnuplot || std::string(gnuplot) != "none";
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline std::string fresh(const std::string& name) {
  const auto folder = std::filesystem::temp_directory_path() / ("mbrl-test-program-" + name);
  std::filesystem::remove_all(folder);
  return folder.string();
}

inline const std::string tiny =
    " --initial-steps 40 --refit-every 20 --epochs 2 --candidates 200 --elites 5 --iterations 2 "
    "--horizon 5 ";

// progress.csv without its column of seconds.
inline std::vector<std::vector<std::string>> rows_but_seconds(const std::string& folder) {
  auto rows = read_csv(folder + "/progress.csv").rows;
  for (auto& row : rows) row.erase(row.begin() + 3);
  return rows;
}

inline std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace the_program
