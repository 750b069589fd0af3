#include "envs/maze.hpp"

namespace mbrl {

Maze dyna_maze() {
  return {.name = "maze",
          .summary = "find the goal of a maze of 6 x 9 cells (discrete; for dyna)",
          .map = {".......#G",  //
                  "..#....#.",  //
                  "S.#....#.",  //
                  "..#......",  //
                  ".....#...",  //
                  "........."}};
}

Maze blocking_maze() {
  return {.name = "maze_blocking",
          .summary = "the way is blocked after 1000 steps, and a longer one opens (discrete)",
          .map = {"........G",  //
                  ".........",  //
                  ".........",  //
                  "########.",  //
                  ".........",  //
                  "...S....."},
          .later = {"........G",  //
                    ".........",  //
                    ".........",  //
                    ".########",  //
                    ".........",  //
                    "...S....."},
          .change_at = 1000};
}

Maze shortcut_maze() {
  return {.name = "maze_shortcut",
          .summary = "a shorter way opens after 3000 steps (discrete)",
          .map = {"........G",  //
                  ".........",  //
                  ".........",  //
                  ".########",  //
                  ".........",  //
                  "...S....."},
          .later = {"........G",  //
                    ".........",  //
                    ".........",  //
                    ".#######.",  //
                    ".........",  //
                    "...S....."},
          .change_at = 3000};
}

Maze slippery_maze() {
  Maze maze = dyna_maze();
  maze.name = "maze_slippery";
  maze.summary = "the same, and three moves in ten go astray (discrete)";
  maze.slip = 0.3;
  return maze;
}

MazeEnv::MazeEnv(Maze maze) : maze_(std::move(maze)) {
  spec.name = maze_.name;
  spec.summary = maze_.summary;
  spec.state_names = {"row", "column", "clock [steps]"};
  spec.action_low = Vector::Zero(1), spec.action_high = Vector::Constant(1, 4);
  spec.actions = 4;
  spec.max_steps = 1000000;
  spec.terminates = true;
  spec.seconds_per_step = 0.2;
  spec.noise_scale = Vector::Zero(3);
}

Matrix MazeEnv::dynamics(const Matrix& s, const Matrix& a) const {
  constexpr int down[] = {-1, 1, 0, 0}, right[] = {0, 0, -1, 1};
  Matrix s_next = s;
  for (Index j = 0; j < s.cols(); ++j) {
    const auto move = static_cast<std::size_t>(std::clamp(int(a(0, j)), 0, 3));
    const Index row = static_cast<Index>(s(0, j)) + down[move];
    const Index column = static_cast<Index>(s(1, j)) + right[move];
    const bool inside = row >= 0 && row < maze_.rows() && column >= 0 && column < maze_.columns();
    const auto& map = maze_.map_at(double(s(2, j)));
    if (inside && map[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)] != '#')
      s_next(0, j) = static_cast<Scalar>(row), s_next(1, j) = static_cast<Scalar>(column);
    s_next(2, j) += 1;
  }
  return s_next;
}

Matrix MazeEnv::sample_next(const Matrix& s, const Matrix& a, Rng& rng) const {
  if (maze_.slip == 0) return dynamics(s, a);
  Matrix taken = a;
  for (Index j = 0; j < a.cols(); ++j)
    if (double(rng.uniform()) < maze_.slip) taken(0, j) = static_cast<Scalar>(rng.below(4));
  return dynamics(s, taken);
}

Point MazeEnv::find(char mark) const {
  for (std::size_t row = 0; row < maze_.map.size(); ++row) {
    const std::size_t column = maze_.map[row].find(mark);
    if (column != std::string::npos) return {double(column), double(row)};
  }
  throw UserError("maze " + maze_.name + " has no '" + mark + "' on its map");
}

Mask MazeEnv::terminated(const Matrix& s_next) const {
  const Point goal = find('G');
  return s_next.row(0).array() == Scalar(goal.y) && s_next.row(1).array() == Scalar(goal.x);
}

Row MazeEnv::reward(const Matrix&, const Matrix&, const Matrix& s_next) const {
  return terminated(s_next).cast<Scalar>();
}

Vector MazeEnv::reset(Rng&) const {
  const Point start = find('S');
  return Vector{{Scalar(start.y), Scalar(start.x), Scalar(0)}};
}

Vector MazeEnv::reset_after(const Vector& s_end, Rng& rng) const {
  Vector s = reset(rng);
  s(2) = s_end(2);
  return s;
}

Drawing MazeEnv::draw(const Vector& s) const {
  const auto height = double(maze_.rows()), width = double(maze_.columns());
  const auto square = [&](double row, double column, const std::string& color) {
    return box({column, height - row - 1}, {column + 1, height - row}, color);
  };
  const auto center = [&](double row, double column) {
    return Point{column + 0.5, height - row - 0.5};
  };
  Drawing drawing{{-0.1, -0.1}, {width + 0.1, height + 0.1}, {}};
  const auto& map = maze_.map_at(double(s(2)));
  for (std::size_t row = 0; row < map.size(); ++row)
    for (std::size_t column = 0; column < map[row].size(); ++column)
      if (map[row][column] == '#')
        drawing.shapes.push_back(square(double(row), double(column), "#7f7f7f"));
  const Point start = find('S'), goal = find('G');
  drawing.shapes.push_back(square(start.y, start.x, "#dddddd"));
  drawing.shapes.push_back(square(goal.y, goal.x, "#9bbb59"));
  for (double x = 0; x <= width; ++x)
    drawing.shapes.push_back(line({{x, 0}, {x, height}}, "#bbbbbb", 1));
  for (double y = 0; y <= height; ++y)
    drawing.shapes.push_back(line({{0, y}, {width, y}}, "#bbbbbb", 1));
  drawing.shapes.push_back(disc(center(double(s(0)), double(s(1))), 0.3, "#c0504d"));
  return drawing;
}

static UserError no_gradient(const std::string& name) {
  return UserError(name + " is a maze: there is nothing to differentiate");
}
Var MazeEnv::dynamics(const Var&, const Var&) const { throw no_gradient(spec.name); }
Var MazeEnv::reward(const Var&, const Var&, const Var&) const { throw no_gradient(spec.name); }
Var MazeEnv::features(const Var&) const { throw no_gradient(spec.name); }

}  // namespace mbrl
