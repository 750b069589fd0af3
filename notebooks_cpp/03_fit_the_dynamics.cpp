// %% [markdown]
// # Fit the dynamics: one step is easy, many are not
//
// Step 2 of every version: learn $f(s, a)$ to minimise $\sum_i \|f(s_i, a_i) - s'_i\|^2$. This
// minimises the error of one step. A planner uses $H$ steps, each from where the last one was
// imagined to end.

// %%
#include "random_steps.hpp"

using namespace mbrl;

const auto env = make_env("pendulum");
constexpr int H = 50;
Workers workers(2);

static UncertainModel fitted(const Dataset& D, std::uint64_t seed) {
  UncertainModel model = make_uncertain_model(*env, {.kind = "D"}, seed);
  model.fit(D, workers);
  return model;
}

// The mean distance from the truth after 1, ..., H steps under random actions, from 200 states.
static std::vector<double> open_loop_error(const UncertainModel& model, const Vector& sd) {
  Rng rng(9, "test");
  const Theta theta = model.sample(1, rng)[0];
  Matrix truth = random_steps(*env, 2000, 99).random_states(200, rng), imagined = truth;
  std::vector<double> error;
  for (int t = 0; t < H; ++t) {
    const Matrix a = random_actions(*env, 200, rng);
    truth = env->dynamics(truth, a), imagined = model.predict(theta, imagined, a).mean;
    error.push_back(double(distance(*env, imagined, truth, sd).mean()));
  }
  return error;
}

// %% [markdown]
// ## What is learned, and in which units
//
// A network sees features of the state (the sine and cosine of an angle, not the angle), each
// normalised to mean 0 and variance 1, and predicts the normalised *change* of state. So in every
// task a loss of 1 is what predicting the mean change would give. 200 random transitions:

// %%
RUN {
  UncertainModel model = make_uncertain_model(*env, {.kind = "D"}, 1);
  const FitReport report = model.fit(random_steps(*env, 200, 1), workers);
  std::printf("%td rows, %td held out, %d passes: holdout loss %.1e\n", report.train_rows,
              report.holdout_rows, report.epochs, report.holdout_loss);
  expect(report.holdout_loss < 1e-2, "200 transitions explain 99 % of the variance of the changes");
}

// %% [markdown]
// ## An imagined trajectory beside the true one
//
// The same start and the same 50 random actions, once in the world and once in the network. Each
// prediction of the network is the input of the next, and nothing corrects it on the way.

// %%
RUN {
  const UncertainModel model = fitted(random_steps(*env, 200, 1), 1);
  Rng rng(3, "one trajectory");
  const Theta theta = model.sample(1, rng)[0];
  Matrix truth = env->reset(rng), imagined = truth;
  Series real{.label = "the world", .color = "#444444"};
  Series dreamt{.label = "f, open loop", .color = palette(1)};
  Series watched{
      .label = "f, one step from each true state", .style = Style::points, .color = palette(0)};
  for (int t = 0; t <= 100; ++t) {
    const double seconds = t * env->spec.seconds_per_step;
    real.x.push_back(seconds), real.y.push_back(double(truth(0, 0)));
    dreamt.x.push_back(seconds), dreamt.y.push_back(double(imagined(0, 0)));
    const Matrix a = random_actions(*env, 1, rng);
    watched.x.push_back(seconds + env->spec.seconds_per_step);
    watched.y.push_back(double(model.predict(theta, truth, a).mean(0, 0)));
    truth = env->dynamics(truth, a), imagined = model.predict(theta, imagined, a).mean;
  }
  show({Figure{.title = "A pendulum under random torques, after learning from 200 transitions",
               .x_label = "time [s]",
               .y_label = "angle [rad]",
               .series = {real, dreamt, watched}}},
       "open_loop");
}

// %% [markdown]
// ## One-step error against H-step error
//
// For 100 to 3200 transitions, three models each: the mean distance from the truth, in standard
// deviations of the data. More data help both, and the error of H steps is always larger by a large
// factor. This is why version 1.5 executes only the first action of its plan.

// %%
RUN {
  Figure growth{.title = "Open loop: how far the imagined state is from the true one",
                .x_label = "steps imagined",
                .y_label = "distance [sd of the data]",
                .log_x = true,
                .log_y = true};
  Figure against{.title = "One step and many, mean of three data sets and networks",
                 .x_label = "real transitions to learn from",
                 .y_label = "distance [sd of the data]",
                 .log_x = true,
                 .log_y = true};
  Series one{.label = "1 step", .style = Style::line_points};
  Series many{.label = std::to_string(H) + " steps", .style = Style::line_points};
  for (const int N : {100, 200, 400, 800, 1600, 3200}) {
    std::vector<double> mean(H, 0);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Dataset D = random_steps(*env, N, seed);
      const std::vector<double> error = open_loop_error(fitted(D, seed), spread_of(D));
      for (std::size_t t = 0; t < mean.size(); ++t) mean[t] += error[t] / 3;
    }
    Series line{.label = std::to_string(N) + " transitions", .y = mean};
    for (int t = 1; t <= H; ++t) line.x.push_back(t);
    growth.series.push_back(line);
    one.x.push_back(N), one.y.push_back(mean.front());
    many.x.push_back(N), many.y.push_back(mean.back());
    std::printf("%4d transitions: 1 step %.4f, %d steps %.3f, a factor of %.0f\n", N, mean.front(),
                H, mean.back(), mean.back() / mean.front());
  }
  against.series = {one, many};
  show({growth}, "one_step_many_steps");
  show({against}, "error_over_data");
  bool always = true;
  for (std::size_t i = 0; i < one.y.size(); ++i) always = always && many.y[i] > 5 * one.y[i];
  expect(always, "50 steps are over five times as wrong as one, whatever the amount of data");
  expect(one.y.back() < one.y.front() / 3 && many.y.back() < many.y.front() / 2,
         "with 32 times the data one step is less than a third as wrong, and 50 steps half");
}
