// Mazes for tabular Dyna: four moves on a grid, a reward of 1 for reaching the goal, and walls that
// may change while one lives there.
//
// Sutton & Barto, Reinforcement Learning, 2nd edition: example 8.1 (the Dyna maze), 8.2 (blocking),
// 8.3 (shortcut); and the first with a slippery floor. State (row, column, clock), counted from the
// top left; the clock counts real steps, over all episodes. Action: 0 up, 1 down, 2 left, 3 right.
// A move into a wall or off the grid stays where it is.
#pragma once

#include "envs/env.hpp"

namespace mbrl {

struct Maze {
  std::string name, summary;
  std::vector<std::string> map;      // '#': wall, 'S': start, 'G': goal
  std::vector<std::string> later{};  // the map after `change_at` real steps, if it changes
  int change_at = 0;
  double slip = 0;  // probability that a move goes into a random direction

  Index rows() const { return static_cast<Index>(map.size()); }
  Index columns() const { return static_cast<Index>(map[0].size()); }
  Index cells() const { return rows() * columns(); }
  const std::vector<std::string>& map_at(double clock) const {
    return !later.empty() && clock >= change_at ? later : map;
  }
};

Maze dyna_maze();
Maze blocking_maze();
Maze shortcut_maze();
Maze slippery_maze();

class MazeEnv final : public Env {
 public:
  explicit MazeEnv(Maze maze);

  const Maze& maze() const { return maze_; }
  // The cell of a state, row * columns + column: all that a learner sees of it.
  Index cell(const Vector& s) const {
    return static_cast<Index>(s(0)) * maze_.columns() + static_cast<Index>(s(1));
  }

  Matrix dynamics(const Matrix& s, const Matrix& a) const override;
  Row reward(const Matrix& s, const Matrix& a, const Matrix& s_next) const override;
  Mask terminated(const Matrix& s_next) const override;
  Matrix features(const Matrix& s) const override { return s.topRows(2); }
  Vector reset(Rng& rng) const override;
  Vector reset_after(const Vector& s_end, Rng& rng) const override;
  Matrix sample_next(const Matrix& s, const Matrix& a, Rng& rng) const override;
  Drawing draw(const Vector& s) const override;

  // There is no gradient in a maze: these throw UserError.
  Var dynamics(const Var& s, const Var& a) const override;
  Var reward(const Var& s, const Var& a, const Var& s_next) const override;
  Var features(const Var& s) const override;

 private:
  Point find(char mark) const;  // its column and row

  Maze maze_;
};

}  // namespace mbrl
