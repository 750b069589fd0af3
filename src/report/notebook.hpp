// What the programs in notebooks_cpp/ share: claims that must hold, and where their figures go.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "report/figures.hpp"

namespace mbrl {

// A claim in words. The program ends with status 1 if it does not hold.
inline void expect(bool holds, const std::string& claim) {
  std::printf("%s %s\n", holds ? "holds:" : "FAILS:", claim.c_str());
  std::fflush(stdout);
  if (!holds) std::exit(1);
}

// Draws into runs/notebooks/NAME.png and .svg, and says so.
inline void show(const std::vector<Figure>& panels, const std::string& name) {
  std::filesystem::create_directories("runs/notebooks");
  const std::string path = "runs/notebooks/" + name;
  if (save_figure(panels, path)) std::printf("figure: %s.png\n", path.c_str());
}

}  // namespace mbrl
