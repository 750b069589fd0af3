// %% [markdown]
// # A performance gap in model-based RL
//
// The lecture opens with a gap: pure model-based learning has something after ten minutes of real
// time, model-free learning ends higher and takes ten days. And it closes with what bridges it: a
// model-free learner inside a learned model. The runs are those of docs/results.md, 5 seeds each,
// every episode's return as the policy acted; this program only reads and draws them
// (docs/results/performance_gap.csv; `make results R=short_rollouts` makes them again).

#include "report/notebook.hpp"
#include "result_runs.hpp"

using namespace mbrl;

// %%
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

struct Task {
  std::string env;
  double good, oracle;
};

// %%
int main() {
  const Csv csv = read_csv("docs/results/performance_gap.csv");
  const std::vector<std::string> algorithms{"v1.5", "pets", "mbpo", "sac"};
  for (const Task& task : {Task{"pendulum", -200, -139}, Task{"cartpole_swingup", 100, 179.4}}) {
    std::map<std::string, double> steps_to_good;
    for (const std::string x : {"env_steps", "seconds"}) {
      std::vector<RunGroup> groups;
      for (const auto& algorithm : algorithms)
        groups.push_back(runs_of(csv, {algorithm, task.env}, algorithm, 5, x));
      Comparison both = compare(task.env + ": the mean return of the last five episodes", groups);
      both.figure.x_label = x == "seconds" ? "seconds of computing, one thread, log scale"
                                           : "real environment steps, log scale";
      both.figure.y_label = "return, mean ± 1 sd";
      both.figure.log_x = true;
      both.figure.references = {{task.oracle, "planning with the true dynamics"}};
      show({both.figure}, "10_" + task.env + "_" + x);
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
