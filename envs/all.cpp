// The list of environments. One more is one more include and one more line
// (docs/your_own_environment.md).
#include "envs/all.hpp"

#include "core/text.hpp"
#include "envs/cartpole_balance.hpp"
#include "envs/cartpole_swingup.hpp"
#include "envs/cliff.hpp"
#include "envs/inverted_pendulum.hpp"
#include "envs/maze.hpp"
#include "envs/mountain_car.hpp"
#include "envs/obstacles.hpp"
#include "envs/pendulum.hpp"
#include "envs/point_mass.hpp"
#include "envs/reacher.hpp"

namespace mbrl {

std::vector<std::unique_ptr<Env>> all_envs() {
  std::vector<std::unique_ptr<Env>> envs;
  envs.push_back(make_env(Pendulum{}));
  envs.push_back(make_env(CartPoleSwingup{}));
  envs.push_back(make_env(CartPoleBalance{}));
  envs.push_back(make_env(InvertedPendulum{}));
  envs.push_back(make_env(MountainCar{}));
  envs.push_back(make_env(Obstacles{}));
  envs.push_back(make_env(Cliff{}));
  envs.push_back(make_env(Reacher{}));
  envs.push_back(make_env(PointMass{}));
  for (auto& robot : all_robots()) envs.push_back(std::move(robot));
  return envs;
}

std::vector<std::unique_ptr<Env>> all_mazes() {
  std::vector<std::unique_ptr<Env>> mazes;
  for (const Maze& maze : {dyna_maze(), blocking_maze(), shortcut_maze(), slippery_maze()})
    mazes.push_back(std::make_unique<MazeEnv>(maze));
  return mazes;
}

static std::vector<std::string> names_of(const std::vector<std::unique_ptr<Env>>& envs) {
  std::vector<std::string> names;
  for (const auto& env : envs) names.push_back(env->spec.name);
  return names;
}
std::vector<std::string> env_names() { return names_of(all_envs()); }
std::vector<std::string> maze_names() { return names_of(all_mazes()); }

std::unique_ptr<Env> make_env(const std::string& name) {
  for (auto& env : all_envs())
    if (env->spec.name == name) return std::move(env);
  for (auto& maze : all_mazes())
    if (maze->spec.name == name) return std::move(maze);
  std::vector<std::string> names = env_names(), mazes = maze_names();
  names.insert(names.end(), mazes.begin(), mazes.end());
  throw UserError("there is no environment '" + name + "'; did you mean '" + nearest(name, names) +
                  "'? The environments are " + join(names));
}

}  // namespace mbrl
