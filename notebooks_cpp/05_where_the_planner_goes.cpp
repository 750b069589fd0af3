// %% [markdown]
// # The planner goes where the model is wrong
//
// $p_{\pi_f}(s_t) \neq p_{\pi_0}(s_t)$: the data come from the base policy $\pi_0$, and the planner
// goes elsewhere. Worse, a planner that searches thousands of plans for the highest predicted
// return finds exactly those whose prediction is too high. First a map of where the planner goes,
// then what its plans promise there (their predicted return) and what they bring.

// %%
#include "algorithms/01_version_1_5.hpp"
#include "algorithms/02_pets.hpp"
#include "random_steps.hpp"

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
// ## Promised and real
//
// On the cart-pole, after 200 random steps: every chosen plan is carried out in the true dynamics,
// and its promised return compared with its real one. One deterministic network, and a
// probabilistic ensemble of five, of the same size and on the same data; both search with CEM for
// the plan of 25 steps with the best score.

// %%
struct Promises {
  std::vector<double> promised{}, real{};
  double excess() const {
    double sum = 0;
    for (std::size_t i = 0; i < real.size(); ++i) sum += promised[i] - real[i];
    return sum / double(real.size());
  }
};

// 40 plans, each from where the last one's first action led.
static void plan_and_check(const std::string& kind, std::uint64_t seed, Promises& promises) {
  const auto env = make_env("cartpole_swingup");
  pets::Config config;
  config.model.kind = kind;
  config.model.network.hidden_layers = 3, config.model.network.hidden_width = 128;
  config.planner.cem.candidates = 200, config.planner.cem.elites = 20;
  pets::Agent agent(*env, config, seed);
  agent.model.fit(random_steps(*env, 200, seed), workers);
  World world(*env, Rng(seed + 100, "world"));
  Rng luck(seed, "promises");
  for (int i = 0; i < 40; ++i) {
    const Vector s = world.s(), a = agent.act(s, workers);
    const Vector& plan = agent.planner.last_plan();
    promises.promised.push_back(double(agent.judge(s, plan, luck, workers)(0)));
    promises.real.push_back(true_return(*env, s, plan));
    world.step(a);
  }
}

RUN {
  Promises one, ensemble;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    plan_and_check("D", seed, one);
    plan_and_check("PE", seed, ensemble);
  }
  std::printf("promised minus real, mean over %zu plans: one network %.2f, ensemble %.2f\n",
              one.real.size(), one.excess(), ensemble.excess());
  Figure figure{.title = "Chosen plans after 200 random steps of the cart-pole",
                .x_label = "real return of the plan",
                .y_label = "promised return"};
  figure.series = {{.label = "promise kept",
                    .x = {-2, 25},
                    .y = {-2, 25},
                    .style = Style::dashes,
                    .color = "#777777"},
                   {.label = "one deterministic network",
                    .x = one.real,
                    .y = one.promised,
                    .style = Style::points,
                    .color = palette(1)},
                   {.label = "ensemble, expected return",
                    .x = ensemble.real,
                    .y = ensemble.promised,
                    .style = Style::points,
                    .color = palette(0)}};
  show({figure}, "model_exploitation");
  expect(one.excess() > 1, "one network's chosen plans promise more than they bring");
  expect(ensemble.excess() < 0.7 * one.excess(),
         "the ensemble's promises are at most 70 % as exaggerated");
}
