#include "dynamics/tabular.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace mbrl;

namespace test_tabular {

double values(Index s) { return 10.0 * double(s); }

TEST_CASE("p-hat and r-hat are counts: by hand") {
  TabularModel model(4, 2);
  for (int k = 0; k < 3; ++k) model.update(0, 1, 2, 1, false, k);
  model.update(0, 1, 6, 2, false, 3);
  CHECK(model.probability(0, 1, 1) == doctest::Approx(0.75));
  CHECK(model.probability(0, 1, 2) == doctest::Approx(0.25));
  CHECK(model.probability(0, 1, 3) == 0);
  CHECK(model.probability(0, 0, 1) == 0);
  // r-hat = 3, E[V] = 0.75 * 10 + 0.25 * 20
  CHECK(model.expected(0, 1, values, 0.5) == doctest::Approx(3 + 0.5 * 12.5));
}

TEST_CASE("an outcome that ends the episode has nothing behind it") {
  TabularModel model(4, 2);
  model.update(0, 0, 1, 3, true, 1);
  CHECK(model.expected(0, 0, values, 0.9) == doctest::Approx(1));
  Rng rng(1, "test");
  CHECK(model.sampled(0, 0, values, 0.9, rng) == doctest::Approx(1));
  model.update(0, 0, 0, 2, false, 2);
  CHECK(model.expected(0, 0, values, 0.9) == doctest::Approx(0.5 + 0.9 * 0.5 * 20));
}

TEST_CASE("samples have the mean of the expectation, and reward and outcome belong together") {
  TabularModel model(4, 2);
  for (int k = 0; k < 3; ++k) model.update(0, 0, 0, 1, false, k);
  model.update(0, 0, 8, 3, true, 3);
  Rng rng(1, "test");
  double sum = 0;
  constexpr int n = 40000;
  for (int k = 0; k < n; ++k) {
    const double y = model.sampled(0, 0, values, 0.5, rng);
    CHECK((y == 5 || y == 8));
    sum += y;
  }
  CHECK(std::abs(sum / n - model.expected(0, 0, values, 0.5)) < 0.03);  // 4.6 standard deviations
}

TEST_CASE("a sample pays the mean reward of its outcome, however often that was seen") {
  TabularModel model(4, 2);
  for (int k = 0; k < 3; ++k) model.update(0, 0, k, 1, false, k);  // rewards 0, 1, 2
  Rng rng(1, "test");
  for (int k = 0; k < 10; ++k)
    CHECK(model.sampled(0, 0, values, 0.5, rng) == doctest::Approx(1 + 0.5 * 10));
}

TEST_CASE("with remember = 0 only the last observation counts, in between old ones fade") {
  TabularModel last(4, 1, 0), fading(4, 1, 0.5);
  for (TabularModel* model : {&last, &fading}) {
    model->update(0, 0, 4, 1, false, 1);
    model->update(0, 0, 0, 2, false, 2);
  }
  CHECK(last.probability(0, 0, 2) == 1);
  CHECK(last.expected(0, 0, values, 1) == doctest::Approx(20));
  CHECK(fading.probability(0, 0, 2) == doctest::Approx(2.0 / 3));
  CHECK(fading.expected(0, 0, values, 1) == doctest::Approx(4.0 / 3 + 50.0 / 3));
}

TEST_CASE("the buffer gives states that were, and actions that were taken there, uniformly") {
  TabularModel model(10, 4);
  for (int k = 0; k < 100; ++k) model.update(7, 2, 0, 1, false, k);
  model.update(3, 0, 0, 1, false, 100);
  model.update(3, 1, 0, 1, false, 101);
  Rng rng(1, "test");
  int sevens = 0, zeros = 0;
  for (int k = 0; k < 4000; ++k) {
    const Index s = model.random_state(rng), a = model.random_action(s, rng);
    CHECK((s == 7 || s == 3));
    CHECK((s == 7 ? a == 2 : a < 2));
    CHECK(model.knows(s, a));
    sevens += s == 7, zeros += a == 0;
  }
  CHECK(std::abs(sevens - 2000) < 150);
  CHECK(std::abs(zeros - 1000) < 130);
}

TEST_CASE("B37: untried actions lead back and pay nothing, until they are tried") {
  TabularModel model(4, 3);
  model.update(1, 0, 5, 2, false, 40);
  model.imagine_untried(1);
  CHECK(model.knows(1, 2));
  CHECK(model.probability(1, 2, 1) == 1);
  CHECK(model.expected(1, 2, values, 0.5) == doctest::Approx(5));
  CHECK(model.last_taken(1, 2) == 0);
  CHECK(model.last_taken(1, 0) == 40);
  CHECK(model.expected(1, 0, values, 0.5) == doctest::Approx(5 + 10));
  model.update(1, 2, 1, 3, false, 50);
  CHECK(model.probability(1, 2, 1) == 0);  // no trace of what was imagined
  CHECK(model.expected(1, 2, values, 0.5) == doctest::Approx(1 + 15));
  CHECK(model.last_taken(1, 2) == 50);
  Rng rng(1, "test");
  std::set<Index> actions;
  for (int k = 0; k < 200; ++k) actions.insert(model.random_action(1, rng));
  CHECK(actions.size() == 3);
}

}  // namespace test_tabular
