// %% [markdown]
// # A walk along a cliff: expected, pessimistic, optimistic
//
// "Expected reward under high-variance prediction is **very** low, even though the mean is the
// same." The short way to the goal runs along an edge, against a wind that has to be learned. All
// planners are given the same random transitions from all over the slope, and walk once:
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

static Series edge_of_the_cliff() {
  Series edge{.label = "the edge", .color = "#222222", .width = 3};
  for (double x = -0.9; x <= 0.901; x += 0.05)
    edge.x.push_back(x), edge.y.push_back(-double(Cliff::passage) - std::pow(x, 4));
  return edge;
}

static Figure panel_of(const std::vector<Walk>& walks, const Kind& kind, int falls) {
  Figure panel{.y_label = "y", .height = 240, .y_low = -0.7, .y_high = 1};
  panel.title =
      kind.label + ": " + std::to_string(falls) + " of " + std::to_string(walks.size()) + " fall";
  panel.series.push_back(edge_of_the_cliff());
  Series fallen{.label = "a fall", .style = Style::circles, .color = "#c0504d"};
  for (const Walk& w : walks) {
    panel.series.push_back({.x = w.x, .y = w.y, .color = kind.color, .width = 1, .opacity = 0.6});
    if (w.fell) fallen.x.push_back(w.x.back()), fallen.y.push_back(w.y.back());
  }
  panel.series.push_back(fallen);
  return panel;
}

// %% [markdown]
// ## Two predictions at an edge
//
// The mean prediction is on the path, 0.1 from the edge, whatever its standard deviation sigma. A
// fall costs 100. A planner that believes the mean sees the same reward twice. The expected reward
// is $-100\,\Phi(-0.1 / \sigma)$: nearly nothing for the sure prediction, very low for the other.

// %%
RUN {
  constexpr double d = 0.1, fall = 100;
  Figure density{.title = "Where you will be: the same mean, and two standard deviations",
                 .y_label = "density"};
  Figure pays{.title = "What it pays", .x_label = "place across the path", .y_label = "reward"};
  std::vector<double> expected;
  for (const double sigma : {0.03, 0.1}) {
    expected.push_back(-fall * 0.5 * std::erfc(d / sigma / std::sqrt(2)));
    char label[80];
    std::snprintf(label, sizeof label, "sigma = %g: expected reward %.2f", sigma, expected.back());
    const std::string color = palette(expected.size() - 1);
    Series all{.label = label, .color = color}, beyond{.color = color};
    for (double x = -0.35; x <= 0.351; x += 0.0025) {
      const double p = std::exp(-x * x / (2 * sigma * sigma)) / (sigma * std::sqrt(2 * kPi));
      all.x.push_back(x), all.y.push_back(p);
      if (x > -d) continue;
      beyond.x.push_back(x), beyond.y.push_back(p);
      beyond.low.push_back(0), beyond.high.push_back(p);
    }
    density.series.push_back(all), density.series.push_back(beyond);
    std::printf("%s\n", label);
  }
  density.series.push_back({.label = "the edge",
                            .x = {-d, -d},
                            .y = {0, 13},
                            .style = Style::dashes,
                            .color = "#222222"});
  pays.series = {{.x = {-0.35, -d, -d, 0.35}, .y = {-fall, -fall, 0, 0}, .color = "#222222"}};
  density.height = 340, pays.height = 220;
  show({density, pays}, "edge");
  expect(expected[1] < 300 * expected[0], "same mean, more than 300 times the expected cost");
}

// %% [markdown]
// ## The cliff and its wind
//
// Seen from above: start and goal, the straight way along the edge and the safe way around, and
// what the wind takes from y in a step (a step is 0.1 long). The gusts are narrow, and random steps
// seldom meet them.

// %%
RUN {
  const Cliff cliff;
  Series wind{.style = Style::heat};
  for (int i = 0; i <= 120; ++i)
    for (int j = 0; j <= 60; ++j) {
      const Matrix s{{Scalar(-1.2 + 0.02 * i)}, {Scalar(-0.6 + 0.025 * j)}};
      const bool abyss = cliff.clearance(s)(0) < 0;
      wind.x.push_back(double(s(0))), wind.y.push_back(double(s(1)));
      wind.value.push_back(abyss ? NAN : double(cliff.wind_at(s)(0)));
    }
  Figure map{.title = "The cliff, and where its wind blows",
             .x_label = "x",
             .y_label = "y",
             .color_label = "wind towards the edge, per step",
             .height = 420,
             .y_low = -0.6,
             .y_high = 0.9};
  map.series = {wind,
                edge_of_the_cliff(),
                {.label = "the straight way", .x = {-1, 1}, .y = {0, 0}, .color = palette(1)},
                {.label = "the safe way",
                 .x = {-1, 0, 1},
                 .y = {0, double(Cliff::detour), 0},
                 .color = palette(2)},
                {.label = "start and goal",
                 .x = {-1, 1},
                 .y = {0, 0},
                 .style = Style::circles,
                 .color = "#222222"}};
  show({map}, "cliff_map");
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
// ## Three scores of one plan
//
// An ensemble that has seen 100 random transitions imagines 2000 returns of one plan: the straight
// way, leaning a little against the wind. Some members foresee a fall, which costs 100; the others
// see a good walk. The expected score is the mean. The pessimist subtracts a standard deviation,
// the optimist adds one.

// %%
RUN {
  const auto env = make_env("cliff");
  Workers alone(1);
  UncertainModel model = make_uncertain_model(*env, {}, 1);
  model.fit(random_transitions(*env, kDrawn, 1), alone);
  Matrix plan = Matrix::Zero(2 * 25, 1);
  for (Index t = 0; t < 21; ++t) plan(2 * t, 0) = 1, plan(2 * t + 1, 0) = Scalar(0.3);
  PropagationConfig config;
  config.particles = 2000;
  Rng rng(1, "particles");
  const Matrix returns =
      imagined_returns(model, Vector{{Cliff::start, 0}}, plan, config, rng, alone);
  constexpr double kBin = 4;
  std::map<int, double> count;
  for (Index i = 0; i < returns.rows(); ++i)
    count[int(std::floor(double(returns(i, 0)) / kBin))] += 1;
  Series histogram{.label = "2000 imagined returns", .color = "#888888"};
  double most = 0;
  const auto close = [&](double x) {
    histogram.x.push_back(x), histogram.y.push_back(0);
    histogram.low.push_back(0), histogram.high.push_back(0);
  };
  close(kBin * count.begin()->first);
  for (int bin = count.begin()->first; bin <= count.rbegin()->first; ++bin)
    for (const int side : {0, 1}) {
      histogram.x.push_back(kBin * (bin + side)), histogram.y.push_back(count[bin]);
      histogram.low.push_back(0), histogram.high.push_back(count[bin]);
      most = std::max(most, count[bin]);
    }
  close(kBin * (count.rbegin()->first + 1));
  Figure figure{.title = "One plan along the edge, and its three scores",
                .x_label = "imagined return",
                .y_label = "particles",
                .series = {histogram},
                .height = 360};
  std::vector<double> scores;
  for (const std::string kind : {"pessimistic", "expected", "optimistic"}) {
    scores.push_back(double(score(returns, kind, 1)(0)));
    std::printf("%-12s %7.1f\n", kind.c_str(), scores.back());
    figure.series.push_back({.label = kind,
                             .x = {scores.back(), scores.back()},
                             .y = {0, most},
                             .color = palette(scores.size())});
  }
  show({figure}, "three_scores");
  expect(scores[0] < scores[1] && scores[1] < scores[2], "pessimistic < expected < optimistic");
}

// %% [markdown]
// ## How often they fall
//
// Forty walks for each amount of data (docs/results/cliff.csv). The optimist treats the models'
// disagreement as an opportunity, and falls most. A single network knows of no disagreement. The
// expected return is more careful, because a fall that one member of five foresees is in the mean
// already; the pessimistic score is a little more careful still. How sure that order is,
// docs/03_planning_with_uncertainty.md says.

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
