// %% [markdown]
// # The curse of long model-based rollouts
//
// "How quickly does error accumulate? $O(\epsilon T^2)$." First a chain of two states where that
// bound is attained, then learned models of control tasks, where the growth depends on the task.

// %%
#include "random_steps.hpp"

using namespace mbrl;

// The slope of log y over log x, by least squares.
static double slope(const std::vector<double>& x, const std::vector<double>& y) {
  double n = double(x.size()), sx = 0, sy = 0, sxx = 0, sxy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double u = std::log(x[i]), v = std::log(y[i]);
    sx += u, sy += v, sxx += u * u, sxy += u * v;
  }
  return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

// %% [markdown]
// ## Where the bound is attained
//
// On the road every step pays 1, in the ditch none does, and there is no way back. In truth nobody
// leaves the road; the model believes that each step does so with probability $\epsilon$. The
// imagined return of $T$ steps differs from the true one by $\sum_t (1 - (1 - \epsilon)^t)$, which
// is about $\epsilon T^2 / 2$ while $\epsilon T$ is small.

// %%
Series chain{.label = "the chain", .style = Style::line_points, .color = "#222222"};

RUN {
  constexpr double epsilon = 1e-5;
  for (const int T : {10, 20, 50, 100, 200, 500, 1000}) {
    double on_the_road = 1, imagined = 0;
    for (int t = 1; t <= T; ++t) on_the_road *= 1 - epsilon, imagined += on_the_road;
    chain.x.push_back(T), chain.y.push_back(T - imagined);
  }
  const double chain_slope = slope(chain.x, chain.y);
  std::printf("chain: slope %.3f\n", chain_slope);
  expect(std::abs(chain_slope - 2) < 0.1, "the slope of the chain is 2 within 0.1");
}

// %% [markdown]
// ## Learned models
//
// Deterministic networks after 1000 random steps, rolled out open loop from 50 states of $D$ under
// fresh random actions, beside the true dynamics. The error summed over $T$ steps, each coordinate
// in units of its standard deviation in $D$. The dashed guides have slopes of 1 and 2. The slope
// depends on the task. On the point mass an error of the velocity adds up in the position, and that
// again in the sum; on the swing-up a single step is already off by 0.15 (the cart hits the end of
// its rail), and an error that starts so large has little room to grow.

// %%
RUN {
  Figure growth{.title = "Error of T imagined steps, summed",
                .x_label = "T, steps",
                .y_label = "sum of errors [sd of the data]",
                .series = {chain},
                .log_x = true,
                .log_y = true};
  Workers workers(2);
  std::size_t color = 0;
  double lowest = 9, highest = 0;
  for (const char* name : {"pendulum", "cartpole_swingup", "reacher", "point_mass"}) {
    const auto env = make_env(name);
    const Dataset D = random_steps(*env, 1000, 1);
    UncertainModel model = make_uncertain_model(*env, {.kind = "D"}, 1);
    model.fit(D, workers);
    Rng rng(1, name);
    const Theta theta = model.sample(1, rng)[0];
    const Vector sd = spread_of(D);
    Matrix s = D.random_states(50, rng), imagined = s;
    Series line{.label = name, .color = palette(color++)};
    double total = 0;
    for (int t = 1; t <= 100; ++t) {
      const Matrix a = random_actions(*env, 50, rng);
      s = env->dynamics(s, a), imagined = model.predict(theta, imagined, a).mean;
      total += double(distance(*env, imagined, s, sd).mean());
      line.x.push_back(t), line.y.push_back(total);
    }
    growth.series.push_back(line);
    const double grows = slope(line.x, line.y);
    lowest = std::min(lowest, grows), highest = std::max(highest, grows);
    std::printf("%s: slope %.2f, error of step 1 %.1e, sum over 100 steps %.1e\n", name, grows,
                line.y[0], total);
  }
  for (const int power : {1, 2}) {
    Series guide{.label = "slope " + std::to_string(power), .style = Style::dashes};
    guide.color = power == 1 ? "#aaaaaa" : "#555555", guide.width = 1.5;
    for (const double T : {1.0, 1000.0})
      guide.x.push_back(T), guide.y.push_back(2e-3 * std::pow(T, power));
    growth.series.push_back(guide);
  }
  show({growth}, "error_growth");
  expect(lowest > 1.2, "the summed error grows faster than the number of steps in every task");
}
