#include <doctest/doctest.h>

#include "envs/obstacles.hpp"
#include "random_policy.hpp"

using namespace mbrl;

namespace test_obstacles {

const Obstacles task;

Matrix state(Scalar x, Scalar y) { return Matrix{{x}, {y}, {Scalar(0.7)}, {Scalar(-0.8)}}; }
Matrix step(Scalar x, Scalar y, Scalar right, Scalar up) {
  return task.dynamics(state(x, y), Matrix{{right}, {up}});
}
bool blocked(Scalar x, Scalar y) {
  return task.blocked(Row::Constant(1, x), Row::Constant(1, y))(0);
}

TEST_CASE("a free move goes a tenth of the action, clipped at 1") {
  const Matrix s = step(Scalar(0.3), Scalar(0.4), Scalar(0.5), Scalar(-0.8));
  CHECK(s(0) == doctest::Approx(0.35));
  CHECK(s(1) == doctest::Approx(0.32));
  CHECK(step(Scalar(0.3), Scalar(0.4), 9, -9) == step(Scalar(0.3), Scalar(0.4), 1, -1));
}

TEST_CASE("a move into a wall or off the board is not made at all") {
  const Scalar x = Scalar(-0.45), y = Scalar(0.6);
  CHECK(step(x, y, Scalar(0.9), Scalar(0.3)) == state(x, y));  // no sliding along the wall
  CHECK(step(x, y, Scalar(0.3), Scalar(0.3)) != state(x, y));
  CHECK(step(Scalar(0.95), y, Scalar(0.5), 0) == state(Scalar(0.95), y));
  CHECK(step(Scalar(-0.95), y, Scalar(-0.5), 0) == state(Scalar(-0.95), y));
  CHECK(step(0, Scalar(-0.95), 0, Scalar(-0.5)) == state(0, Scalar(-0.95)));
}

TEST_CASE("each wall blocks its inside but not its rim") {
  for (const Obstacles::Wall& w : Obstacles::walls) {
    const Scalar x = w.left + w.width / 2, y = w.top - w.height / 2, in = Scalar(0.001);
    CHECK(blocked(x, y));
    CHECK(blocked(w.left + in, y));
    CHECK(blocked(w.left + w.width - in, y));
    CHECK(blocked(x, w.top - in));
    CHECK(blocked(x, w.top - w.height + in));
    CHECK_FALSE(blocked(w.left, y));
    CHECK_FALSE(blocked(w.left + w.width, y));
    CHECK_FALSE(blocked(x, w.top));
    CHECK_FALSE(blocked(x, w.top - w.height));
  }
  CHECK(blocked(Scalar(0.99), 0));
  CHECK(blocked(0, Scalar(-0.99)));
  CHECK_FALSE(blocked(Scalar(0.98), 0));
  CHECK_FALSE(blocked(Scalar(-0.98), Scalar(-0.98)));
}

TEST_CASE("the goal's coordinates never change, not even under noise") {
  const auto env = make_env(task);
  env->process_noise = 1;
  World world(*env, Rng(1, "world"));
  Rng rng(1, "actions");
  for (int t = 0; t < 300; ++t) {
    if (world.over()) world.reset();
    const Transition tr = world.step(Vector{{rng.uniform(-1, 1), rng.uniform(-1, 1)}});
    REQUIRE(tr.s_next(2) == Scalar(0.7));
    REQUIRE(tr.s_next(3) == Scalar(-0.8));
    REQUIRE_FALSE(blocked(tr.s_next(0), tr.s_next(1)));
  }
}

TEST_CASE("the reward is minus the distance from the goal after the step") {
  const Matrix before = state(0, 0), a = Matrix::Zero(2, 1);
  CHECK(task.reward(before, a, state(Scalar(0.4), Scalar(-0.4)))(0) == doctest::Approx(-0.5));
  CHECK(task.reward(before, a, state(Scalar(0.7), Scalar(-0.8)))(0) ==
        doctest::Approx(0).epsilon(1e-5));
}

TEST_CASE("the episode ends within 0.1 of the goal, and not off the board") {
  CHECK(task.terminated(state(Scalar(0.7), Scalar(-0.705)))(0));
  CHECK_FALSE(task.terminated(state(Scalar(0.7), Scalar(-0.695)))(0));
  CHECK_FALSE(task.terminated(state(Scalar(-0.7), Scalar(0.8)))(0));
  CHECK_FALSE(task.terminated(state(-5, 0))(0));  // where only a wrong model can be
}

TEST_CASE("the point starts in the upper part of the board, outside the walls") {
  Rng rng(1, "reset");
  for (int i = 0; i < 500; ++i) {
    const Vector s = task.reset(rng);
    REQUIRE((s(0) > Scalar(-0.99) && s(0) <= Scalar(0.59)));
    REQUIRE((s(1) >= Scalar(0.26) && s(1) < Scalar(0.99)));
    REQUIRE_FALSE(blocked(s(0), s(1)));
  }
}

TEST_CASE("random walks return about -165 +- 35 among the obstacles") {
  for (const int seed : {1, 2, 3}) {
    const MeanAndSpread random = random_policy(task, task.spec(), 1000, Rng(seed, "random"));
    CHECK(random.mean == doctest::Approx(-165).epsilon(0.03).scale(0));
    CHECK(random.sd == doctest::Approx(35).epsilon(0.1).scale(0));
  }
}

}  // namespace test_obstacles
