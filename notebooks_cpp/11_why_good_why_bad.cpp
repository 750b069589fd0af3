// %% [markdown]
// # Why is this a good idea? Why is it a bad one?
//
// The slides ask both of MBA, MVE and MBPO: a model-free learner that is also given imagined
// transitions, or targets made with them. The runs are those of docs/results.md, 5 seeds each (3
// of what is changed on purpose); this program reads and draws them.

#include "report/notebook.hpp"
#include "result_runs.hpp"

using namespace mbrl;

// %%
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
std::vector<double> draw(const Csv& csv, const std::string& title, const std::vector<Curve>& curves,
                         double until, const std::string& name) {
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

// %%
int main() {
  const Csv csv = read_csv("docs/results/short_rollouts.csv");

  // MBA: time-varying linear models know one trajectory, and nothing else.
  auto areas = draw(csv, "MBA on cartpole_swingup: every episode begins alike",
                    {{"NAF", {"naf", "cartpole_swingup"}}, {"MBA", {"mba", "cartpole_swingup"}}},
                    5000, "11_mba_good");
  expect(areas[1] > areas[0], "MBA learns from fewer real steps than NAF");
  areas = draw(csv, "MBA on pendulum: every episode begins elsewhere",
               {{"NAF", {"naf", "pendulum"}},
                {"MBA, linear models", {"mba", "pendulum"}},
                {"linear, switched off after 10 episodes", {"mba", "pendulum", "off10"}},
                {"MBA, a network", {"mba", "pendulum", "network"}}},
               5000, "11_mba_bad");
  expect(areas[1] < areas[0], "linear models lead it astray");

  // MVE: better targets, as long as the model is.
  areas =
      draw(csv, "MVE on cartpole_swingup",
           {{"DDPG", {"ddpg", "cartpole_swingup"}}, {"MVE, H = 3", {"mve", "cartpole_swingup"}}},
           5000, "11_mve_good");
  expect(areas[1] > areas[0], "MVE learns from fewer real steps than DDPG");
  draw(csv, "MVE on pendulum: how far to expand",
       {{"DDPG", {"ddpg", "pendulum"}},
        {"H = 1", {"mve", "pendulum", "H1"}},
        {"H = 3", {"mve", "pendulum"}},
        {"H = 10", {"mve", "pendulum", "H10"}},
        {"H = 3 without TD-k", {"mve", "pendulum", "noTDk"}}},
       5000, "11_mve_bad");

  // MBPO: many updates per real step; and what they alone would do, without a model.
  for (const auto& [env, steps] :
       {std::pair<std::string, double>{"pendulum", 3000}, {"cartpole_swingup", 5000}}) {
    areas = draw(csv, "MBPO on " + env,
                 {{"SAC", {"sac", env}},
                  {"SAC, 10 updates a step", {"sac", env, "updates10"}},
                  {"version 3.0", {"v3.0", env}},
                  {"MBPO", {"mbpo", env}}},
                 steps, "11_mbpo_" + env);
    expect(areas[3] > areas[0], env + ": MBPO learns from fewer real steps than SAC");
  }
  draw(csv, "MBPO on pendulum: how long the rollouts are",
       {{"k = 1", {"mbpo", "pendulum", "k1"}},
        {"k = 5", {"mbpo", "pendulum"}},
        {"k = 15", {"mbpo", "pendulum", "k15"}}},
       3000, "11_mbpo_length");
  draw(csv, "MBPO on pendulum: the share of real transitions in a batch",
       {{"0", {"mbpo", "pendulum", "real0"}},
        {"0.05", {"mbpo", "pendulum"}},
        {"0.5", {"mbpo", "pendulum", "real50"}},
        {"1", {"mbpo", "pendulum", "real100"}}},
       3000, "11_mbpo_share");

  // A reward of 1 per step and a discount of 0.99: no state can be worth more than 100.
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
  show({critic, returns}, "11_mbpo_bad");
}
