// The one-dimensional data of 06 to 09, models of them, and how what they say is drawn.
#pragma once

#include "dynamics/ensemble.hpp"
#include "report/notebook.hpp"

namespace mbrl {

// Inputs are divided by 6, so that they are about as large as a network likes them.
constexpr Scalar kUnit = 6;

// y = sin x: `each` points in a quiet cluster on the left (noise of sd 0.05), as many in a noisy
// one on the right (0.20), nothing in between; and `held_out` more in each that are not trained on.
inline RegressionData two_clusters(Index each, Index held_out, std::uint64_t seed) {
  Rng rng(seed, "two clusters");
  RegressionData data;
  data.x.resize(1, 2 * each), data.x_holdout.resize(1, 2 * held_out);
  data.y.resize(1, 2 * each), data.y_holdout.resize(1, 2 * held_out);
  const auto fill = [&](Matrix& xs, Matrix& ys, Index from, Index count, bool left) {
    for (Index i = from; i < from + count; ++i) {
      const Scalar x =
          left ? rng.uniform(Scalar(-9.12), Scalar(-3.6)) : rng.uniform(Scalar(3.6), Scalar(9.12));
      xs(0, i) = x / kUnit;
      ys(0, i) = std::sin(x) + Scalar(left ? 0.05 : 0.2) * rng.normal();
    }
  };
  for (const bool left : {true, false}) {
    fill(data.x, data.y, left ? 0 : each, each, left);
    fill(data.x_holdout, data.y_holdout, left ? 0 : held_out, held_out, left);
  }
  for (Index i = 0; i < 2 * each; ++i) data.row.push_back(i);
  return data;
}

// Where models are asked: -12 to 12, in their unit. (1, points)
inline Matrix grid(Index points) {
  return Eigen::RowVectorXd::LinSpaced(points, -12, 12).cast<Scalar>() / kUnit;
}

// The mean of a row over the x in [low, high].
inline double mean_over(const Matrix& x, const Matrix& row, double low, double high) {
  double sum = 0, count = 0;
  for (Index i = 0; i < x.cols(); ++i)
    if (double(x(0, i) * kUnit) >= low && double(x(0, i) * kUnit) <= high)
      sum += double(row(0, i)), count += 1;
  return sum / count;
}

// The mean of sqrt(variance) over them.
inline double mean_sd(const Matrix& x, const Matrix& variance, double low, double high) {
  return mean_over(x, variance.cwiseSqrt(), low, high);
}

inline std::vector<double> as_list(const Matrix& row, double factor = 1) {
  std::vector<double> list;
  for (Index i = 0; i < row.cols(); ++i) list.push_back(factor * double(row(0, i)));
  return list;
}

// An ensemble fitted to them, member by member, each as if it were alone.
inline std::vector<Theta> trained_members(const RegressionData& data, int members, bool resample,
                                          std::uint64_t seed, int epochs) {
  ModelConfig model;
  model.hidden_layers = 3, model.hidden_width = 64;
  model.learning_rate = 2e-3, model.weight_decay = 5e-5;
  model.batch_size = 256, model.epochs = epochs, model.patience = epochs;
  EnsembleConfig config;
  config.members = members, config.resample = resample;
  Ensemble ensemble(1, 1, model, config, seed);
  Workers workers(2);
  ensemble.fit(data, workers);
  std::vector<Theta> trained;
  for (int i = 0; i < members; ++i) trained.push_back(ensemble.member(i));
  return trained;
}

// The data, every tenth of them.
inline Series points_of(const RegressionData& data) {
  Series points{.label = "data (every 10th)", .style = Style::points, .color = "#999999"};
  for (Index i = 0; i < data.x.cols(); i += 10)
    points.x.push_back(double(data.x(0, i) * kUnit)), points.y.push_back(double(data.y(0, i)));
  return points;
}

// The mean as a line and 2 sigma around it as a band.
inline Series band(const std::string& label, const Matrix& x, const Matrix& mean,
                   const Matrix& variance, const std::string& color) {
  Series s{.label = label, .x = as_list(x, kUnit), .y = as_list(mean), .color = color};
  s.low = as_list(mean - 2 * variance.cwiseSqrt());
  s.high = as_list(mean + 2 * variance.cwiseSqrt());
  return s;
}

}  // namespace mbrl
