// %% [markdown]
// # A walk along a cliff: expected, pessimistic, optimistic
//
// "Expected reward under high-variance prediction is very low, even though the mean is the same."
// The short way to the goal runs along an edge, against a wind that takes some getting to know. All
// planners are given the same N random transitions from all over the slope, and walk once: one
// deterministic network, and a probabilistic ensemble whose plans are judged by their expected
// return, by the mean minus one standard deviation, or by the mean plus one. Twenty data sets for
// each N, each with its own walk; `make notebooks N=03_cliff SEEDS=40` takes forty.

// %%
#include "algorithms/02_pets.hpp"
#include "envs/all.hpp"
#include "envs/cliff.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

const std::vector<int> kSizes{50, 100, 200, 400};
constexpr int kDrawn = 100;  // the N whose walks are drawn

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

int main(int argc, char** argv) {
  const int seeds = argc > 1 ? std::stoi(argv[1]) : 20;
  // %% [markdown]
  // The walks, and how many ended below the edge.

  // %%
  const auto env = make_env("cliff");
  Workers workers(2);
  std::vector<Figure> walked;
  Figure rates{.title = "Walks that end in a fall (95 % intervals)",
               .x_label = "N, random transitions to learn from",
               .y_label = "share of walks"};
  std::vector<int> fell_in_all;
  for (const Kind& kind : kKinds) {
    Series line{.label = kind.label, .color = kind.color};
    int in_all = 0;
    for (const int N : kSizes) {
      std::vector<Walk> walks(seeds);
      workers.for_each(seeds, [&](Index i) {
        const auto seed = static_cast<std::uint64_t>(i) + 1;
        walks[std::size_t(i)] = walk(*env, random_transitions(*env, N, seed), kind, seed);
      });
      int falls = 0;
      double mean = 0;
      for (const Walk& w : walks) falls += w.fell, mean += w.total_reward / seeds;
      const Interval share = wilson(falls, seeds);
      std::printf("%-26s N = %3d: %2d of %d fall (%2.0f to %2.0f %%), mean return %6.1f\n",
                  kind.label.c_str(), N, falls, seeds, 100 * share.low, 100 * share.high, mean);
      std::fflush(stdout);
      line.x.push_back(N), line.y.push_back(share.rate);
      line.low.push_back(share.low), line.high.push_back(share.high);
      in_all += falls;
      if (N == kDrawn) walked.push_back(panel_of(walks, kind, falls));
    }
    rates.series.push_back(line);
    fell_in_all.push_back(in_all);
    std::printf("%-26s all N: %d of %d fall\n", kind.label.c_str(), in_all,
                seeds * int(kSizes.size()));
  }
  walked.back().x_label = "x";
  show(walked, "03_cliff_walks");
  show({rates}, "03_cliff_rates");

  // %% [markdown]
  // The optimist takes the models' disagreement for a chance. How sure the order of the others is,
  // docs/uncertainty.md says, with more seeds.

  // %%
  if (seeds >= 20)
    expect(fell_in_all[1] >= fell_in_all[2],
           "the optimist falls more often than who takes the mean");
}
