// Planners on the true dynamics reach the known optimum, so that a failing algorithm is blamed on
// the right half. A few episodes each; the full numbers run by `make learn`.
#include <doctest/doctest.h>

#include "algorithms/baselines.hpp"
#include "envs/all.hpp"
#include "planning/lqr.hpp"

using namespace mbrl;

namespace {

double mean_return(const std::string& env_name, PlannerConfig planner, int episodes,
                   int max_steps = 0) {
  const auto env = make_env(env_name);
  if (max_steps > 0) env->spec.max_steps = max_steps;
  RunOptions options;
  options.episodes = episodes;
  options.quiet = true;
  options.threads = 1;
  Recorder record(options, env->spec, "test");
  oracle::run(*env, {planner}, record);
  double sum = 0;
  for (const double r : record.returns()) sum += r;
  return sum / episodes;
}

PlannerConfig cem_with(int candidates, int iterations, int horizon) {
  PlannerConfig planner;
  planner.cem.candidates = candidates;
  planner.cem.iterations = iterations;
  planner.horizon = horizon;
  return planner;
}

}  // namespace

TEST_CASE("CEM on the true dynamics swings up the cart-pole: 178 of the ceiling of 179.2") {
  CHECK(mean_return("cartpole_swingup", cem_with(400, 5, 25), 2) > 178);
}

TEST_CASE("CEM on the true dynamics swings up the pendulum") {
  CHECK(mean_return("pendulum", cem_with(400, 5, 25), 10) > -200);
}

TEST_CASE("CEM on the true dynamics balances both poles") {
  CHECK(mean_return("cartpole_balance", cem_with(350, 5, 15), 2) > 195);
  CHECK(mean_return("inverted_pendulum", cem_with(200, 3, 15), 1, 200) == 200);
}

TEST_CASE("CEM on the true dynamics walks around the obstacles and reaches with the arm") {
  CHECK(mean_return("obstacles", cem_with(200, 4, 10), 30) > -18);
  CHECK(mean_return("reacher", cem_with(200, 4, 20), 4) > -25);
}

TEST_CASE("CEM on the true dynamics takes the short way along the cliff and does not fall") {
  CHECK(mean_return("cliff", cem_with(400, 5, 25), 10) > -24);  // -26.5 by the safe way
}

TEST_CASE("random shooting with as many plans swings the pendulum up too, but not as well") {
  PlannerConfig shooting = cem_with(400, 5, 15);
  shooting.planner = "random-shooting";
  const double random_shooting = mean_return("pendulum", shooting, 10);
  CHECK(random_shooting > -300);  // random actions: -1231
}
