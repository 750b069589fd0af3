// %% [markdown]
// # Three ways to imagine
//
// "How to get away with accumulated errors?" The slide's three pictures: long rollouts from the
// start, short ones from the start, short ones from visited states. 400 imagined states each, on
// the pendulum. The policy has just been improved inside the model (version 2.0); $D$ was collected
// by random actions and by the policies before it.

// %%
#include "algorithms/03_version_2_0.hpp"
#include "random_steps.hpp"

using namespace mbrl;

// 200 more steps of the policy as it acts.
static void append_steps_of(version_2_0::Agent& agent, Dataset& D, std::uint64_t seed) {
  World world(agent.env, Rng(seed, "world"));
  for (int i = 0; i < 200; ++i) {
    if (world.over()) world.reset();
    D.append(world.step(agent.act(world.s())));
  }
}

// %%
const auto env = make_env("pendulum");
Workers workers(2);
Dataset D = random_steps(*env, 200, 2);
version_2_0::Agent agent(*env, {}, 2);

RUN {
  for (int round = 0; round < 5; ++round) {
    if (round > 0) append_steps_of(agent, D, std::uint64_t(round));
    agent.model.fit(D, workers);
    for (int k = 0; k < 100; ++k) agent.improve(agent.starts(D, agent.config.start, 100), workers);
  }
}

// %% [markdown]
// 1. Long rollouts from the start: large errors.
// 2. Short rollouts from the start: much lower error, but later time steps are never seen.
// 3. Short rollouts from visited states: low error, and all time steps. But the states come from
//    earlier policies, not from the present one: "wrong state distribution".
//
// Grey points are where the present policy really goes; coloured points were imagined, and the
// colour is their error.

// %%
RUN {
  Rng rng(2, "three ways");
  const Theta theta = agent.model.sample(1, rng)[0];
  struct Way {
    std::string title;
    int rollouts, steps;
    bool visited;
  };
  const std::vector<Way> ways{
      {"Long rollouts from the start: how wrong do they get?", 4, 100, false},
      {"Short rollouts from the start: what do they never see?", 40, 10, false},
      {"Short rollouts from visited states: whose states are these?", 40, 10, true}};
  // Where the new policy really goes.
  std::vector<double> real_angle, real_speed;
  for (int i = 0; i < 4; ++i) {
    Matrix s = env->reset(rng);
    for (int t = 0; t < 100; ++t) {
      s = env->dynamics(s, squash(env->spec, mean_u(*env, agent.pi, s)));
      real_angle.push_back(double(wrap_angle(row(s, 0))(0))), real_speed.push_back(double(s(1)));
    }
  }
  std::vector<Figure> panels;
  std::vector<double> mean_error;
  for (const Way& way : ways) {
    Matrix s(2, way.rollouts);
    if (way.visited)
      s = D.random_states(way.rollouts, rng);
    else
      for (Index b = 0; b < way.rollouts; ++b) s.col(b) = env->reset(rng);
    Matrix imagined = s;
    Series right{.label = "imagined, error below 0.1", .style = Style::points, .color = palette(2)};
    Series off{.label = "0.1 to 0.5", .style = Style::points, .color = palette(1)};
    Series wrong{.label = "above", .style = Style::points, .color = "#c0504d"};
    double sum = 0;
    for (int t = 0; t < way.steps; ++t) {
      const Matrix a = squash(env->spec, mean_u(*env, agent.pi, imagined));
      // The truth for the same actions; how wrong the imagined states are.
      s = env->dynamics(s, a), imagined = agent.model.predict(theta, imagined, a).mean;
      for (Index b = 0; b < way.rollouts; ++b) {
        const double angle = double(wrap_angle(row(Matrix(imagined - s), 0))(b));
        const double error = std::hypot(angle, double(imagined(1, b) - s(1, b)));
        sum += error / (way.rollouts * way.steps);
        Series& mine = error < 0.1 ? right : error < 0.5 ? off : wrong;
        mine.x.push_back(double(wrap_angle(row(imagined, 0))(b)));
        mine.y.push_back(double(imagined(1, b)));
      }
    }
    mean_error.push_back(sum);
    char title[120];
    std::snprintf(title, sizeof title, "%s Mean error %.3f", way.title.c_str(), sum);
    Figure panel{.title = title, .y_label = "speed [rad/s]", .height = 300};
    panel.y_low = -8.5, panel.y_high = 8.5;
    panel.series = {{.label = "where the policy really goes",
                     .x = real_angle,
                     .y = real_speed,
                     .style = Style::points,
                     .color = "#cccccc"},
                    right,
                    off,
                    wrong};
    panels.push_back(panel);
    std::printf("%s mean error %.3f\n", way.title.c_str(), sum);
  }
  panels.back().x_label = "angle [rad]", panels.back().height += 40;
  show(panels, "three_ways");
  expect(mean_error[1] < mean_error[0] && mean_error[2] < mean_error[0],
         "short rollouts are less wrong than long ones");
}
