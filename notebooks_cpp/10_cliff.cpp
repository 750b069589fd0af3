// %% [markdown]
// # A walk along a cliff: the mean, the expected, the pessimistic, the optimistic
//
// "Expected reward under high-variance prediction is **very** low, even though the mean is the
// same." The short way to the goal runs along an edge, against a wind that has to be learned. All
// planners are given the same random transitions from all over the slope, and walk once. What they
// learn is the same, too: ensembles of five probabilistic networks (PE). They differ in what they
// hear of them.

// %%
#include <map>

#include "envs/all.hpp"
#include "envs/cliff.hpp"
#include "heard.hpp"
#include "intervals.hpp"
#include "report/csv.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

const int seeds = seeds_or(5);
const bool all = seeds >= 20;  // then all amounts of data, and the table is written anew
constexpr int kDrawn = 100;    // the amount of data whose walks are drawn
const std::string kTable = "docs/results/cliff.csv";
const std::vector<int> kSizes = {50, 100, 200, 400};

struct Kind {
  std::string model;
  Heard heard;
  std::string score, color;
  std::vector<int> sizes{kDrawn};  // in the table
  bool wind = true;

  std::string name() const {
    return model + ", " + (score == "expected" ? words_of(heard) : score) +
           (wind ? "" : ", without wind");
  }
};

// The slide's question first: the same ensembles, heard and not heard. Then the score. Then
// controls: each kind of uncertainty alone, models that have only one or none, and a world in which
// there is nothing to be unsure of.
const std::vector<Kind> kKinds{{"PE", Heard::nothing, "expected", palette(1), kSizes},
                               {"PE", Heard::both, "expected", palette(0), kSizes},
                               {"PE", Heard::both, "optimistic", palette(3), kSizes},
                               {"PE", Heard::both, "pessimistic", palette(2), kSizes},
                               {"D", Heard::nothing, "expected", palette(4), kSizes},
                               {"PE", Heard::disagreement, "expected", palette(5)},
                               {"PE", Heard::noise, "expected", palette(6)},
                               {"DE", Heard::nothing, "expected", palette(1)},
                               {"DE", Heard::disagreement, "expected", palette(0)},
                               {"P", Heard::nothing, "expected", palette(1)},
                               {"P", Heard::noise, "expected", palette(0)},
                               {"PE", Heard::nothing, "expected", palette(1), {kDrawn}, false},
                               {"PE", Heard::both, "expected", palette(0), {kDrawn}, false}};
constexpr std::size_t kWalks = 4;  // so many of them are drawn as walks

// The same slope without wind.
struct Calm : Cliff {
  template <class M>
  M dynamics(const M& s, const M& a) const {
    const M s_next = Cliff::dynamics(s, a);
    const RowOf<M> y_next = row(s_next, 1) + wind_at(s);
    return stack(RowOf<M>(row(s_next, 0)), y_next);
  }
};

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
  bool arrived = false;
  std::vector<double> x{}, y{};
};

// How near the goal a walk has arrived. No edge is near there, and nothing happens any more.
static bool arrived(const Vector& s) { return std::hypot(double(s(0)) - 1, double(s(1))) < 0.2; }

// One episode up to the goal after learning from D, without learning on.
static Walk walk(const Env& env, const Dataset& D, const Kind& kind, std::uint64_t seed) {
  pets::Config config;
  config.model.kind = kind.model;
  config.propagation.score = kind.score;
  Workers alone(1);
  Listener listener(env, config, kind.heard, seed);
  listener.agent.model.fit(D, alone);
  World world(env, Rng(seed, "world"));
  Walk walked{.x = {double(world.s()(0))}, .y = {double(world.s()(1))}};
  while (!world.over() && !walked.arrived) {
    const Transition tr = world.step(listener.act(world.s(), alone));
    walked.x.push_back(double(tr.s_next(0))), walked.y.push_back(double(tr.s_next(1)));
    walked.fell = tr.terminated, walked.arrived = arrived(tr.s_next);
  }
  return walked;
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
      kind.name() + ": " + std::to_string(falls) + " of " + std::to_string(walks.size()) + " fall";
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
// Five data sets of 100 random transitions, and a walk on each, without learning on. In all four
// panels the ensembles are the same: what their planner hears of them is not. With
// `make notebooks N=10_cliff SEEDS=40` it is forty walks, also for 50, 200 and 400 transitions, and
// the controls, which takes a quarter of an hour and writes docs/results/cliff.csv.

// %%
static std::vector<Walk> walks_of(const Kind& kind, int N) {
  const auto env = kind.wind ? make_env("cliff") : make_env(Calm());
  Workers workers(2);
  std::vector<Walk> walks(static_cast<std::size_t>(seeds));
  workers.for_each(seeds, [&](Index i) {
    const auto seed = static_cast<std::uint64_t>(i) + 1;
    walks[std::size_t(i)] = walk(*env, random_transitions(*env, N, seed), kind, seed);
  });
  return walks;
}

static int falls_of(const std::vector<Walk>& walks) {
  return int(std::count_if(walks.begin(), walks.end(), [](const Walk& w) { return w.fell; }));
}

RUN {
  std::vector<Figure> panels;
  std::unique_ptr<CsvWriter> table;
  if (all)
    table = std::make_unique<CsvWriter>(
        kTable, std::vector<std::string>{"model", "heard", "score", "wind", "transitions", "walks",
                                         "falls"});
  int at_goal = 0, stood = 0;
  for (std::size_t k = 0; k < (all ? kKinds.size() : kWalks); ++k) {
    const Kind& kind = kKinds[k];
    for (const int N : all ? kind.sizes : std::vector<int>{kDrawn}) {
      const std::vector<Walk> walks = walks_of(kind, N);
      const int falls = falls_of(walks);
      for (const Walk& w : walks) stood += !w.fell, at_goal += w.arrived;
      std::printf("%-24s N = %3d: %2d of %d fall\n", kind.name().c_str(), N, falls, seeds);
      std::fflush(stdout);
      if (table)
        table->row({kind.model, words_of(kind.heard), kind.score, kind.wind, N, seeds, falls});
      if (N == kDrawn && k < kWalks) panels.push_back(panel_of(walks, kind, falls));
    }
  }
  panels.back().x_label = "x";
  show(panels, all ? "cliff_walks" : "cliff_few_walks");
  expect(at_goal > 0.9 * stood, "nearly all that do not fall arrive at the goal");
}

// %% [markdown]
// ## A control: where there is nothing to hear
//
// One deterministic network (D) knows of no noise and of no disagreement. Following its mean and
// averaging over its particles must be the same walk, step by step.

// %%
RUN {
  const std::vector<Walk> mean = walks_of({"D", Heard::nothing, "expected", ""}, kDrawn),
                          both = walks_of({"D", Heard::both, "expected", ""}, kDrawn);
  bool same = true;
  for (std::size_t i = 0; i < mean.size(); ++i)
    same = same && mean[i].x == both[i].x && mean[i].y == both[i].y;
  expect(same, "with one deterministic network the expected return is that of the mean");
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
// Forty walks for each amount of data (docs/results/cliff.csv), with 95 % intervals. First the
// slide's question: the same ensembles, whose mean is followed, or whose expected return is
// maximised; beside them one deterministic network. Then the three scores. In the printed table
// the controls: one kind of uncertainty alone, models that have only one kind, and the slope
// without its wind.

// %%
struct Falls {
  double falls = 0, walks = 0;

  Interval share() const { return wilson(falls, walks); }
};

// Of every kind, by its number of transitions; under 0 of all.
static std::map<std::string, std::map<int, Falls>> read_table() {
  const Csv csv = read_csv(kTable);
  const auto model = csv.words("model"), heard = csv.words("heard"), score = csv.words("score");
  const auto wind = csv.column("wind"), N = csv.column("transitions"), walks = csv.column("walks"),
             falls = csv.column("falls");
  std::map<std::string, std::map<int, Falls>> found;
  for (const Kind& kind : kKinds)
    for (std::size_t r = 0; r < N.size(); ++r)
      if (model[r] == kind.model && heard[r] == words_of(kind.heard) && score[r] == kind.score &&
          (wind[r] > 0) == kind.wind)
        for (const int n : {int(N[r]), 0})
          found[kind.name()][n].falls += falls[r], found[kind.name()][n].walks += walks[r];
  return found;
}

RUN {
  auto fell = read_table();
  const auto line_of = [&](const std::string& name, const std::string& label, std::size_t color) {
    Series line{.label = label, .style = Style::line_points, .color = palette(color)};
    for (const auto& [N, count] : fell.at(name)) {
      if (N == 0) continue;
      const Interval share = count.share();
      line.x.push_back(N), line.y.push_back(share.centre);
      line.low.push_back(share.low), line.high.push_back(share.high);
    }
    return line;
  };
  Figure heard{.title = "Walks that end in a fall: the same ensembles (PE), not heard and heard",
               .x_label = "random transitions to learn from",
               .y_label = "share of walks",
               .y_low = 0,
               .y_high = 1};
  Figure scores = heard;
  scores.title = "Walks that end in a fall: three scores of the same ensembles";
  heard.series = {line_of("PE, mean", "the mean is followed", 1),
                  line_of("D, mean", "one deterministic network", 4),
                  line_of("PE, both", "expected return", 0)};
  scores.series = {line_of("PE, optimistic", "optimistic", 3), line_of("PE, both", "expected", 0),
                   line_of("PE, pessimistic", "pessimistic", 2)};
  show({heard}, "cliff_heard");
  show({scores}, "cliff_rates");
  for (const auto& [name, by_size] : fell)
    for (const auto& [N, count] : by_size) {
      const Interval share = count.share();
      if (N > 0 || by_size.size() > 2)
        std::printf("%-24s %-8s %3.0f of %3.0f fall (%2.0f to %2.0f %%)\n", name.c_str(),
                    N ? ("N = " + std::to_string(N)).c_str() : "all", count.falls, count.walks,
                    100 * share.low, 100 * share.high);
    }
  const auto of = [&](const std::string& name, int N) { return fell.at(name).at(N).share(); };
  expect(of("PE, both", 0).high < of("PE, mean", 0).low,
         "on the same ensembles the expected return falls less often than the mean, beyond chance");
  expect(of("PE, pessimistic", 0).high < of("PE, optimistic", 0).low,
         "the optimist falls more often than the pessimist, beyond chance");
}
