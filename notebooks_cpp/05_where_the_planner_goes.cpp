// %% [markdown]
// # The planner goes where the model is wrong
//
// $p_{\pi_f}(s_t) \neq p_{\pi_0}(s_t)$: the data come from the base policy $\pi_0$, and the planner
// goes elsewhere. Worse, a planner that searches thousands of plans for the highest predicted
// return finds exactly those whose prediction is too high. First a map of where the planner goes,
// then what its plans promise there (their predicted return) and what they bring.

// %%
#include <map>
#include <numeric>

#include "algorithms/01_version_1_5.hpp"
#include "heard.hpp"
#include "intervals.hpp"
#include "random_steps.hpp"
#include "report/csv.hpp"

using namespace mbrl;

Workers workers(2);

// %% [markdown]
// ## A map of the pendulum
//
// The state is angle (0 is upright) and speed. The colour is the error of a network fitted to 200
// random steps, for one step, averaged over actions. The points are the random steps, which stay
// near the bottom, and the first episode of planning through that network: it heads for the top,
// where there are no data.

// %%
static Series points_of(const std::string& label, const std::string& color, const Matrix& s) {
  Series points{.label = label, .style = Style::points, .color = color};
  for (Index i = 0; i < s.cols(); ++i) {
    points.x.push_back(double(wrap_angle(row(s, 0))(i))), points.y.push_back(double(s(1, i)));
  }
  return points;
}

RUN {
  const auto env = make_env("pendulum");
  version_1_5::Agent agent(*env, {}, 1);
  const Dataset D = random_steps(*env, 200, 1);
  agent.f.fit(D);
  Dataset visited(2, 1);
  World world(*env, Rng(2, "world"));
  while (!world.over()) visited.append(world.step(agent.act(world.s(), workers)));

  const Vector sd = spread_of(D);
  const auto error_at = [&](const Matrix& s) {
    Row mean = Row::Zero(s.cols());
    for (const Scalar torque : {-2, -1, 0, 1, 2}) {
      const Matrix a = Matrix::Constant(1, s.cols(), torque);
      mean += distance(*env, agent.f.predict(s, a).s_next, env->dynamics(s, a), sd) / 5;
    }
    return mean;
  };
  Series map{.style = Style::heat};
  for (int i = 0; i <= 60; ++i)
    for (int j = 0; j <= 40; ++j) {
      const Vector s{{Scalar(-3.1 + 6.2 * i / 60), Scalar(-8 + 16.0 * j / 40)}};
      map.x.push_back(double(s(0))), map.y.push_back(double(s(1)));
      map.value.push_back(std::log10(double(error_at(s)(0)) + 1e-6));
    }
  Figure figure{.title = "Where f is wrong, where its data are, and where it is used",
                .x_label = "angle [rad]",
                .y_label = "speed [rad/s]",
                .color_label = "log10 of the error of a step [sd of the data]",
                .height = 560};
  figure.series = {map, points_of("pi_0: 200 random steps", "#e69f00", D.all().s),
                   points_of("pi_f: the first episode of planning", "#d03030", visited.all().s)};
  show({figure}, "where_the_planner_goes");
  const double at_home = double(error_at(D.all().s).mean());
  const double abroad = double(error_at(visited.all().s.leftCols(60)).mean());
  std::printf("mean error of a step: at states of D %.4f, on the planner's way up %.4f\n", at_home,
              abroad);
  expect(abroad > 2 * at_home, "where the planner goes, f is more than twice as wrong as on D");
}

// %% [markdown]
// ## Promised and real, on the same networks
//
// Every chosen plan is carried out in the true dynamics, and its promised return compared with its
// real one. What is *hearing the uncertainty* worth? One thing may change at a time. All planners
// search with CEM for the plan of 25 steps with the best score, from the same states of the
// cart-pole: those that a planner with the true dynamics passes on its first 40 steps, every other
// one. All models have learned from the same 200 random steps: one deterministic network (D), one
// probabilistic (P), and ensembles of five of them (DE, PE). From D to P the *loss* changes, from D
// to DE it becomes an *ensemble*. Within a model the networks stay, and what the planner *hears*
// changes: it follows the mean of the members, or their noise as well, or their disagreement, or
// both.
//
// The control: a plan that was not chosen (here one of random actions) has no reason to promise too
// much.

// %%
struct Listening {
  std::string model;
  Heard heard;

  std::string name() const { return model + ", " + words_of(heard); }
};
const std::vector<Listening> kAll{
    {"D", Heard::nothing},  {"P", Heard::nothing},       {"P", Heard::noise},
    {"DE", Heard::nothing}, {"DE", Heard::disagreement}, {"PE", Heard::nothing},
    {"PE", Heard::noise},   {"PE", Heard::disagreement}, {"PE", Heard::both}};
constexpr Index kStates = 20;
const int seeds = seeds_or(3);
const bool all = seeds >= 20;  // then the table is written anew
const std::string kTable = "docs/results/promises.csv";

// Of the chosen plans, and of a random one from each of the same states.
struct Promises {
  std::vector<double> promised{}, real{}, random_promised{}, random_real{};
};

static pets::Config config_of(const std::string& model) {
  pets::Config config;
  config.model.kind = model;
  config.planner.cem.candidates = 200, config.planner.cem.elites = 20;
  return config;
}

// Where the planner with the true dynamics goes.
static Matrix states_on_the_way(const Env& env, std::uint64_t seed) {
  World world(env, Rng(seed + 100, "world"));
  Mpc oracle(env.spec, config_of("D").planner, seed);
  Matrix states(env.spec.state_dim(), kStates);
  for (Index t = 0; t < 2 * kStates; ++t) {
    if (t % 2 == 0) states.col(t / 2) = world.s();
    world.step(oracle.first_action(objective([&](const Matrix& plans) {
      return return_of_plans(env, true_dynamics<Matrix>(env), world.s(), plans);
    })));
  }
  return states;
}

static Promises plan_and_check(const Env& env, const Matrix& states, const Listening& how,
                               std::uint64_t seed) {
  Workers alone(1);
  Listener listener(env, config_of(how.model), how.heard, seed);
  listener.agent.model.fit(random_steps(env, 200, seed), alone);
  Rng luck(seed, "promises"), actions(seed, "random plans");
  Promises found;
  for (Index i = 0; i < states.cols(); ++i) {
    const Vector s = states.col(i);
    listener.agent.planner.reset();
    listener.act(s, alone);
    const Vector& plan = listener.agent.planner.last_plan();
    found.promised.push_back(double(listener.judge(s, plan, luck, alone)(0)));
    found.real.push_back(true_return(env, s, plan));
    const Vector random = random_actions(env, plan.size(), actions).transpose();
    found.random_promised.push_back(double(listener.judge(s, random, luck, alone)(0)));
    found.random_real.push_back(true_return(env, s, random));
  }
  return found;
}

static double mean_of(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / double(x.size());
}

// %% [markdown]
// Three data sets, and the same three PE ensembles in both colours. With
// `make notebooks N='05*' SEEDS=20` it is twenty data sets, which takes two minutes and writes
// docs/results/promises.csv.

// %%
RUN {
  const auto env = make_env("cartpole_swingup");
  const auto n = static_cast<std::size_t>(seeds);
  std::vector<Matrix> states(n);
  std::vector<Promises> found(kAll.size() * n);
  workers.for_each(seeds, [&](Index i) {
    states[std::size_t(i)] = states_on_the_way(*env, std::uint64_t(i) + 1);
  });
  workers.for_each(Index(found.size()), [&](Index i) {
    const std::size_t k = std::size_t(i) / n, seed = std::size_t(i) % n;
    found[std::size_t(i)] = plan_and_check(*env, states[seed], kAll[k], seed + 1);
  });

  std::unique_ptr<CsvWriter> table;
  if (all)
    table = std::make_unique<CsvWriter>(
        kTable, std::vector<std::string>{"model", "heard", "seed", "states", "promised", "real",
                                         "random_promised", "random_real"});
  Figure figure{.title = "Plans chosen with the same ensembles (PE) after 200 random steps",
                .x_label = "real return of the plan",
                .y_label = "promised return"};
  figure.series = {{.label = "promise kept",
                    .x = {-2, 25},
                    .y = {-2, 25},
                    .style = Style::dashes,
                    .color = "#777777"},
                   {.label = "the mean is followed", .style = Style::points, .color = palette(1)},
                   {.label = "expected return", .style = Style::points, .color = palette(0)}};
  for (std::size_t k = 0; k < kAll.size(); ++k) {
    double excess = 0;
    for (std::size_t seed = 0; seed < n; ++seed) {
      const Promises& p = found[k * n + seed];
      excess += (mean_of(p.promised) - mean_of(p.real)) / double(n);
      if (table)
        table->row({kAll[k].model, words_of(kAll[k].heard), int(seed) + 1, int(kStates),
                    mean_of(p.promised), mean_of(p.real), mean_of(p.random_promised),
                    mean_of(p.random_real)});
      if (kAll[k].model != "PE" ||
          (kAll[k].heard != Heard::nothing && kAll[k].heard != Heard::both))
        continue;
      Series& points = figure.series[kAll[k].heard == Heard::both ? 2 : 1];
      points.x.insert(points.x.end(), p.real.begin(), p.real.end());
      points.y.insert(points.y.end(), p.promised.begin(), p.promised.end());
    }
    std::printf("%-17s promised minus real, mean over %zu plans: %5.2f\n", kAll[k].name().c_str(),
                n * kStates, excess);
  }
  show({figure}, all ? "model_exploitation_of_all" : "model_exploitation");
}

// %% [markdown]
// ## What each thing is worth
//
// Of docs/results/promises.csv, data set by data set: how much smaller the exaggeration (promised
// minus real return) becomes, and how much larger the real return, when one thing changes. All
// pairs have the same data and the same states, and where only what is heard changes, the same
// networks. The 95 % intervals are those of the mean over data sets.

// %%
struct Columns {
  std::map<std::string, std::vector<double>> excess{}, real{}, random_excess{};
};

static Columns read_table() {
  const Csv csv = read_csv(kTable);
  const auto model = csv.words("model"), heard = csv.words("heard");
  const auto promised = csv.column("promised"), real = csv.column("real"),
             random_promised = csv.column("random_promised"),
             random_real = csv.column("random_real");
  Columns found;
  for (std::size_t r = 0; r < real.size(); ++r) {
    const std::string name = model[r] + ", " + heard[r];
    found.excess[name].push_back(promised[r] - real[r]);
    found.real[name].push_back(real[r]);
    found.random_excess[name].push_back(random_promised[r] - random_real[r]);
  }
  return found;
}

static Interval change(const std::map<std::string, std::vector<double>>& of,
                       const std::string& from, const std::string& to) {
  std::vector<double> difference;
  for (std::size_t i = 0; i < of.at(from).size(); ++i)
    difference.push_back(of.at(to)[i] - of.at(from)[i]);
  return mean_interval(difference);
}

RUN {
  const Columns found = read_table();
  const auto print = [](const Interval& x) {
    std::printf("  %6.2f (%5.2f to %5.2f)", x.centre, x.low, x.high);
  };
  std::printf(
      "%zu data sets%11s promised minus real        real return                of random plans\n",
      found.real.begin()->second.size(), "");
  for (const Listening& how : kAll) {
    std::printf("%-19s", how.name().c_str());
    for (const auto* of : {&found.excess, &found.real, &found.random_excess})
      print(mean_interval(of->at(how.name())));
    std::printf("\n");
  }
  std::printf("\nchange of %21s promised minus real        real return\n", "");
  struct Step {
    std::string thing, from, to;
  };
  const std::vector<Step> steps{{"loss", "D, mean", "P, mean"},
                                {"ensemble", "D, mean", "DE, mean"},
                                {"loss and ensemble", "D, mean", "PE, mean"},
                                {"heard: P, noise", "P, mean", "P, noise"},
                                {"heard: DE, disagreement", "DE, mean", "DE, disagreement"},
                                {"heard: PE, noise", "PE, mean", "PE, noise"},
                                {"heard: PE, disagreement", "PE, mean", "PE, disagreement"},
                                {"heard: PE, both", "PE, mean", "PE, both"}};
  for (const Step& step : steps) {
    std::printf("%-31s", step.thing.c_str());
    print(change(found.excess, step.from, step.to)), print(change(found.real, step.from, step.to));
    std::printf("\n");
  }

  Figure figure{.title = "The same networks, not heard and heard (each point a data set)",
                .x_label = "promised minus real: the mean is followed",
                .y_label = "promised minus real: expected return"};
  figure.series = {{.label = "no difference",
                    .x = {-6, 11},
                    .y = {-6, 11},
                    .style = Style::dashes,
                    .color = "#777777"}};
  const auto points = [&](const std::string& label, const std::string& from, const std::string& to,
                          std::size_t color) {
    figure.series.push_back({.label = label,
                             .x = found.excess.at(from),
                             .y = found.excess.at(to),
                             .style = Style::points,
                             .color = palette(color)});
  };
  points("one network: its noise", "P, mean", "P, noise", 2);
  points("deterministic ensemble: disagreement", "DE, mean", "DE, disagreement", 1);
  points("probabilistic ensemble: both", "PE, mean", "PE, both", 0);
  show({figure}, "heard_or_not");

  expect(mean_interval(found.excess.at("D, mean")).low > 1,
         "one network's chosen plans promise more than they bring");
  expect(change(found.excess, "PE, mean", "PE, both").high < 0,
         "on the same ensemble the expected return exaggerates less than the mean, beyond chance");
}
