// What the tests of the algorithms share: runs that are short and quiet, and folders to write into.
#pragma once

#include <filesystem>

#include "report/recorder.hpp"

namespace mbrl {

inline RunOptions quietly(int episodes, int threads = 2) {
  RunOptions options;
  options.episodes = episodes;
  options.threads = threads;
  options.quiet = true;
  return options;
}

inline std::string empty_folder(const std::string& name) {
  const std::string folder =
      (std::filesystem::temp_directory_path() / ("mbrl-test-" + name)).string();
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

}  // namespace mbrl
