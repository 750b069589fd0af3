// %% [markdown]
// # Expected, pessimistic, optimistic: a walk along a cliff
//
// "Expected reward under high-variance prediction is very low, even though the mean is the same."
// The short way to the goal runs along an edge, where a wind blows that random data from the start
// hardly knows. Four planners learn from the same 200 random steps, and then walk once, without
// learning on: one deterministic network (version 1.5), and an ensemble that maximises the expected
// return, the mean minus its standard deviation, or the mean plus it. Twenty seeds: twenty such
// data sets, each given to all four.

// %%
#include "algorithms/02_pets.hpp"
#include "envs/all.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

constexpr int kSeeds = 20;

struct Walk {
  bool fell = false;
  double total_reward = 0;
  std::vector<double> x{}, y{};
};

struct Kind {
  std::string label, model, score;
};

// One episode after learning from 200 random steps.
static Walk walk(const Env& env, const Kind& kind, std::uint64_t seed) {
  Dataset D(env.spec.state_dim(), env.spec.action_dim());
  World world(env, Rng(seed, "world"));
  Rng base_policy(seed, "base policy");
  while (D.size() < 200) {
    if (world.over()) world.reset();
    D.append(world.step(random_action(env.spec, base_policy)));
  }

  pets::Config config;
  config.model_kind = kind.model;
  config.propagation.score = kind.score;
  config.propagation.particles = kind.model == "D" ? 1 : 5;
  config.planner.cem.candidates = 100;
  config.planner.cem.elites = 10, config.planner.cem.iterations = 4;
  Workers alone(1);
  pets::Agent agent(env, config, seed);
  agent.model.fit(D, alone);
  world.reset();
  Walk walked{.x = {double(world.s()(0))}, .y = {double(world.s()(1))}};
  while (!world.over()) {
    const Transition tr = world.step(agent.act(world.s(), alone));
    walked.x.push_back(double(tr.s_next(0))), walked.y.push_back(double(tr.s_next(1)));
    walked.total_reward += double(tr.reward);
    walked.fell = tr.terminated;
  }
  return walked;
}

struct Interval {
  double rate, low, high;
};

// A share of n with its 95 % interval (Wilson 1927).
static Interval wilson(double count, double n) {
  const double p = count / n, z = 1.96, z2 = z * z;
  const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double reach = z * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
  return {p, centre - reach, centre + reach};
}

int main() {
  const auto env = make_env("cliff");
  // %% [markdown]
  // The walks, and how many ended below the edge.

  // %%
  const std::vector<Kind> kinds{{"one deterministic network", "D", "expected"},
                                {"ensemble, optimistic", "PE", "optimistic"},
                                {"ensemble, expected", "PE", "expected"},
                                {"ensemble, pessimistic", "PE", "pessimistic"}};
  const std::string colors[] = {palette(1), palette(3), palette(0), palette(2)};
  Workers workers(2);
  std::vector<Figure> panels;
  std::vector<double> falls;
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    std::vector<Walk> walks(kSeeds);
    workers.for_each(kSeeds, [&](Index i) {
      walks[std::size_t(i)] = walk(*env, kinds[k], std::uint64_t(i) + 1);
    });
    double fell = 0, mean = 0;
    Figure panel{.y_label = "y", .height = k == 0 ? 250 : 230};
    Series edge{.label = k == 0 ? "the edge" : "", .color = "#222222", .width = 3};
    for (double x = -0.9; x <= 0.901; x += 0.05)
      edge.x.push_back(x), edge.y.push_back(-0.05 - std::pow(x, 4));
    panel.series.push_back(edge);
    for (const Walk& w : walks) {
      fell += w.fell, mean += w.total_reward / kSeeds;
      panel.series.push_back({.x = w.x, .y = w.y, .color = colors[k], .width = 1, .opacity = 0.6});
      if (w.fell)
        panel.series.push_back(
            {.x = {w.x.back()}, .y = {w.y.back()}, .style = Style::circles, .color = "#c0504d"});
    }
    const Interval share = wilson(fell, kSeeds);
    std::printf("%-28s falls %2.0f of %d: %3.0f %% (%.0f to %.0f %%), mean return %.1f\n",
                kinds[k].label.c_str(), fell, kSeeds, 100 * share.rate, 100 * share.low,
                100 * share.high, mean);
    char title[100];
    std::snprintf(title, sizeof title, "%s: %.0f of %d fall", kinds[k].label.c_str(), fell, kSeeds);
    panel.title = title;
    panel.y_low = -0.7, panel.y_high = 1;
    panels.push_back(panel);
    falls.push_back(fell);
  }
  panels.back().x_label = "x";
  show(panels, "03_cliff");
}
