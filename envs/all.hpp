// All environments, by name. They are listed in all.cpp, which is compiled once and linked: no
// other file pays for compiling them all.
#pragma once

#include "envs/env.hpp"

namespace mbrl {

// Those with a box of actions.
std::vector<std::unique_ptr<Env>> all_envs();
std::vector<std::string> env_names();
// Of them the robots in a plane, half_cheetah, hopper and walker2d.
std::vector<std::unique_ptr<Env>> all_robots();
// The mazes, with four discrete ones.
std::vector<std::unique_ptr<Env>> all_mazes();
std::vector<std::string> maze_names();
// The environment or maze of that name; throws UserError with the nearest known one if there is
// none.
std::unique_ptr<Env> make_env(const std::string& name);

}  // namespace mbrl
