// %% [markdown]
// # A walk along a cliff: expected, pessimistic, optimistic
//
// "Expected reward under high-variance prediction is **very** low, even though the mean is the
// same." The short way to the goal runs along an edge, against a wind that takes some getting to
// know. All planners are given the same random transitions from all over the slope, and walk once:
// one deterministic network, and a probabilistic ensemble whose plans are judged by their expected
// return, by the mean minus one standard deviation, or by the mean plus one.

// %%
#include <map>

#include "algorithms/02_pets.hpp"
#include "envs/all.hpp"
#include "envs/cliff.hpp"
#include "report/csv.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

const int seeds = seeds_or(5);
const bool all = seeds >= 20;  // then all amounts of data, and the table is written anew
constexpr int kDrawn = 100;    // the amount of data whose walks are drawn
const std::string kTable = "docs/results/cliff.csv";
const std::vector<int> sizes = all ? std::vector<int>{50, 100, 200, 400} : std::vector<int>{kDrawn};

struct Kind {
  std::string label, model, score, color;
};
const std::vector<Kind> kKinds{{"one deterministic network", "D", "expected", palette(1)},
                               {"ensemble, optimistic", "PE", "optimistic", palette(3)},
                               {"ensemble, expected", "PE", "expected", palette(0)},
                               {"ensemble, pessimistic", "PE", "pessimistic", palette(2)}};

// N transitions: random actions at random places above the edge.
static Dataset random_transitions(const Env& env, int N, std::uint64_t seed) {
  Dataset D(env.spec.state_dim(), env.spec.action_dim());
  Rng rng(seed, "places");
  while (D.size() < N) {
    const Vector s{
        {rng.uniform(Scalar(-1.2), Scalar(1.2)), rng.uniform(-Cliff::passage, Scalar(0.85))}};
    const Vector a = random_action(env.spec, rng), s_next = env.dynamics(s, a);
    D.append({s, a, env.reward(s, a, s_next)(0), s_next, env.terminated(s_next)(0), false});
  }
  return D;
}

struct Walk {
  bool fell = false;
  double total_reward = 0;
  std::vector<double> x{}, y{};
};

// One episode after learning from D, without learning on.
static Walk walk(const Env& env, const Dataset& D, const Kind& kind, std::uint64_t seed) {
  pets::Config config;
  config.model.kind = kind.model;
  config.propagation.score = kind.score;
  if (kind.model == "D") config.propagation.particles = 1;
  Workers alone(1);
  pets::Agent agent(env, config, seed);
  agent.model.fit(D, alone);
  World world(env, Rng(seed, "world"));
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
  return {p, std::max(0.0, centre - reach), std::min(1.0, centre + reach)};
}

static Figure panel_of(const std::vector<Walk>& walks, const Kind& kind, int falls) {
  Figure panel{.y_label = "y", .height = 240, .y_low = -0.7, .y_high = 1};
  panel.title =
      kind.label + ": " + std::to_string(falls) + " of " + std::to_string(walks.size()) + " fall";
  Series edge{.label = "the edge", .color = "#222222", .width = 3};
  for (double x = -0.9; x <= 0.901; x += 0.05)
    edge.x.push_back(x), edge.y.push_back(-double(Cliff::passage) - std::pow(x, 4));
  panel.series.push_back(edge);
  Series fallen{.label = "a fall", .style = Style::circles, .color = "#c0504d"};
  for (const Walk& w : walks) {
    panel.series.push_back({.x = w.x, .y = w.y, .color = kind.color, .width = 1, .opacity = 0.6});
    if (w.fell) fallen.x.push_back(w.x.back()), fallen.y.push_back(w.y.back());
  }
  panel.series.push_back(fallen);
  return panel;
}

// %% [markdown]
// ## Some walks
//
// Five data sets of 100 random transitions, and a walk on each, without learning on. With
// `make notebooks N=10_cliff SEEDS=40` it is forty walks for each of 50, 100, 200 and 400
// transitions, which takes ten minutes and writes docs/results/cliff.csv.

// %%
RUN {
  const auto env = make_env("cliff");
  Workers workers(2);
  std::vector<Figure> panels;
  std::unique_ptr<CsvWriter> table;
  if (all)
    table = std::make_unique<CsvWriter>(
        kTable, std::vector<std::string>{"planner", "transitions", "walks", "falls"});
  int arrived = 0, stood = 0;
  for (const Kind& kind : kKinds)
    for (const int N : sizes) {
      std::vector<Walk> walks(static_cast<std::size_t>(seeds));
      workers.for_each(seeds, [&](Index i) {
        const auto seed = static_cast<std::uint64_t>(i) + 1;
        walks[std::size_t(i)] = walk(*env, random_transitions(*env, N, seed), kind, seed);
      });
      int falls = 0;
      double mean = 0;
      for (const Walk& w : walks) {
        falls += w.fell, mean += w.total_reward / seeds;
        stood += !w.fell, arrived += !w.fell && std::hypot(w.x.back() - 1, w.y.back()) < 0.25;
      }
      std::printf("%-26s N = %3d: %2d of %d fall, mean return %6.1f\n", kind.label.c_str(), N,
                  falls, seeds, mean);
      std::fflush(stdout);
      if (table) table->row({kind.label, N, seeds, falls});
      if (N == kDrawn) panels.push_back(panel_of(walks, kind, falls));
    }
  panels.back().x_label = "x";
  show(panels, all ? "cliff_walks" : "cliff_few_walks");
  expect(arrived > 0.9 * stood, "nearly all that do not fall are at the goal in the end");
}

// %% [markdown]
// ## How often they fall
//
// Forty walks for each amount of data (docs/results/cliff.csv). The optimist takes the models'
// disagreement for a chance, and falls most. One network hears of none. The expected return is more
// careful, because a fall that one member of five foresees is in the mean already; the pessimist a
// little more so. How sure that order is, docs/03_planning_with_uncertainty.md says.

// %%
RUN {
  const Csv csv = read_csv(kTable);
  const auto planner = csv.words("planner");
  const auto N = csv.column("transitions"), walks = csv.column("walks"),
             falls = csv.column("falls");
  Figure rates{.title = "Walks that end in a fall, of 40 (95 % intervals)",
               .x_label = "random transitions to learn from",
               .y_label = "share of walks"};
  std::map<std::string, double> fell, walked;
  for (const Kind& kind : kKinds) {
    Series line{.label = kind.label, .style = Style::line_points, .color = kind.color};
    for (std::size_t r = 0; r < N.size(); ++r) {
      if (planner[r] != kind.label) continue;
      const Interval share = wilson(falls[r], walks[r]);
      line.x.push_back(N[r]), line.y.push_back(share.rate);
      line.low.push_back(share.low), line.high.push_back(share.high);
      fell[kind.score + kind.model] += falls[r], walked[kind.score + kind.model] += walks[r];
    }
    const double count = fell[kind.score + kind.model], of = walked[kind.score + kind.model];
    const Interval share = wilson(count, of);
    std::printf("%-26s %2.0f of %3.0f fall (%2.0f to %2.0f %%)\n", kind.label.c_str(), count, of,
                100 * share.low, 100 * share.high);
    rates.series.push_back(line);
  }
  show({rates}, "cliff_rates");
  const auto interval = [&](const std::string& kind) { return wilson(fell[kind], walked[kind]); };
  expect(interval("optimisticPE").low > interval("pessimisticPE").high,
         "the optimist falls more often than the pessimist, by more than chance would explain");
  expect(fell["expectedPE"] < fell["expectedD"],
         "the ensemble's expected return falls less often than one network's");
}
