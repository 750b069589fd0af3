// %% [markdown]
// # A performance gap in model-based RL
//
// The lecture opens with a gap: pure model-based learning achieves something after ten minutes of
// real time; model-free learning ends higher and takes ten days. It closes with what bridges the
// gap: a model-free learner inside a learned model. The runs are those of docs/results.md, 5 seeds
// each, every episode's return as the policy acted. This notebook reads their tables and draws;
// `make results R=short_rollouts` (or `version_1_5`, `pets`, `policies`) repeats the runs.

// %%
#include "report/notebook.hpp"
#include "result_runs.hpp"

using namespace mbrl;

// When the first five episodes in a row began that were good on average, a mean over seeds; a run
// where that never happened counts with all that it took. In real steps or in seconds, of which
// the first episode began after `start`.
double good_from(const RunGroup& group, double good, double start) {
  double sum = 0;
  for (const RunCurve& run : group.runs) {
    std::size_t i = 4;  // run.returns[i] is the mean of the five episodes up to i
    while (i < run.steps.size() && run.returns[i] < good) ++i;
    sum += i >= run.steps.size() ? run.steps.back() : i > 4 ? run.steps[i - 5] : start;
  }
  return sum / double(group.runs.size());
}

const Csv version_1_5 = read_csv("docs/results/version_1_5.csv"),
          pets = read_csv("docs/results/pets.csv"),
          policies = read_csv("docs/results/policies.csv"),
          shorts = read_csv("docs/results/short_rollouts.csv");

// The table that the runs of an algorithm are in.
const Csv& table_of(const std::string& algorithm) {
  if (algorithm == "v1.5") return version_1_5;
  if (algorithm == "pets") return pets;
  return algorithm == "v2.0" || algorithm == "v2.5" ? policies : shorts;
}

struct Task {
  std::string env;
  double good, oracle;
};

// %% [markdown]
// ## Planners, a model-free learner, and both together
//
// Version 1.5 and PETS plan; SAC uses no model; MBPO is SAC in a learned model. One figure is over
// real steps, which are expensive on a robot, one over seconds of computing. Thin lines are seeds.

// %%
RUN {
  const std::vector<std::string> algorithms{"v1.5", "pets", "mbpo", "sac"};
  for (const Task& task : {Task{"pendulum", -200, -139}, Task{"cartpole_swingup", 100, 179.4}}) {
    std::map<std::string, double> steps_to_good;
    for (const std::string x : {"env_steps", "seconds"}) {
      std::vector<RunGroup> groups;
      for (const auto& algorithm : algorithms)
        groups.push_back(runs_of(table_of(algorithm), {algorithm, task.env}, algorithm, 5, x));
      Comparison both = compare(task.env + ": the mean return of the last five episodes", groups);
      both.figure.x_label = x == "seconds" ? "seconds of computing, one thread, log scale"
                                           : "real environment steps, log scale";
      both.figure.y_label = "return, mean ± 1 sd";
      both.figure.log_x = true;
      both.figure.references = {{task.oracle, "planning with the true dynamics"}};
      const std::string name = task.env == "pendulum" ? "gap_pendulum" : "gap_swingup";
      show({both.figure}, name + (x == "seconds" ? "_seconds" : "_steps"));
      std::printf("%s, mean over seeds, five good episodes (%g) begin after:", task.env.c_str(),
                  task.good);
      for (const RunGroup& group : groups) {
        const double at = good_from(group, task.good, x == "seconds" ? 0 : 200);
        if (x == "env_steps") steps_to_good[group.label] = at;
        std::printf("  %s %.0f", group.label.c_str(), at);
      }
      std::printf(x == "seconds" ? " s\n" : " real steps\n");
    }
    expect(steps_to_good["pets"] <= steps_to_good["mbpo"],
           task.env + ": a planner needs the fewest real steps");
    expect(3 * steps_to_good["mbpo"] <= steps_to_good["sac"],
           task.env + ": SAC, one update a step, needs at least 3 times the real steps of MBPO");
  }
}

// %% [markdown]
// ## The whole progression on one task
//
// Every algorithm of the lecture on the cart-pole's swing-up, over real steps. Above are those that
// plan or train a policy through the model; below are those that give short rollouts to a
// model-free learner, and SAC alone.

// %%
static Figure panel(const std::string& title, const std::vector<RunGroup>& groups) {
  Figure panel{.title = title, .y_label = "return, mean ± 1 sd", .height = 420};
  panel.y_low = -20, panel.y_high = 200;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const MeanCurve curve = mean_curve(groups[g]);
    Series mean{.label = curve.label + " (" + std::to_string(curve.seeds) + " seeds)",
                .color = palette(g),
                .width = 2.5};
    for (std::size_t i = 0; i < curve.steps.size() && curve.steps[i] <= 5000; ++i) {
      mean.x.push_back(curve.steps[i]), mean.y.push_back(curve.mean[i]);
      mean.low.push_back(curve.mean[i] - curve.spread[i]);
      mean.high.push_back(curve.mean[i] + curve.spread[i]);
    }
    panel.series.push_back(mean);
  }
  panel.references = {{179.4, "planning with the true dynamics"}};
  return panel;
}

RUN {
  const std::string env = "cartpole_swingup";
  const auto group = [&](const std::string& algorithm, const std::string& label) {
    return runs_of(table_of(algorithm), {algorithm, env}, label, 3);
  };
  Figure above = panel("cartpole_swingup: planning, and policies trained through the model",
                       {group("v1.5", "version 1.5"), group("pets", "PETS"),
                        group("v2.0", "version 2.0"), group("v2.5", "version 2.5")});
  Figure below = panel("and model-free learners with short rollouts of the model",
                       {group("v3.0", "version 3.0"), group("mba", "MBA"), group("mve", "MVE"),
                        group("mbpo", "MBPO"), group("sac", "SAC alone")});
  below.x_label = "real environment steps (mean of the last three episodes)";
  below.height += 40;
  show({above, below}, "progression");
  const auto last = [](const Figure& figure, std::size_t i) { return figure.series[i].y.back(); };
  expect(last(above, 1) > last(above, 0), "PETS ends above version 1.5");
  expect(last(below, 3) > last(below, 4) + 50, "after 5000 real steps MBPO is far above SAC alone");
}

// %% [markdown]
// ## The lecture's own task: the half-cheetah
//
// An episode has 1000 steps, 20 of them a second: 12,000 real steps are ten minutes of the
// cheetah's own time, ten days are 17 million. Every policy is evaluated without exploration, in
// three episodes.

// %%
const Csv cheetah = read_csv("docs/results/half_cheetah.csv");

static RunGroup on_the_cheetah(const std::string& algorithm, const std::string& label,
                               const std::string& x = "env_steps") {
  return runs_of(cheetah, {algorithm, "half_cheetah", "default", "evaluation"}, label, 1, x);
}

// The real steps after which a run's return is so good for the first time; infinite if never.
static double steps_to(const RunCurve& run, double good) {
  for (std::size_t i = 0; i < run.steps.size(); ++i)
    if (run.returns[i] >= good) return run.steps[i];
  return std::numeric_limits<double>::infinity();
}

static double value_at(const RunCurve& run, double steps) {
  double value = NAN;
  for (std::size_t i = 0; i < run.steps.size() && run.steps[i] <= steps; ++i)
    value = run.returns[i];
  return value;
}

template <class Of>
static double median(const RunGroup& group, Of of) {
  std::vector<double> all;
  for (const RunCurve& run : group.runs) all.push_back(of(run));
  std::nth_element(all.begin(), all.begin() + std::ptrdiff_t(all.size() / 2), all.end());
  return all[all.size() / 2];
}

RUN {
  for (const std::string x : {"env_steps", "seconds"}) {
    Comparison both = compare("half_cheetah",
                              {on_the_cheetah("mbpo", "MBPO", x), on_the_cheetah("sac", "SAC", x)});
    both.figure.log_x = true;
    both.figure.y_label = "return, mean ± 1 sd";
    both.figure.references = {{8081, "planning with the true dynamics"}};
    if (x == "seconds") {
      both.figure.x_label = "seconds of computing, one thread, log scale";
    } else {
      both.figure.x_label = "real steps, log scale";
      both.figure.marks = {{12e3, "ten minutes"}, {17.28e6, "ten days"}};
    }
    show({both.figure}, x == "seconds" ? "gap_cheetah_seconds" : "gap_cheetah_steps");
  }
  const RunGroup mbpo = on_the_cheetah("mbpo", "MBPO"), sac = on_the_cheetah("sac", "SAC");
  for (const double steps : {5e3, 10e3, 15e3, 20e3, 50e3, 100e3, 150e3})
    std::printf(
        "median of five seeds after %6.0f real steps: MBPO %5.0f, SAC %5.0f\n", steps,
        steps > 20e3 ? NAN : median(mbpo, [&](const auto& r) { return value_at(r, steps); }),
        median(sac, [&](const auto& r) { return value_at(r, steps); }));
  const double good = 5000;
  const double with_model = median(mbpo, [&](const auto& r) { return steps_to(r, good); });
  const double without = median(sac, [&](const auto& r) { return steps_to(r, good); });
  std::printf("real steps to a return of %.0f, median: MBPO %.0f, SAC %.0f: a factor of %.1f\n",
              good, with_model, without, without / with_model);
  expect(
      median(mbpo, [](const auto& r) { return value_at(r, 15e3); }) >= 5000,
      "after 15,000 real steps, twelve and a half minutes, the median seed of MBPO returns 5000");
  expect(without >= 3 * with_model, "SAC needs at least three times the real steps");
}
