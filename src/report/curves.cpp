#include "report/curves.hpp"

namespace mbrl {

static void require_curve(const std::string& name, const RunCurve& run) {
  if (run.steps.size() != run.returns.size())
    throw UserError(name + ": " + std::to_string(run.steps.size()) + " steps for " +
                    std::to_string(run.returns.size()) + " returns");
  if (!std::is_sorted(run.steps.begin(), run.steps.end()))
    throw UserError(name + ": the real steps of its episodes go backwards");
}

std::vector<Figure> learning_curve(const LearningCurve& curve) {
  require_curve(curve.title, curve.run);
  if (curve.base.size() != curve.run.steps.size())
    throw UserError(curve.title + ": not every episode is marked as base or learned");
  Series base{.label = "base policy", .style = Style::circles, .color = "#777777"};
  Series learned{.label = "learned", .style = Style::line_points, .color = palette(0)};
  for (std::size_t i = 0; i < curve.base.size(); ++i) {
    Series& s = curve.base[i] ? base : learned;
    s.x.push_back(curve.run.steps[i]), s.y.push_back(curve.run.returns[i]);
  }
  if (learned.x.size() > 100) learned.style = Style::line, learned.width = 1.5;

  Figure returns{.title = curve.title, .y_label = curve.y_label};
  for (const Series& s : {base, learned})
    if (!s.x.empty()) returns.series.push_back(s);
  returns.references = curve.references;
  std::vector<Figure> panels{returns};
  if (!curve.refit_steps.empty()) {
    Figure error{.y_label = "model error, holdout", .height = 260};
    error.series.push_back({.x = curve.refit_steps,
                            .y = curve.model_error,
                            .style = Style::line_points,
                            .color = palette(1)});
    // A log-likelihood can be negative, and then there is no log axis for it.
    error.log_y = std::none_of(curve.model_error.begin(), curve.model_error.end(),
                               [](double loss) { return loss <= 0; });
    panels.push_back(error);
  }
  panels.back().x_label = "real environment steps";
  return panels;
}

MeanCurve mean_curve(const RunGroup& group, std::size_t max_points) {
  MeanCurve curve{group.label, group.runs.size(), {}, {}, {}};
  double first = -INFINITY, last = INFINITY;
  std::vector<double> grid;
  for (std::size_t k = 0; k < group.runs.size(); ++k) {
    const RunCurve& run = group.runs[k];
    const std::string name = group.label + ", run " + std::to_string(k + 1);
    require_curve(name, run);
    if (run.steps.empty()) throw UserError(name + " has not finished an episode yet");
    first = std::max(first, run.steps.front()), last = std::min(last, run.steps.back());
    grid.insert(grid.end(), run.steps.begin(), run.steps.end());
  }
  std::erase_if(grid, [&](double step) { return step < first || step > last; });
  std::sort(grid.begin(), grid.end());
  grid.erase(std::unique(grid.begin(), grid.end()), grid.end());

  const std::size_t points = std::min(grid.size(), max_points);
  for (std::size_t i = 0; i < points; ++i) {
    const double step = grid[points < 2 ? 0 : i * (grid.size() - 1) / (points - 1)];
    double sum = 0, squares = 0;
    std::vector<double> now;
    for (const RunCurve& run : group.runs) {
      const auto after = std::upper_bound(run.steps.begin(), run.steps.end(), step);
      now.push_back(run.returns[static_cast<std::size_t>(after - run.steps.begin() - 1)]);
      sum += now.back();
    }
    const double n = static_cast<double>(now.size()), mean = sum / n;
    for (const double r : now) squares += (r - mean) * (r - mean);
    curve.steps.push_back(step), curve.mean.push_back(mean);
    curve.spread.push_back(n > 1 ? std::sqrt(squares / (n - 1)) : 0);
  }
  return curve;
}

Comparison compare(const std::string& title, const std::vector<RunGroup>& groups) {
  Comparison result;
  Figure& figure = result.figure;
  figure.title = title, figure.height = 500;
  figure.x_label = "real environment steps", figure.y_label = "return of the last episode";
  std::vector<Series> means;
  bool several = false;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const MeanCurve curve = mean_curve(groups[g]);
    Series mean{.label = curve.label, .x = curve.steps, .y = curve.mean, .color = palette(g)};
    mean.width = 2.5;
    if (curve.seeds > 1) {
      several = true;
      mean.label += " (" + std::to_string(curve.seeds) + " seeds)";
      for (const RunCurve& run : groups[g].runs)
        figure.series.push_back(
            {.x = run.steps, .y = run.returns, .color = palette(g), .width = 0.7, .opacity = 0.4});
      for (std::size_t i = 0; i < curve.steps.size(); ++i) {
        mean.low.push_back(curve.mean[i] - curve.spread[i]);
        mean.high.push_back(curve.mean[i] + curve.spread[i]);
      }
    }
    means.push_back(mean);
    result.table.push_back(curve);
  }
  if (several) figure.y_label += ", mean ± 1 sd";
  figure.series.insert(figure.series.end(), means.begin(), means.end());
  return result;
}

void save_table(const std::vector<MeanCurve>& table, const std::string& path_csv) {
  CsvWriter csv(path_csv, {"label", "env_steps", "mean", "spread", "seeds"});
  for (const MeanCurve& curve : table)
    for (std::size_t i = 0; i < curve.steps.size(); ++i)
      csv.row({curve.label, curve.steps[i], curve.mean[i], curve.spread[i], curve.seeds});
}

}  // namespace mbrl
