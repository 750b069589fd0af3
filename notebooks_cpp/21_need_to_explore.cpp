// %% [markdown]
// # Need to explore to get better
//
// "Expected value is not the same as optimistic value", the slide says, and "need to explore to get
// better". On the mountain car a planner that is not curious has no reason ever to leave the
// valley: the engine costs, and nothing that has been seen pays. To get out, some plan must see the
// reward, or the planner must be curious.

// %%
#include "envs/all.hpp"
#include "planning/cem.hpp"
#include "report/notebook.hpp"
#include "result_runs.hpp"

using namespace mbrl;

// %% [markdown]
// ## A plan that sees the reward
//
// A hundred plans of 120 actions from the bottom of the valley, through the true dynamics. Actions
// that are drawn independently of each other cancel out. Actions that go together for a while push
// the car, and let it swing (Pinneri et al. 2020; `--noise-color`).

// %%
RUN {
  const auto env = make_env("mountain_car");
  constexpr Index H = 120, K = 100;
  std::vector<Figure> panels;
  std::vector<double> highest;
  for (const double color : {0.0, 3.0}) {
    Rng luck(1, "plans");
    const Matrix plans = (Scalar(0.5) * coloring(H, color) * luck.normal(H, K))
                             .cwiseMax(Scalar(-1))
                             .cwiseMin(Scalar(1));
    Figure ways{.title = color == 0 ? "100 plans of white noise" : "100 plans of coloured noise",
                .x_label = color == 0 ? "" : "step of the plan",
                .y_label = "position",
                .references = {{0.45, "the top of the hill"}},
                .height = 300};
    ways.y_low = -1.25, ways.y_high = 0.65;
    double top = -1;
    for (Index k = 0; k < K; ++k) {
      Matrix s = Matrix{{Scalar(-0.5)}, {Scalar(0)}};
      Series way{.color = palette(color == 0 ? 1 : 0), .width = 1, .opacity = 0.5};
      for (Index t = 0; t < H; ++t) {
        way.x.push_back(double(t)), way.y.push_back(double(s(0)));
        top = std::max(top, double(s(0)));
        if (env->terminated(s)(0)) break;
        s = env->dynamics(s, plans.block(t, k, 1, 1));
      }
      ways.series.push_back(way);
    }
    std::printf("noise of color %g: the highest position of 100 plans is %.2f\n", color, top);
    panels.push_back(ways), highest.push_back(top);
  }
  show(panels, "colored_plans");
  expect(highest[0] < 0, "no plan of white noise comes near the top");
  expect(highest[1] >= 0.45, "some plan of coloured noise reaches it");
}

// %% [markdown]
// ## A planner that is curious
//
// PETS with coloured noise, which learns the reward, too: then what nobody has seen may be good, as
// far as the members of the ensemble differ about it. Only the score of a plan changes. The
// control: if the reward is known, no imagined future earns any, all futures of a plan are worth
// the same, and optimism has nothing to add. Is it the noise? Without its colour the curious
// planner gets there as well: what members differ about grows with every step away, which is a
// slope to climb. Five seeds each, 1300 steps behind 200 random ones; `make results R=exploration`.

// %%
RUN {
  const Csv runs = read_csv("docs/results/exploration.csv");
  Figure figure{.title = "mountain_car: arrivals at the top, mean of five seeds",
                .x_label = "real steps",
                .y_label = "arrivals so far"};
  std::map<std::string, int> arrived;
  for (const auto& [setting, label] : std::vector<std::pair<std::string, std::string>>{
           {"optimistic", "optimistic"},
           {"expected", "expected"},
           {"pessimistic", "pessimistic"},
           {"known", "optimistic, the reward is known"},
           {"white", "optimistic, white noise"}}) {
    const RunGroup group = runs_of(runs, {"pets", "mountain_car", setting}, label, 1);
    Series arrivals{.label = label};
    for (int step = 200; step <= 1500; step += 10) {
      int count = 0;
      for (const RunCurve& run : group.runs)
        for (std::size_t i = 0; i < run.steps.size(); ++i)
          count += run.steps[i] <= step && run.returns[i] > 0;
      arrivals.x.push_back(step), arrivals.y.push_back(count / double(group.runs.size()));
    }
    for (const RunCurve& run : group.runs)
      arrived[setting] += *std::max_element(run.returns.begin(), run.returns.end()) > 0;
    std::printf("%-32s %d of %zu seeds reach the top\n", label.c_str(), arrived[setting],
                group.runs.size());
    figure.series.push_back(arrivals);
  }
  show({figure}, "need_to_explore");
  expect(arrived["optimistic"] == 5, "the optimistic planner gets there with every seed");
  expect(arrived["expected"] == 0, "with the expected return none does");
  expect(arrived["known"] == 0, "nor the optimistic one where the reward is known");
}
