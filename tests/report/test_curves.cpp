#include "report/curves.hpp"

#include <doctest/doctest.h>

#include "pictures.hpp"

using namespace mbrl;

namespace test_curves {

// Two seeds whose episodes end at different steps.
//   steps   10   15   20   25   30   40
//   first    1         3         5    7
//   second        2         6
RunGroup two_seeds() { return {"pets", {{{10, 20, 30, 40}, {1, 3, 5, 7}}, {{15, 25}, {2, 6}}}}; }

TEST_CASE("mean and spread are those of the last finished episodes, where every seed has one") {
  const MeanCurve curve = mean_curve(two_seeds());
  CHECK(curve.seeds == 2);
  CHECK(curve.steps == std::vector<double>{15, 20, 25});
  CHECK(curve.mean == std::vector<double>{1.5, 2.5, 4.5});
  REQUIRE(curve.spread.size() == 3);
  // sqrt((d/2)^2 + (d/2)^2) / sqrt(2 - 1), with d the difference of the two
  CHECK(curve.spread[0] == doctest::Approx(std::sqrt(0.5)));
  CHECK(curve.spread[1] == doctest::Approx(std::sqrt(0.5)));
  CHECK(curve.spread[2] == doctest::Approx(std::sqrt(4.5)));
}

TEST_CASE("three seeds in step give the textbook standard deviation") {
  const MeanCurve curve =
      mean_curve({"sac", {{{200, 400}, {2, -10}}, {{200, 400}, {4, -20}}, {{200, 400}, {9, -60}}}});
  CHECK(curve.steps == std::vector<double>{200, 400});
  CHECK(curve.mean == std::vector<double>{5, -30});
  CHECK(curve.spread[0] == doctest::Approx(std::sqrt((9 + 1 + 16) / 2.0)));
  CHECK(curve.spread[1] == doctest::Approx(std::sqrt((400 + 100 + 900) / 2.0)));
}

TEST_CASE("one seed is its own mean, without spread") {
  const MeanCurve curve = mean_curve({"v1.5", {{{10, 20}, {-5, -3}}}});
  CHECK(curve.mean == std::vector<double>{-5, -3});
  CHECK(curve.spread == std::vector<double>{0, 0});
}

TEST_CASE("seeds that never overlap have no mean") {
  const MeanCurve curve = mean_curve({"x", {{{10, 20}, {1, 1}}, {{30}, {1}}}});
  CHECK(curve.steps.empty());
  CHECK_NOTHROW(compare("", {{"x", {{{10, 20}, {1, 1}}, {{30}, {1}}}}}));
}

TEST_CASE("a long grid is thinned evenly and keeps both of its ends") {
  RunCurve run;
  for (int i = 1; i <= 5000; ++i) run.steps.push_back(i), run.returns.push_back(-i);
  const MeanCurve curve = mean_curve({"x", {run, run}}, 100);
  REQUIRE(curve.steps.size() == 100);
  CHECK(curve.steps.front() == 1);
  CHECK(curve.steps.back() == 5000);
  for (std::size_t i = 1; i < 100; ++i) {
    CHECK(curve.steps[i] - curve.steps[i - 1] >= 50);
    CHECK(curve.steps[i] - curve.steps[i - 1] <= 51);
    CHECK(curve.mean[i] == -curve.steps[i]);
  }
}

TEST_CASE("runs that cannot be compared are named") {
  CHECK_THROWS_WITH_AS(compare("", {{"pets", {{{1}, {1}}, {}}}}),
                       "pets, run 2 has not finished an episode yet", UserError);
  CHECK_THROWS_WITH_AS(compare("", {{"pets", {{{1, 2}, {1}}}}}),
                       "pets, run 1: 2 steps for 1 returns", UserError);
  CHECK_THROWS_AS(compare("", {{"pets", {{{2, 1}, {1, 1}}}}}), UserError);
}

TEST_CASE("a comparison shows each seed thin, each mean thick, and says how many seeds") {
  const Comparison comparison = compare("title", {two_seeds(), {"sac", {{{10}, {1}}}}});
  const auto& series = comparison.figure.series;
  REQUIRE(series.size() == 4);  // two seeds of pets, the mean of pets, the one run of sac
  CHECK(series[0].label.empty());
  CHECK(series[0].width < series[2].width);
  CHECK(series[0].color == series[2].color);
  CHECK(series[2].label == "pets (2 seeds)");
  CHECK(series[2].low[0] == doctest::Approx(1.5 - std::sqrt(0.5)));
  CHECK(series[2].high[2] == doctest::Approx(4.5 + std::sqrt(4.5)));
  CHECK(series[3].label == "sac");
  CHECK(series[3].low.empty());
  CHECK(series[3].color != series[2].color);
}

TEST_CASE("the table of a comparison is written as CSV") {
  const TestFolder folder("mbrl-table");
  save_table(compare("", {two_seeds()}).table, folder / "compare.csv");
  const Csv csv = read_csv(folder / "compare.csv");
  CHECK(csv.words("label") == std::vector<std::string>{"pets", "pets", "pets"});
  CHECK(csv.column("env_steps") == std::vector<double>{15, 20, 25});
  CHECK(csv.column("mean") == std::vector<double>{1.5, 2.5, 4.5});
  CHECK(csv.column("seeds") == std::vector<double>{2, 2, 2});
}

TEST_CASE("a learning curve tells base from learned, and has the model's error below") {
  LearningCurve curve{.title = "v1.5 on pendulum"};
  curve.run = {{200, 400, 600}, {-1300, -900, -150}};
  curve.base = {true, false, false};
  CHECK(learning_curve(curve).size() == 1);
  curve.refit_steps = {200, 400}, curve.model_error = {0.1, 0.01};
  std::vector<Figure> panels = learning_curve(curve);
  REQUIRE(panels.size() == 2);
  CHECK(panels[0].series[0].x == std::vector<double>{200});
  CHECK(panels[0].series[1].y == std::vector<double>{-900, -150});
  CHECK(panels[0].series[0].style != panels[0].series[1].style);
  CHECK(panels[1].log_y);
  CHECK(panels[1].series[0].y == curve.model_error);
  curve.model_error[1] = -2;  // a negative log-likelihood below zero
  CHECK_FALSE(learning_curve(curve)[1].log_y);
  curve.base.pop_back();
  CHECK_THROWS_AS(learning_curve(curve), UserError);

  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl-learning");
  REQUIRE(save_figure(panels, folder / "learning_curve"));
  const std::string svg = content(folder / "learning_curve.svg");
  for (const char* words : {"v1.5 on pendulum", "base policy", "learned", "model error"})
    CHECK_MESSAGE(svg.find(words) != std::string::npos, std::string(words));
}

}  // namespace test_curves
