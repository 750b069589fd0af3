#include <doctest/doctest.h>

#include "envs/point_mass.hpp"
#include "planning/lqr.hpp"
#include "random_policy.hpp"

using namespace mbrl;

namespace test_point_mass {

const PointMass task;
const int H = task.spec().max_steps;
const LqrSolution best = lqr(task.A, task.B, task.Q, task.R, H);

// The corners of the box of states to start from, one per column.
Matrix corners() {
  Matrix s(4, 16);
  for (Index j = 0; j < 16; ++j)
    for (Index i = 0; i < 4; ++i)
      s(i, j) = (j >> i & 1 ? 1 : -1) * (i < 2 ? PointMass::far : PointMass::fast);
  return s;
}

TEST_CASE("the point mass moves as under a constant acceleration") {
  const Matrix s{{1.0}, {2.0}, {-3.0}, {0.5}}, a{{2.0}, {-4.0}};
  const Matrix expected{{1 - 0.3 + 0.01}, {2 + 0.05 - 0.02}, {-3 + 0.2}, {0.5 - 0.4}};
  CHECK((task.dynamics(s, a) - expected).norm() < 1e-12);
  CHECK((task.A * s + task.B * a - expected).norm() < 1e-12);
  CHECK(task.dynamics(s, Matrix{{99.0}, {-99.0}}) ==
        task.dynamics(s, Matrix{{task.max_action}, {-task.max_action}}));
}

TEST_CASE("the point mass costs s^T Q s + a^T R a, of the state before the step") {
  const Matrix s{{1.0}, {2.0}, {-3.0}, {0.5}}, a{{2.0}, {-1.0}}, elsewhere = 9 * s;
  CHECK(task.reward(s, a, elsewhere)(0) ==
        doctest::Approx(-(1 + 4 + 0.1 * (9 + 0.25) + 0.1 * (4 + 1))));
}

TEST_CASE("the regulator stays in the box of actions from every start") {
  // The actions are linear in the start, so that the corners are the worst.
  Matrix s = corners();
  double largest = 0;
  for (const Matrix& K : best.K) {
    const Matrix a = K * s;
    largest = std::max(largest, a.cwiseAbs().maxCoeff());
    s = task.dynamics(s, a);
  }
  CHECK(largest < task.max_action);
  CHECK(largest > task.max_action / 2);  // and the box is not idle
  CHECK(s.cwiseAbs().maxCoeff() < 0.05);
}

TEST_CASE("the regulator's return in the world is the one in closed form") {
  const auto env = make_env(task);
  World world(*env, Rng(1, "world"));
  for (int episode = 0; episode < 5; ++episode) {
    const Vector start = world.reset();
    double total = 0;
    for (const Matrix& K : best.K) total += world.step(K * world.s()).reward;
    CHECK(world.over());
    CHECK(std::abs(total + start.dot(best.P[0] * start)) < 1e-6);
  }
}

TEST_CASE("noise adds the trace of P W to the regulator's expected cost") {
  const auto env = make_env(task);
  env->process_noise = 0.3;
  const Vector sd = env->process_noise * task.spec().noise_scale;
  const Matrix W = Matrix(sd.cwiseAbs2().asDiagonal());
  const Vector start{{0.5, -0.5, 0.2, 0.0}};
  double expected = start.dot(best.P[0] * start);
  for (int t = 1; t < H; ++t) expected += (best.P[std::size_t(t)] * W).trace();
  const Index episodes = 4000;
  Rng rng(1, "noise");
  Matrix s = start.replicate(1, episodes);
  Row cost = Row::Zero(episodes);
  for (const Matrix& K : best.K) {
    const Matrix a = K * s;
    REQUIRE(a.cwiseAbs().maxCoeff() < task.max_action);
    const Matrix s_next = env->sample_next(s, a, rng);
    cost -= env->reward(s, a, s_next);
    s = s_next;
  }
  const MeanAndSpread measured = mean_and_spread(cost);
  CHECK(std::abs(measured.mean - expected) < 4 * measured.sd / std::sqrt(double(episodes)));
  CHECK(expected > 1.2 * start.dot(best.P[0] * start));  // noise matters here
}

TEST_CASE("random accelerations cost the point mass hundreds of times the optimum") {
  const MeanAndSpread random = random_policy(task, task.spec(), 1000, Rng(1, "random"));
  CHECK(random.mean < -800);
  CHECK(random.mean > -1300);
}

}  // namespace test_point_mass
