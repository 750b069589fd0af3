#include "planning/return_of_plans.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"

using namespace mbrl;

namespace test_return_of_plans {

// One plan after the other, until it ends.
Row one_by_one(const Env& env, const Vector& s_0, const Matrix& plans, Row* lengths = nullptr) {
  const Index m = env.spec.action_dim(), H = plans.rows() / m;
  Row returns = Row::Zero(plans.cols());
  if (lengths) lengths->resize(plans.cols());
  for (Index j = 0; j < plans.cols(); ++j) {
    Matrix s = s_0;
    Index t = 0;
    for (bool ended = false; t < H && !ended; ++t) {
      const Matrix a = plans.col(j).segment(t * m, m), s_next = env.dynamics(s, a);
      returns(j) += env.reward(s, a, s_next)(0);
      ended = env.spec.terminates && env.terminated(s_next)(0);
      s = s_next;
    }
    returns(j) += static_cast<Scalar>(env.spec.after_termination * double(H - t));
    if (lengths) (*lengths)(j) = static_cast<Scalar>(t);
  }
  return returns;
}

TEST_CASE("plans side by side bring what each brings alone, whenever they end") {
  Rng rng(1, "test");
  for (const char* name : {"pendulum", "cartpole_balance", "inverted_pendulum", "obstacles"}) {
    CAPTURE(name);
    const auto env = make_env(name);
    for (const Index K : {200, 3, 1, 64}) {
      const Index H = 60, m = env->spec.action_dim();
      const Matrix plans = rng.normal(H * m, K);
      const Vector s = env->reset(rng);
      Row lengths;
      const Row returns = return_of_plans(*env, true_dynamics<Matrix>(*env), s, plans);
      const Row alone = one_by_one(*env, s, plans, &lengths);
      CHECK((returns - alone).abs().maxCoeff() < 1e-3 * (1 + alone.abs().maxCoeff()));
      // Else the test would not see what it is about.
      if (K == 200 && env->spec.terminates) CHECK(lengths.minCoeff() < lengths.maxCoeff());
    }
  }
}

TEST_CASE("how many plans go side by side does not depend on the threads, nor leave its bounds") {
  for (const Index K : {1, 50, 350, 10000})
    for (const Index particles : {1, 5, 20, 100}) {
      CHECK(plans_at_a_time(K, particles) >= 100);
      CHECK(plans_at_a_time(K, particles) <= 400);
    }
}

}  // namespace test_return_of_plans
