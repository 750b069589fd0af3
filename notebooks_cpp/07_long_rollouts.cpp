// %% [markdown]
// # The curse of long model-based rollouts
//
// "How quickly does error accumulate? O(epsilon T^2)." First a chain of two states where that bound
// is attained, then learned models of control tasks, where it is whatever it is; then the three
// ways of the slide "How to get away with accumulated errors?".

// %%
#include "algorithms/03_version_2_0.hpp"
#include "envs/all.hpp"
#include "report/notebook.hpp"

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

// Random actions, or those of a policy.
static void collect(const Env& env, Dataset& D, int steps, Rng& rng, const NetworkPolicy* pi) {
  World world(env, Rng(rng.below(1000000), "world"));
  for (int i = 0; i < steps; ++i) {
    const Matrix s = world.s();
    D.append(world.step(pi ? Vector(squash(env.spec, mean_u(env, *pi, s)).col(0))
                           : random_action(env.spec, rng)));
    if (world.over()) world.reset();
  }
}

static Matrix step_of(const UncertainModel& model, const Theta& theta, const Matrix& s,
                      const Matrix& a) {
  return model.predict(theta, s, a).mean;
}

int main() {
  // %% [markdown]
  // The chain: on the road every step pays 1, in the ditch none does, and there is no way back. In
  // truth nobody leaves the road; the model believes that one step in 1/epsilon does. How far the
  // imagined return of T steps is from the true one: sum_t (1 - (1 - epsilon)^t), which is epsilon
  // T^2 / 2 while epsilon T is small.

  // %%
  constexpr double epsilon = 1e-5;
  Series chain{.label = "chain", .style = Style::line_points, .color = "#222222"};
  for (const int T : {10, 20, 50, 100, 200, 500, 1000}) {
    double on_the_road = 1, imagined = 0;
    for (int t = 1; t <= T; ++t) on_the_road *= 1 - epsilon, imagined += on_the_road;
    chain.x.push_back(T), chain.y.push_back(T - imagined);
  }
  const double chain_slope = slope(chain.x, chain.y);
  std::printf("chain: slope %.3f\n", chain_slope);

  // %% [markdown]
  // Learned models: deterministic networks after 1000 random steps, rolled out open loop from 50
  // states of D under fresh random actions, beside the true dynamics. The error summed over T
  // steps, each coordinate in units of its standard deviation in D.

  // %%
  Figure growth{.title = "Error of T imagined steps, summed",
                .x_label = "T",
                .y_label = "sum of errors",
                .series = {chain},
                .log_x = true,
                .log_y = true};
  Workers workers(2);
  std::size_t color = 0;
  for (const char* name : {"pendulum", "cartpole_swingup", "reacher", "point_mass"}) {
    const auto env = make_env(name);
    Rng rng(1, name);
    Dataset D(env->spec.state_dim(), env->spec.action_dim());
    collect(*env, D, 1000, rng, nullptr);
    UncertainModel model = make_uncertain_model(*env, {.kind = "D"}, 1);
    model.fit(D, workers);
    const Theta theta = model.sample(1, rng)[0];
    Matrix s = D.random_states(50, rng), imagined = s;
    const Matrix many = D.random_states(1000, rng);
    const Matrix sd =
        (many.colwise() - many.rowwise().mean().eval()).cwiseAbs2().rowwise().mean().cwiseSqrt();
    Series line{.label = name, .color = palette(color++)};
    double total = 0;
    for (int t = 1; t <= 100; ++t) {
      Matrix a(env->spec.action_dim(), 50);
      for (Index b = 0; b < 50; ++b) a.col(b) = random_action(env->spec, rng);
      s = env->dynamics(s, a), imagined = step_of(model, theta, imagined, a);
      Matrix off = imagined - s;
      for (const Index i : env->spec.angles) off.row(i) = wrap_angle(row(off, i)).matrix();
      for (Index i = 0; i < off.rows(); ++i) off.row(i) /= std::max(sd(i), Scalar(1e-6));
      total += double(off.colwise().norm().mean());
      line.x.push_back(t), line.y.push_back(total);
    }
    growth.series.push_back(line);
    std::printf("%s: slope %.2f, error of step 1 %.1e, sum over 100 steps %.1e\n", name,
                slope(line.x, line.y), line.y[0], total);
  }
  show({growth}, "07_error_growth");
  expect(std::abs(chain_slope - 2) < 0.1, "the slope of the chain is 2 within 0.1");

  // %% [markdown]
  // Three ways to imagine 400 states, on the pendulum. The policy has just been improved inside the
  // model (version 2.0); D was collected by random actions and by the policies before it.
  //
  // 1. Long rollouts from the start: where does the model believe we go? Far off.
  // 2. Short rollouts from the start: much lower error, but what comes late in an episode is never
  //    seen.
  // 3. Short rollouts from visited states: low error, and everywhere. But the states come from the
  //    policies of before, not from the one that is being judged: "what is the problem with this?"

  // %%
  const auto env = make_env("pendulum");
  version_2_0::Config config;
  config.updates = 100;
  version_2_0::Agent agent(*env, config, 2);
  Rng rng(2, "three ways");
  Dataset D(2, 1);
  collect(*env, D, 200, rng, nullptr);
  for (int round = 0; round < 5; ++round) {
    if (round > 0) collect(*env, D, 200, rng, &agent.pi);
    agent.model.fit(D, workers);
    for (int k = 0; k < config.updates; ++k) agent.improve(agent.starts(D, 100), workers);
  }
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
      s = env->dynamics(s, a), imagined = step_of(agent.model, theta, imagined, a);
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
    Figure panel{.title = title, .y_label = "speed", .height = 300};
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
  panels.back().x_label = "angle", panels.back().height += 40;
  show(panels, "07_three_ways");
  expect(mean_error[1] < mean_error[0] && mean_error[2] < mean_error[0],
         "short rollouts are less wrong than long ones");
}
