// %% [markdown]
// # One factor at a time
//
// How many members, how many plans, how many steps ahead? And what is worth hearing of the
// uncertainty? PETS on two tasks, with one setting changed at a time and everything else left as
// it is (`make results R=factors`). It is the ablation of CS285's homework, on its own task and on
// the half-cheetah.

// %%
#include "intervals.hpp"
#include "report/notebook.hpp"
#include "result_runs.hpp"

using namespace mbrl;

// %% [markdown]
// What a setting is worth, seed by seed: on the obstacles the mean return of the episodes 11 to 20,
// when most of what there is to learn has been learned; on the half-cheetah that of the last two of
// 5000 real steps, when it has only begun. The control is the same search through the true
// dynamics: twenty episodes, and one of the half-cheetah; the median over seeds.

// %%
const Csv runs = read_csv("docs/results/factors.csv");

std::vector<double> worth(const Which& which) {
  const std::size_t last = which.algorithm == "oracle" ? 20 : which.env == "obstacles" ? 10 : 2;
  std::vector<double> of_seeds;
  for (const RunCurve& run : runs_of(runs, which, "", last).runs)
    of_seeds.push_back(run.returns.back());
  return of_seeds;
}

double median(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return (x[(x.size() - 1) / 2] + x[x.size() / 2]) / 2;
}

// With the same seed the runs begin with the same random steps, so each seed is compared with
// itself.
Interval gain(Which which, const std::string& over) {
  std::vector<double> difference = worth(which);
  which.setting = over;
  const std::vector<double> other = worth(which);
  if (other.size() != difference.size()) throw UserError(over + ": other seeds");
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
const std::map<std::string, std::vector<Factor>> factors{
    {"obstacles",
     {{"members", {{1, "members1"}, {3, "members3"}, {5, "base"}}},
      {"plans per iteration", {{20, "candidates20"}, {60, "candidates60"}, {200, "base"}}},
      {"steps ahead", {{5, "horizon5"}, {10, "base"}, {20, "horizon20"}}}}},
    {"half_cheetah",
     {{"members", {{1, "members1"}, {3, "members3"}, {5, "base"}}},
      {"plans per iteration", {{20, "candidates20"}, {50, "candidates50"}, {100, "base"}}},
      {"steps ahead", {{10, "horizon10"}, {20, "base"}, {30, "horizon30"}}}}}};

// %%
RUN {
  std::vector<Figure> panels;
  for (const std::string env : {"obstacles", "half_cheetah"}) {
    Figure figure{.title = env + ": every seed, and the mean",
                  .y_label = "return",
                  .log_x = true,
                  .height = 380};
    for (const Factor& factor : factors.at(env)) {
      const std::string color = palette(figure.series.size() / 2);
      Series mean{.label = factor.name, .style = Style::line_points, .color = color};
      Series seeds{.style = Style::circles, .color = color};
      double base = 1;
      for (const Setting& setting : factor.settings)
        if (setting.name == "base") base = setting.value;
      for (const Setting& setting : factor.settings) {
        const Which learned{"pets", env, setting.name};
        const std::vector<double> values = worth(learned);
        const double average = mean_interval(values).centre;
        const Interval more = gain(learned, "base");
        std::printf("%-12s %-20s %4.0f: %7.1f", env.c_str(), factor.name.c_str(), setting.value,
                    average);
        if (setting.name != "base")
          std::printf(", more than the default by %.1f (%.1f to %.1f)", more.centre, more.low,
                      more.high);
        if (factor.name != "members")
          std::printf("; through the true dynamics %.1f",
                      median(worth({"oracle", env, setting.name})));
        std::printf("\n");
        mean.x.push_back(setting.value / base), mean.y.push_back(average);
        for (const double value : values)
          seeds.x.push_back(setting.value / base), seeds.y.push_back(value);
      }
      figure.series.push_back(mean), figure.series.push_back(seeds);
    }
    panels.push_back(figure);
  }
  panels.back().x_label = "setting / default";
  show(panels, "one_factor");

  const auto truth = [](const std::string& setting) {
    return median(worth({"oracle", "half_cheetah", setting}));
  };
  expect(truth("candidates20") < truth("candidates50") && truth("candidates50") < truth("base"),
         "half_cheetah, the true dynamics: more plans are better");
  expect(truth("horizon10") < truth("base") && truth("base") < truth("horizon30"),
         "half_cheetah, the true dynamics: more steps ahead are better");
  for (const char* setting : {"candidates20", "candidates50", "horizon10", "horizon30"}) {
    const Interval more = gain({"pets", "half_cheetah", setting}, "base");
    expect(more.low < 0 && more.high > 0,
           std::string("half_cheetah, a model of so few data: ") + setting + " is within noise");
  }
}

// %% [markdown]
// ## What is heard of the uncertainty
//
// The same ensembles, and only the score of a plan changes: the return along the mean prediction,
// the expected return over the members and their noise (the default), or that minus one standard
// deviation.

// %%
RUN {
  for (const std::string setting : {"mean", "base", "pessimistic"}) {
    const Which which{"pets", "obstacles", setting};
    double stuck = 0, episodes = 0;
    for (const RunCurve& run : runs_of(runs, which, "", 1).runs)
      for (std::size_t i = 10; i < run.returns.size(); ++i, ++episodes)
        stuck += run.returns[i] < -100;
    std::printf("%-12s %6.1f; below -100 in %.0f of %.0f episodes", setting.c_str(),
                mean_interval(worth(which)).centre, stuck, episodes);
    if (setting != "base") {
      const Interval more = gain(which, "base");
      std::printf("; more than the expected return by %.1f (%.1f to %.1f)", more.centre, more.low,
                  more.high);
    }
    std::printf("\n");
  }
}
