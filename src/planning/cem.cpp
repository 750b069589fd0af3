#include "planning/cem.hpp"

#include <cmath>
#include <numbers>

namespace mbrl {

Matrix coloring(Index H, double color) {
  if (color == 0) return Matrix::Identity(H, H);
  // Sines and cosines of the H-th part of a turn, two columns for a frequency (but for the constant
  // and the fastest one), each as large as the root of its power.
  Matrix C(H, H);
  for (Index i = 0; i < H; ++i) {
    const Index f = (i + 1) / 2;
    const double both = i == 0 || 2 * f == H ? 1 : std::sqrt(2.0);
    const double size = both * std::pow(double(std::max<Index>(f, 1)), -color / 2);
    for (Index t = 0; t < H; ++t) {
      const double angle = 2 * std::numbers::pi * double(f * t) / double(H);
      C(t, i) = static_cast<Scalar>(size * (i % 2 ? std::cos(angle) : i ? std::sin(angle) : 1));
    }
  }
  return C / C.row(0).norm();
}

const Vector& cem(const Objective& J, const Vector& start, const Vector& low, const Vector& high,
                  const CemConfig& config, Rng& rng, SearchBuffers& buffers, CemTrace* trace,
                  const Matrix& coloring) {
  Matrix &plans = buffers.plans, &elite = buffers.elite, &kept = buffers.kept;
  Row& scores = buffers.scores;
  std::vector<Index>& order = buffers.order;
  Vector &mean = buffers.mean, &variance = buffers.variance, &sd = buffers.sd;
  Vector &elite_mean = buffers.elite_mean, &best_plan = buffers.best_plan;
  const auto keep = static_cast<Scalar>(config.keep_old);
  const auto floor = static_cast<Scalar>(config.min_sd);
  const Index elites = std::min(config.elites, config.candidates);
  const Index H = coloring.rows(), m = H > 0 ? start.size() / H : 0;  // none: white
  mean = best_plan = start;
  variance = ((high - low) / 4).array().square();
  Scalar best_score = -std::numeric_limits<Scalar>::infinity();
  elite.resize(start.size(), elites);
  double candidates = config.candidates;

  for (int iteration = 0; iteration < config.iterations; ++iteration) {
    // Two standard deviations must fit between the mean and the nearer wall.
    sd = variance.cwiseSqrt()
             .cwiseMax(floor / 2 * (high - low))
             .cwiseMin(((mean - low).cwiseMin(high - mean) / 2).cwiseMax(Scalar(0)));
    const Index K = std::max(static_cast<Index>(candidates), elites);
    candidates /= config.shrink;
    plans.resize(start.size(), K), scores.resize(K), order.resize(static_cast<std::size_t>(K));
    rng.fill_truncated_normal(plans, 2);
    for (Index j = 0; j < m; ++j) {  // component j of the actions
      const auto over_time = Eigen::seqN(j, H, m);
      const Matrix white = plans(over_time, every), colored = coloring * white;
      plans(over_time, every) = colored;
    }
    for (Index k = 0; k < K; ++k)
      plans.col(k) = (sd.cwiseProduct(plans.col(k)) + mean).cwiseMax(low).cwiseMin(high);
    for (Index k = 0; k < std::min(kept.cols(), K); ++k) plans.col(k) = kept.col(k);

    // Keep the elites, best first; equal scores in the order drawn.
    J(plans, scores);
    make_comparable(scores);
    std::iota(order.begin(), order.end(), Index(0));
    std::partial_sort(order.begin(), order.begin() + elites, order.end(), [&](Index i, Index j) {
      return scores(i) > scores(j) || (scores(i) == scores(j) && i < j);
    });
    for (Index e = 0; e < elites; ++e) elite.col(e) = plans.col(order[std::size_t(e)]);
    if (scores(order[0]) > best_score) best_score = scores(order[0]), best_plan = elite.col(0);
    kept = elite.leftCols(static_cast<Index>(config.keep_elites * double(elites)));

    // Fit the distribution to them, smoothed.
    // BEGIN SOLUTION hw3.2 (about 4 lines)
    elite_mean = elite.rowwise().mean();
    elite.colwise() -= elite_mean;
    mean = keep * mean + (1 - keep) * elite_mean;
    variance = keep * variance + (1 - keep) / Scalar(elites) * elite.rowwise().squaredNorm();
    // END SOLUTION
    if (trace) {
      trace->best_score.push_back(double(scores(order[0])));
      trace->mean_sd.push_back(double(sd.mean()));
    }
  }
  return config.execute_best ? best_plan : mean;
}

}  // namespace mbrl
