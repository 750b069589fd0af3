// What a notebook is made of: cells that run from top to bottom, claims that must hold, pictures.
//
// A notebook (notebooks_cpp/NN_topic.cpp) is a C++ program in percent format: `// %% [markdown]`
// begins a cell of prose, `// %%` one of code. In any cell of code, definitions stand at namespace
// scope, and statements in
//
//   RUN { ... }
//
// which runs where it stands, before what is defined below it: it is called from a static
// initialiser, and those of one file go from top to bottom. The same text is meant for a C++
// kernel of Jupyter, which runs cells one by one; that has not been tried.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "report/animation.hpp"
#include "report/figures.hpp"
#include "report/run_folder.hpp"

namespace mbrl {

// Runs one cell. For src/execute_notebook.cpp, which sets MBRL_CELLS, it says first where it
// stands.
inline bool run_cell(int line, void (*cell)()) {
  if (std::getenv("MBRL_CELLS")) std::printf("%%%% cell at line %d\n", line);
  try {
    cell();
  } catch (const std::exception& error) {
    std::printf("FAILS: %s\n", error.what());
    std::exit(1);
  }
  std::fflush(stdout);
  return true;
}

#define RUN RUN_NUMBERED(__COUNTER__)
#define RUN_NUMBERED(n) RUN_NAMED(n)
#define RUN_NAMED(n)                                                                          \
  static void cell_##n();                                                                     \
  [[maybe_unused]] static const bool cell_##n##_has_run = mbrl::run_cell(__LINE__, cell_##n); \
  static void cell_##n()

// A claim in words. The notebook ends with status 1 if it does not hold.
inline void expect(bool holds, const std::string& claim) {
  std::printf("%s %s\n", holds ? "holds:" : "FAILS:", claim.c_str());
  std::fflush(stdout);
  if (!holds) std::exit(1);
}

// How many seeds to take: SEEDS=40 make notebooks N=10_cliff
inline int seeds_or(int otherwise) {
  const char* asked = std::getenv("SEEDS");
  return asked && *asked ? std::atoi(asked) : otherwise;
}

// Where a picture goes: runs/notebooks/NAME, without its extension.
inline std::string picture_path(const std::string& name) {
  std::filesystem::create_directories("runs/notebooks");
  return "runs/notebooks/" + name;
}

// Draws the panels one below another into NAME.png and .svg, and says so.
inline void show(const std::vector<Figure>& panels, const std::string& name) {
  const std::string path = picture_path(name);
  if (save_figure(panels, path)) std::printf("figure: %s.png\n", path.c_str());
}

// Draws an episode into NAME.gif and, side by side, into NAME.png, and says so.
inline void show(const Film& film, const Env& env, const std::string& name) {
  const std::string path = picture_path(name);
  if (!gnuplot_available()) return;
  save_animation(film.frames, film.captions, env.spec.seconds_per_step, path + ".gif");
  save_film_strip(film.frames, film.captions, path + ".png");
  std::printf("figure: %s.png\nfigure: %s.gif\n", path.c_str(), path.c_str());
}

}  // namespace mbrl
