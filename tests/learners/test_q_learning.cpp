#include "learners/q_learning.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_q_learning {

TEST_CASE("an update moves Q by alpha times the signed error, and nothing else") {
  QTable table(3, 2);
  table.update(1, 0, 10, 0.25);
  CHECK(table.Q(1, 0) == Scalar(2.5));
  table.update(1, 0, -1.5, 0.5);  // B37: an error may be negative
  CHECK(table.Q(1, 0) == Scalar(0.5));
  CHECK(table.value(1) == 0.5);
  CHECK(table.Q.cwiseAbs().sum() == Scalar(0.5));
}

TEST_CASE("B37: among equally good actions the choice is random and even") {
  QTable table(1, 4);
  table.Q << 1, 3, 3, 3;
  Rng rng(1, "test");
  std::vector<int> count(4, 0);
  for (int k = 0; k < 9000; ++k) ++count[std::size_t(table.best_action(0, rng))];
  CHECK(count[0] == 0);
  for (int a = 1; a < 4; ++a) CHECK(std::abs(count[std::size_t(a)] - 3000) < 210);
}

TEST_CASE("exploration takes any action with probability epsilon, else the best") {
  QTable table(1, 4);
  table.Q << 0, 0, 1, 0;
  Rng rng(1, "test");
  int best = 0;
  for (int k = 0; k < 10000; ++k) best += table.explore(0, 0.4, rng) == 2;
  CHECK(std::abs(best - 7000) < 220);  // 0.6 + 0.4 / 4
  for (int k = 0; k < 100; ++k) CHECK(table.explore(0, 0, rng) == 2);
}

}  // namespace test_q_learning
