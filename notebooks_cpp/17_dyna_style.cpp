// %% [markdown]
// # The Dyna-style recipe and its three instances
//
// MBA, MVE and MBPO give a model-free learner imagined transitions, or targets made with them. Of
// each the slides ask: why is this a good idea? Why is it a bad one? The runs are those of
// docs/results.md, 5 seeds each (3 of what is changed on purpose), made again by
// `make results R=short_rollouts`; this notebook reads docs/results/short_rollouts.csv and draws.

// %%
#include "diagram.hpp"
#include "result_runs.hpp"

using namespace mbrl;

const Csv csv = read_csv("docs/results/short_rollouts.csv");

// The return under way, averaged over the real steps from the first of the learned policy up to
// `until`, and over seeds: the area under the learning curve, in units of return.
constexpr double kRandomSteps = 200;
double area(const RunGroup& group, double until) {
  double sum = 0;
  for (const RunCurve& run : group.runs) {
    double total = 0, before = kRandomSteps;
    for (std::size_t i = 0; i < run.steps.size() && before < until; ++i) {
      const double now = std::min(run.steps[i], until);
      total += run.returns[i] * (now - before), before = now;
    }
    sum += total / (before - kRandomSteps);
  }
  return sum / double(group.runs.size());
}

struct Curve {
  std::string label;
  Which which;
};

// Draws the curves up to so many real steps, and returns their areas.
std::vector<double> draw(const std::string& title, const std::vector<Curve>& curves, double until,
                         const std::string& name) {
  std::vector<RunGroup> groups;
  std::vector<double> areas;
  std::printf("%s; area up to %.0f steps:", title.c_str(), until);
  for (const Curve& curve : curves) {
    groups.push_back(runs_of(csv, curve.which, curve.label));
    for (RunCurve& run : groups.back().runs)
      while (!run.steps.empty() && run.steps.back() > until)
        run.steps.pop_back(), run.returns.pop_back();
    areas.push_back(area(runs_of(csv, curve.which, curve.label, 1), until));
    std::printf("  %s %.1f", curve.label.c_str(), areas.back());
  }
  std::printf("\n");
  Figure figure = compare(title, groups).figure;
  figure.x_label = "real environment steps";
  figure.y_label = "mean of the last 5 episodes, mean ± 1 sd";
  show({figure}, name);
  return areas;
}

// %% [markdown]
// ## MBA
//
// NAF learns sooner with imagined transitions than alone. As many updates on the real ones alone
// are the control: what they do is not due to the model. And time-varying linear models, those of
// the paper, know one trajectory and nothing else: where every episode begins elsewhere they
// mislead the learner.

// %%
RUN {
  for (const std::string env : {"cartpole_swingup", "pendulum"}) {
    const auto areas = draw("MBA on " + env,
                            {{"NAF", {"naf", env}},
                             {"NAF, 10 updates a step", {"naf", env, "updates10"}},
                             {"MBA", {"mba", env}},
                             {"MBA, linear models", {"mba", env, "linear"}}},
                            5000, env == "pendulum" ? "mba_bad" : "mba_good");
    expect(areas[2] > areas[0], env + ": MBA learns from fewer real steps than NAF");
    expect(areas[3] < areas[2], env + ": linear models are worse than an ensemble");
  }
}

// %% [markdown]
// ## The target of MVE
//
// One real step, then $H$ imagined ones, and only behind them the critic's own guess $V'$. With the
// TD-k trick $Q$ is trained at the imagined states as well, each with what is left of the same sum.

// %%
RUN {
  const std::string real = "#0072b2", imagined = "#e69f00", guess = "#d55e00", grey = "#777777";
  const std::vector<std::string> states{"s_0", "s_1", "s_2", "s_3", "s_4"};
  Diagram picture(13.4, 6.6, 60);
  for (int t = 0; t <= 4; ++t) {
    const Point here{1 + 2.2 * t, 5};
    picture.circle(here, 0.4, t <= 1 ? "#b3d4ea" : "#f6dda6");
    picture.text(here, states[std::size_t(t)]);
    if (t == 4) break;
    picture.arrow({here.x + 0.45, 5}, {here.x + 1.75, 5}, t == 0 ? real : imagined, 2.5);
    picture.text({here.x + 1.1, 5.35}, "r_" + std::to_string(t));
  }
  picture.text({2.1, 6.1}, "the real step, from B", 11, real);
  picture.text({6.5, 6.1}, "H = 3 steps of the model, a = π(s)", 11, imagined);
  picture.circle({11.9, 5}, 0.5, "#f2c1a0");
  picture.text({11.9, 5}, "V'(s_4)");
  picture.text({11.9, 6.1}, "the critic's guess", 11, guess);
  picture.arrow({10.25, 5}, {11.35, 5}, guess, 2.5);
  const std::vector<std::string> sums{"y_0 = r_0 + γ r_1 + γ^2 r_2 + γ^3 r_3 + γ^4 V'(s_4)",
                                      "y_1 = r_1 + γ r_2 + γ^2 r_3 + γ^3 V'(s_4)",
                                      "y_2 = r_2 + γ r_3 + γ^2 V'(s_4)", "y_3 = r_3 + γ V'(s_4)"};
  for (int t = 0; t < 4; ++t) {
    const double y = 3.7 - t, x = 1 + 2.2 * t;
    picture.arrow({11.9, y - 0.3}, {x, y - 0.3}, t == 0 ? real : imagined, 1.5);
    picture.text({(x + 11.9) / 2, y}, sums[std::size_t(t)], 11);
  }
  show(picture, "mve_target");
}

// %% [markdown]
// ## MVE
//
// The targets are better as long as the model is good: $H$ imagined rewards come before the
// critic's guess.

// %%
RUN {
  const auto areas =
      draw("MVE on cartpole_swingup",
           {{"DDPG", {"ddpg", "cartpole_swingup"}}, {"MVE, H = 3", {"mve", "cartpole_swingup"}}},
           5000, "mve_good");
  expect(areas[1] > areas[0], "the mean area of MVE is above that of DDPG");
  draw("MVE on pendulum: how far to expand",
       {{"DDPG", {"ddpg", "pendulum"}},
        {"H = 1", {"mve", "pendulum", "H1"}},
        {"H = 3", {"mve", "pendulum"}},
        {"H = 10", {"mve", "pendulum", "H10"}},
        {"H = 3 without TD-k", {"mve", "pendulum", "noTDk"}}},
       5000, "mve_bad");
  const auto noise = draw("MVE on pendulum: what is imagined in the targets",
                          {{"DDPG", {"ddpg", "pendulum"}},
                           {"the best action, TD-k", {"mve", "pendulum", "best"}},
                           {"with noise, TD-k", {"mve", "pendulum"}},
                           {"the best action, no TD-k", {"mve", "pendulum", "bestnoTDk"}}},
                          5000, "mve_noise");
  expect(noise[2] > noise[1], "with TD-k the targets need noise");
  expect(noise[3] > noise[1], "without it they do not");
}

// %% [markdown]
// ## MBPO
//
// Many updates per real step, and for comparison as many updates without a model.

// %%
RUN {
  for (const std::string env : {"pendulum", "cartpole_swingup"}) {
    const auto areas =
        draw("MBPO on " + env,
             {{"SAC", {"sac", env}},
              {"SAC, 10 updates a step", {"sac", env, "updates10"}},
              {"version 3.0", {"v3.0", env}},
              {"MBPO", {"mbpo", env}}},
             env == "pendulum" ? 3000 : 5000, env == "pendulum" ? "mbpo_pendulum" : "mbpo_good");
    expect(areas[3] > areas[0], env + ": MBPO learns from fewer real steps than SAC");
  }
}
