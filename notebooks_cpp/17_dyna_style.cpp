// %% [markdown]
// # The Dyna-style recipe and its three instances
//
// MBA, MVE and MBPO give a model-free learner imagined transitions as well, or targets made with
// them. Of each the slides ask: why is this a good idea? Why is it a bad one? The runs are those of
// docs/results.md, 5 seeds each (3 of what is changed on purpose), made again by
// `make results R=short_rollouts`; this notebook reads docs/results/short_rollouts.csv and draws.

// %%
#include "report/notebook.hpp"
#include "result_runs.hpp"

using namespace mbrl;

const Csv csv = read_csv("docs/results/short_rollouts.csv");

// The return under way, averaged over the real steps up to `until` and over seeds: the area under
// the learning curve, in units of return.
double area(const RunGroup& group, double until) {
  double sum = 0;
  for (const RunCurve& run : group.runs) {
    double total = 0, before = 0;
    for (std::size_t i = 0; i < run.steps.size() && before < until; ++i) {
      const double now = std::min(run.steps[i], until);
      total += run.returns[i] * (now - before), before = now;
    }
    sum += total / before;
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
// Time-varying linear models know one trajectory, and nothing else. Where every episode begins
// alike that is enough to learn from fewer real steps than NAF alone; where every episode begins
// elsewhere it leads astray, and a network in their place does not.

// %%
RUN {
  auto areas = draw("MBA on cartpole_swingup: every episode begins alike",
                    {{"NAF", {"naf", "cartpole_swingup"}}, {"MBA", {"mba", "cartpole_swingup"}}},
                    5000, "mba_good");
  expect(areas[1] > areas[0], "MBA learns from fewer real steps than NAF");
  areas = draw("MBA on pendulum: every episode begins elsewhere",
               {{"NAF", {"naf", "pendulum"}},
                {"MBA, linear models", {"mba", "pendulum"}},
                {"linear, switched off after 10 episodes", {"mba", "pendulum", "off10"}},
                {"MBA, a network", {"mba", "pendulum", "network"}}},
               5000, "mba_bad");
  expect(areas[1] < areas[0], "linear models lead it astray");
}

// %% [markdown]
// ## MVE
//
// Better targets, as long as the model is: $H$ imagined rewards before the critic is asked.

// %%
RUN {
  const auto areas =
      draw("MVE on cartpole_swingup",
           {{"DDPG", {"ddpg", "cartpole_swingup"}}, {"MVE, H = 3", {"mve", "cartpole_swingup"}}},
           5000, "mve_good");
  expect(areas[1] > areas[0], "MVE learns from fewer real steps than DDPG");
  draw("MVE on pendulum: how far to expand",
       {{"DDPG", {"ddpg", "pendulum"}},
        {"H = 1", {"mve", "pendulum", "H1"}},
        {"H = 3", {"mve", "pendulum"}},
        {"H = 10", {"mve", "pendulum", "H10"}},
        {"H = 3 without TD-k", {"mve", "pendulum", "noTDk"}}},
       5000, "mve_bad");
}

// %% [markdown]
// ## MBPO
//
// Many updates per real step; and what they alone would do, without a model.

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

// %% [markdown]
// ## What the critic believes
//
// A reward of 1 per step and a discount of 0.99: no state can be worth more than 100. A policy that
// hardly explores learns from a model that knows little beside its path, and its critic believes
// what is imagined there.

// %%
RUN {
  const auto panel = [&](const std::string& kind) {
    return compare("", {runs_of(csv, {"mbpo", "inverted_pendulum", "narrow", kind},
                                "target entropy -0.5", 1),
                        runs_of(csv, {"mbpo", "inverted_pendulum", "default", kind},
                                "-0.05, the default", 1)})
        .figure;
  };
  Figure critic = panel("Q"), returns = panel("evaluation");
  critic.title = "MBPO on inverted_pendulum: what the critic believes, and what is";
  critic.x_label = "", critic.y_label = "Q(s, a), mean of a batch";
  for (Series& series : returns.series) series.label = "";  // as above
  critic.references = {{100, "the most that any state is worth"}};
  returns.x_label = "real environment steps", returns.y_label = "return, without exploring";
  show({critic, returns}, "mbpo_bad");
}
