// %% [markdown]
// # One factor at a time
//
// How many members, how many plans, how many steps ahead? And what is worth hearing of the
// uncertainty? PETS on two tasks, with one setting changed at a time and everything else left as
// it is (`make results R=factors`). It is the ablation of CS285's homework, on its own task and on
// the half-cheetah.

// %%
#include "envs/all.hpp"
#include "intervals.hpp"
#include "report/notebook.hpp"
#include "result_runs.hpp"

using namespace mbrl;

// %% [markdown]
// What a setting is worth, seed by seed: on the obstacles the mean return of the episodes 11 to 20,
// when most of what there is to learn has been learned; on the half-cheetah that of the last two of
// 5000 real steps, when it has only begun.

// %%
const Csv runs = read_csv("docs/results/factors.csv");

std::vector<double> worth(const std::string& env, const std::string& setting) {
  const std::size_t last = env == "obstacles" ? 10 : 2;
  std::vector<double> of_seeds;
  for (const RunCurve& run : runs_of(runs, {"pets", env, setting}, "", last).runs)
    of_seeds.push_back(run.returns.back());
  return of_seeds;
}

// With the same seed the episodes begin alike, so seeds are compared with themselves.
Interval gain(const std::string& env, const std::string& setting, const std::string& over) {
  std::vector<double> difference = worth(env, setting);
  const std::vector<double> other = worth(env, over);
  for (std::size_t i = 0; i < other.size(); ++i) difference[i] -= other[i];
  return mean_interval(difference);
}

struct Setting {
  double value;
  std::string name;  // its rows in factors.csv
};
struct Factor {
  std::string name;
  std::vector<Setting> settings;
};
std::vector<Factor> factors_of(const std::string& env) {
  if (env == "obstacles")
    return {{"members", {{1, "members1"}, {3, "members3"}, {5, "base"}}},
            {"plans per iteration", {{20, "candidates20"}, {60, "candidates60"}, {200, "base"}}},
            {"steps ahead", {{5, "horizon5"}, {10, "base"}, {20, "horizon20"}}}};
  return {{"members", {{1, "members1"}, {3, "members3"}, {5, "base"}}},
          {"plans per iteration", {{20, "candidates20"}, {50, "candidates50"}, {100, "base"}}},
          {"steps ahead", {{10, "horizon10"}, {20, "base"}, {30, "horizon30"}}}};
}

// %%
RUN {
  std::vector<Figure> panels;
  for (const std::string env : {"obstacles", "half_cheetah"}) {
    Figure figure{.title = env + ": mean, and every seed",
                  .y_label = "return",
                  .log_x = true,
                  .height = 380};
    for (const Factor& factor : factors_of(env)) {
      const std::string color = palette(figure.series.size() / 2);
      Series mean{.label = factor.name, .style = Style::line_points, .color = color};
      Series seeds{.style = Style::circles, .color = color};
      double base = 1;
      for (const Setting& setting : factor.settings)
        if (setting.name == "base") base = setting.value;
      for (const Setting& setting : factor.settings) {
        const std::vector<double> values = worth(env, setting.name);
        const Interval here = mean_interval(values);
        const Interval more = gain(env, setting.name, "base");
        std::printf("%-12s %-20s %4.0f: %7.1f (%.1f to %.1f)", env.c_str(), factor.name.c_str(),
                    setting.value, here.centre, here.low, here.high);
        if (setting.name != "base")
          std::printf("; beside the default %.1f (%.1f to %.1f)", more.centre, more.low, more.high);
        std::printf("\n");
        mean.x.push_back(setting.value / base), mean.y.push_back(here.centre);
        for (const double value : values)
          seeds.x.push_back(setting.value / base), seeds.y.push_back(value);
      }
      figure.series.push_back(mean), figure.series.push_back(seeds);
    }
    panels.push_back(figure);
  }
  panels.back().x_label = "setting / default";
  show(panels, "one_factor");
}
