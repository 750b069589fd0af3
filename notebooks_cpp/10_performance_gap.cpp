// %% [markdown]
// # A performance gap in model-based RL
//
// The lecture opens with a gap: pure model-based learning has something after ten minutes of real
// time, model-free learning ends higher and takes ten days. And it closes with what bridges it: a
// model-free learner inside a learned model. The runs are those of docs/results.md, 5 seeds each,
// every episode's return as the policy acted; this program only reads and draws them
// (docs/results/performance_gap.csv; `make results R=short_rollouts` makes them again).

#include <map>

#include "report/curves.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

// %%
// The mean of the last five episodes, as it changed: what a policy is worth, without its luck.
RunCurve smoothed(const RunCurve& run) {
  RunCurve out{run.steps, {}};
  for (std::size_t i = 0; i < run.returns.size(); ++i) {
    const std::size_t first = i < 4 ? 0 : i - 4;
    double sum = 0;
    for (std::size_t k = first; k <= i; ++k) sum += run.returns[k];
    out.returns.push_back(sum / double(i - first + 1));
  }
  return out;
}

// The runs of one algorithm on one environment, one per seed, over real steps or over seconds.
RunGroup runs_of(const Csv& csv, const std::string& algorithm, const std::string& env,
                 const std::string& x) {
  std::map<std::string, RunCurve> by_seed;
  const auto algorithms = csv.words("algorithm"), envs = csv.words("env"),
             seeds = csv.words("seed");
  const auto xs = csv.column(x), returns = csv.column("return");
  for (std::size_t r = 0; r < xs.size(); ++r)
    if (algorithms[r] == algorithm && envs[r] == env) {
      by_seed[seeds[r]].steps.push_back(xs[r]);
      by_seed[seeds[r]].returns.push_back(returns[r]);
    }
  RunGroup group{algorithm, {}};
  for (const auto& entry : by_seed) group.runs.push_back(smoothed(entry.second));
  return group;
}

// After how many real steps (or seconds) the mean over seeds is first at least `good`.
double reaches(const MeanCurve& curve, double good) {
  for (std::size_t i = 0; i < curve.mean.size(); ++i)
    if (curve.mean[i] >= good) return curve.steps[i];
  return INFINITY;
}

struct Task {
  std::string env;
  double good, oracle;
};

// %%
int main() {
  const Csv csv = read_csv("docs/results/performance_gap.csv");
  const std::vector<std::string> algorithms{"v1.5", "pets", "mbpo", "sac"};
  for (const Task& task : {Task{"pendulum", -200, -139}, Task{"cartpole_swingup", 150, 179.4}}) {
    std::map<std::string, double> steps_to_good;
    for (const std::string x : {"env_steps", "seconds"}) {
      std::vector<RunGroup> groups;
      for (const auto& algorithm : algorithms)
        groups.push_back(runs_of(csv, algorithm, task.env, x));
      Comparison both = compare(task.env + ": the mean return of the last five episodes", groups);
      both.figure.x_label = x == "seconds" ? "seconds of computing, one thread, log scale"
                                           : "real environment steps, log scale";
      both.figure.y_label = "return, mean ± 1 sd";
      both.figure.log_x = true;
      both.figure.references = {{task.oracle, "planning with the true dynamics"}};
      show({both.figure}, "10_" + task.env + "_" + x);
      std::printf("%s, mean over seeds first at least %g:", task.env.c_str(), task.good);
      for (const MeanCurve& curve : both.table) {
        const double at = reaches(curve, task.good);
        if (x == "env_steps") steps_to_good[curve.label] = at;
        std::printf("  %s %.0f", curve.label.c_str(), at);
      }
      std::printf(" %s\n", x.c_str());
    }
    expect(steps_to_good["pets"] <= steps_to_good["mbpo"],
           task.env + ": a planner needs the fewest real steps");
    expect(3 * steps_to_good["mbpo"] <= steps_to_good["sac"],
           task.env + ": SAC alone needs at least 3 times the real steps of MBPO");
  }
}
