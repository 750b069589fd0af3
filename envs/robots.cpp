// The robots in a plane, compiled apart from the other environments.
#include "envs/all.hpp"
#include "envs/half_cheetah.hpp"
#include "envs/hopper.hpp"
#include "envs/walker2d.hpp"

namespace mbrl {

template struct PlanarBodies<6>;  // hopper
template struct PlanarBodies<9>;  // half_cheetah, walker2d

std::vector<std::unique_ptr<Env>> all_robots() {
  std::vector<std::unique_ptr<Env>> robots;
  robots.push_back(make_env(HalfCheetah{}));
  robots.push_back(make_env(Hopper{}));
  robots.push_back(make_env(Walker2d{}));
  return robots;
}

}  // namespace mbrl
