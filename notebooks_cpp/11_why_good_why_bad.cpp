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
// The mean over seeds of a curve's level: the return under way, averaged over the real steps up to
// `until`. It is the area under the curve, in units of return.
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

// The curves up to so many real steps, and their areas in the legend.
Figure curves(const std::string& title, std::vector<RunGroup> groups, double until) {
  for (RunGroup& group : groups) {
    for (RunCurve& run : group.runs)
      while (!run.steps.empty() && run.steps.back() > until)
        run.steps.pop_back(), run.returns.pop_back();
    std::printf("%s, %s: area %.1f\n", title.c_str(), group.label.c_str(), area(group, until));
  }
  Figure figure = compare(title, groups).figure;
  figure.x_label = "real environment steps", figure.y_label = "return, mean ± 1 sd";
  return figure;
}

// %%
int main() {
  const Csv csv = read_csv("docs/results/short_rollouts.csv");
  const auto runs = [&](const Which& which, const std::string& label) {
    return runs_of(csv, which, label);
  };

  // MBA: time-varying linear models know a trajectory, and nothing else.
  show({curves("MBA on cartpole_swingup: every episode begins alike",
               {runs({"naf", "cartpole_swingup"}, "NAF"), runs({"mba", "cartpole_swingup"}, "MBA")},
               5000)},
       "11_mba_good");
  show({curves("MBA on pendulum: every episode begins elsewhere",
               {runs({"naf", "pendulum"}, "NAF"), runs({"mba", "pendulum"}, "MBA, linear models"),
                runs({"mba", "pendulum", "network"}, "MBA, a network"),
                runs({"mba", "pendulum", "off10"}, "MBA, linear, off after 10 episodes")},
               5000)},
       "11_mba_bad");

  // MVE: better targets, as long as the model is.
  show({curves("MVE on cartpole_swingup",
               {runs({"ddpg", "cartpole_swingup"}, "DDPG"),
                runs({"mve", "cartpole_swingup"}, "MVE, H = 3")},
               5000)},
       "11_mve_good");
  show({curves("MVE on pendulum: how far to expand",
               {runs({"ddpg", "pendulum"}, "DDPG"), runs({"mve", "pendulum", "H1"}, "H = 1"),
                runs({"mve", "pendulum"}, "H = 3"), runs({"mve", "pendulum", "H10"}, "H = 10"),
                runs({"mve", "pendulum", "noTDk"}, "H = 3 without TD-k")},
               5000)},
       "11_mve_bad");

  // MBPO: many updates per real step; and a critic that is asked where no data are.
  show({curves("MBPO on pendulum",
               {runs({"sac", "pendulum"}, "SAC"), runs({"v3.0", "pendulum"}, "version 3.0"),
                runs({"mbpo", "pendulum"}, "MBPO")},
               3000)},
       "11_mbpo_good");

  show({curves("MBPO on pendulum: how long the rollouts are",
               {runs({"mbpo", "pendulum", "k1"}, "k = 1"), runs({"mbpo", "pendulum"}, "k = 5"),
                runs({"mbpo", "pendulum", "k15"}, "k = 15")},
               3000)},
       "11_mbpo_length");
  show({curves("MBPO on pendulum: the share of real transitions in a batch",
               {runs({"mbpo", "pendulum", "real0"}, "0"), runs({"mbpo", "pendulum"}, "0.05"),
                runs({"mbpo", "pendulum", "real50"}, "0.5"),
                runs({"mbpo", "pendulum", "real100"}, "1: SAC, 10 updates a step")},
               3000)},
       "11_mbpo_share");

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
  critic.y_label = "Q(s, a), mean of a batch";
  critic.references = {{100, "the most that any state is worth"}};
  returns.x_label = "real environment steps", returns.y_label = "return, without exploring";
  show({critic, returns}, "11_mbpo_bad");
}
