#include "planning/objective.hpp"

#include <doctest/doctest.h>

#include "dynamics/short_rollouts.hpp"
#include "envs/all.hpp"
#include "planning/return_of_plans.hpp"

using namespace mbrl;

namespace test_objective {

TEST_CASE("B42: what a planner and an imagined rollout book is what the world pays") {
  for (const std::string& name : env_names()) {
    CAPTURE(name);
    const auto env = make_env(name);
    World world(*env, Rng(1, "test"));
    Rng rng(2, "test");
    const Dynamics<Matrix> f = true_dynamics<Matrix>(*env);
    for (int k = 0; k < 1000; ++k) {
      if (world.over()) world.reset();
      const Transition tr = world.step(random_action(env->spec, rng));
      const double paid = double(tr.reward);
      CHECK(double(f(tr.s, tr.a).reward(0)) == doctest::Approx(paid).epsilon(1e-5));
      CHECK(true_return(*env, tr.s, tr.a) == doctest::Approx(paid).epsilon(1e-5));
    }
  }
}

}  // namespace test_objective
