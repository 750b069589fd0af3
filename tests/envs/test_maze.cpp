#include "envs/maze.hpp"

#include <doctest/doctest.h>

#include <map>
#include <queue>

#include "envs/all.hpp"

using namespace mbrl;

namespace test_maze {

Vector at(double row, double column, double clock = 0) {
  return Vector{{Scalar(row), Scalar(column), Scalar(clock)}};
}
constexpr int up = 0, down = 1, left = 2, right = 3;

Vector move(const Env& env, const Vector& s, int a) {
  return env.dynamics(s, Vector::Constant(1, static_cast<Scalar>(a)));
}

// The length of the shortest way, by breadth-first search.
int shortest_way(const MazeEnv& env, double clock) {
  Rng rng(1, "test");
  Vector start = env.reset(rng);
  start(2) = static_cast<Scalar>(clock);
  std::map<Index, int> steps{{env.cell(start), 0}};
  std::queue<Vector> open({start});
  while (!open.empty()) {
    Vector s = open.front();
    open.pop();
    if (env.terminated(s)(0)) return steps[env.cell(s)];
    const int so_far = steps[env.cell(s)];
    for (int a = 0; a < 4; ++a) {
      Vector next = move(env, s, a);
      next(2) = static_cast<Scalar>(clock);
      if (steps.emplace(env.cell(next), so_far + 1).second) open.push(next);
    }
  }
  return -1;
}

TEST_CASE("the mazes are those of the book: their shortest ways have the known lengths") {
  CHECK(shortest_way(MazeEnv(dyna_maze()), 0) == 14);
  CHECK(shortest_way(MazeEnv(blocking_maze()), 0) == 10);
  CHECK(shortest_way(MazeEnv(blocking_maze()), 999) == 10);
  CHECK(shortest_way(MazeEnv(blocking_maze()), 1000) == 16);
  CHECK(shortest_way(MazeEnv(shortcut_maze()), 2999) == 16);
  CHECK(shortest_way(MazeEnv(shortcut_maze()), 3000) == 10);
  CHECK(shortest_way(MazeEnv(slippery_maze()), 0) == 14);
}

TEST_CASE("moves go where they say; walls and the edge stop them; the clock runs on") {
  const MazeEnv env(dyna_maze());
  CHECK(move(env, at(4, 3), up) == at(3, 3, 1));
  CHECK(move(env, at(4, 3), down) == at(5, 3, 1));
  CHECK(move(env, at(4, 3), left) == at(4, 2, 1));
  CHECK(move(env, at(4, 3), right) == at(4, 4, 1));
  CHECK(move(env, at(4, 4), right) == at(4, 4, 1));  // a wall at (4, 5)
  CHECK(move(env, at(2, 1), right) == at(2, 1, 1));
  CHECK(move(env, at(0, 0), up) == at(0, 0, 1));
  CHECK(move(env, at(5, 8), down) == at(5, 8, 1));
  CHECK(move(env, at(5, 8), right) == at(5, 8, 1));
  CHECK(move(env, at(5, 0), left) == at(5, 0, 1));
  // Several at a time.
  Matrix s(3, 2);
  s << at(4, 3), at(2, 1);
  const Matrix next = env.dynamics(s, Matrix{{Scalar(up), Scalar(right)}});
  CHECK(next.col(0) == at(3, 3, 1));
  CHECK(next.col(1) == at(2, 1, 1));
}

TEST_CASE("the goal ends an episode and pays 1; all else pays 0") {
  const MazeEnv env(dyna_maze());
  const Matrix a = Matrix::Zero(1, 1);
  CHECK(env.terminated(at(0, 8))(0));
  CHECK(env.reward(at(1, 8), a, at(0, 8))(0) == 1);
  CHECK_FALSE(env.terminated(at(1, 8))(0));
  CHECK(env.reward(at(0, 8), a, at(1, 8))(0) == 0);
}

TEST_CASE("episodes begin at the start, and the clock and the walls know of all of them") {
  const auto env = make_env("maze_blocking");
  World world(*env, Rng(1, "test"));
  Rng rng(2, "test");
  int steps = 0, episodes = 0;
  while (steps < 1500) {
    if (world.over()) {
      world.reset();
      CHECK(world.s() == at(5, 3, steps));
      ++episodes;
    }
    CHECK(world.s()(2) == static_cast<Scalar>(steps));
    const Transition tr = world.step(random_action(env->spec, rng));
    ++steps;
    // Through row 3 it goes at the right end before step 1000, at the left one after.
    if (tr.s_next(0) == 3) CHECK(tr.s_next(1) == (tr.s(2) < 1000 ? 8 : 0));
    if (tr.s(0) == 4 && tr.s_next(0) == 3) CHECK(tr.s_next(1) == (tr.s(2) < 1000 ? 8 : 0));
  }
  CHECK(episodes > 0);
}

TEST_CASE("a slippery move goes where it should with probability 0.7 + 0.3 / 4") {
  const MazeEnv env(slippery_maze());
  constexpr int n = 40000;
  Rng rng(1, "test");
  const Matrix s = at(4, 3).replicate(1, n), a = Matrix::Constant(1, n, right);
  const Matrix next = env.sample_next(s, a, rng);
  const double as_meant = double((next.row(1).array() == 4).count()) / n;
  const double upwards = double((next.row(0).array() == 3).count()) / n;
  CHECK(std::abs(as_meant - 0.775) < 0.01);  // 4.8 standard deviations
  CHECK(std::abs(upwards - 0.075) < 0.006);
}

TEST_CASE("a maze has no gradient, and says so") {
  const MazeEnv env(dyna_maze());
  Tape tape;
  const Var s = tape.parameter(Matrix(at(0, 0)));
  CHECK_THROWS_WITH_AS(env.dynamics(s, s), doctest::Contains("nothing to differentiate"),
                       UserError);
}

TEST_CASE("make_env knows the mazes, and the lists are apart") {
  CHECK(maze_names().size() == 4);
  for (const std::string& name : maze_names()) {
    CHECK(make_env(name)->spec.actions == 4);
    const auto continuous = env_names();
    CHECK(std::find(continuous.begin(), continuous.end(), name) == continuous.end());
  }
}

}  // namespace test_maze
