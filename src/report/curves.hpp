// Learning curves: what a run, or several runs side by side, got per episode for the real steps
// that it had taken.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "report/csv.hpp"
#include "report/figures.hpp"

namespace mbrl {

// One run: after `steps` real steps an episode ended, and it had this return.
struct RunCurve {
  std::vector<double> steps{}, returns{};  // one per finished episode, steps ascending
};

struct LearningCurve {
  std::string title{};
  RunCurve run{};
  std::vector<bool> base{};                          // which episodes the base policy acted in
  std::vector<double> refit_steps{}, model_error{};  // the holdout loss of every refit, if any
  std::string y_label = "return of the episode";
  std::vector<ReferenceLine> references{};  // e.g. what the planner on the true dynamics gets
};

// The figure of one run: its returns, and below them its model's error if it has any.
std::vector<Figure> learning_curve(const LearningCurve& curve);

struct RunGroup {
  std::string label{};
  std::vector<RunCurve> runs{};  // one per seed
};

// Mean and standard deviation over the seeds of a group, as a function of the real steps.
struct MeanCurve {
  std::string label;
  std::size_t seeds = 0;
  std::vector<double> steps, mean, spread;  // spread: n - 1 in the denominator; 0 for one seed
};

// Between the first step at which every seed has finished an episode and the last that every seed
// has reached, each seed stands for the return of its last finished episode. That changes only
// where some episode ends, so these are the steps of the grid, thinned evenly to max_points.
MeanCurve mean_curve(const RunGroup& group, std::size_t max_points = 1000);

struct Comparison {
  Figure figure;
  std::vector<MeanCurve> table;  // one per group
};

// Several groups of runs on one figure: every seed as a thin line, the mean of its group as a
// thick one, and one standard deviation to either side as a band.
Comparison compare(const std::string& title, const std::vector<RunGroup>& groups);

void save_table(const std::vector<MeanCurve>& table, const std::string& path_csv);

}  // namespace mbrl
