#include "planning/cem.hpp"

namespace mbrl {

Vector cem(const Objective& J, Vector mean, const Vector& low, const Vector& high,
           const CemConfig& config, Rng& rng, CemTrace* trace) {
  const Vector range = high - low;
  const auto keep = static_cast<Scalar>(config.keep_old);
  const Index elites = std::min(config.elites, config.candidates);
  Vector variance = (range / 4).array().square();
  Vector best_plan = mean;
  Scalar best_score = -std::numeric_limits<Scalar>::infinity();
  Matrix plans(mean.size(), config.candidates);
  std::vector<Index> order(static_cast<std::size_t>(config.candidates));

  for (int iteration = 0; iteration < config.iterations; ++iteration) {
    // Two standard deviations must fit between the mean and the nearer wall.
    const Vector room = ((mean - low).cwiseMin(high - mean) / 2).cwiseMax(Scalar(0));
    const Vector floor = static_cast<Scalar>(config.min_sd) / 2 * range;
    const Vector sd = variance.cwiseSqrt().cwiseMax(floor).cwiseMin(room);
    rng.fill_truncated_normal(plans, 2);
    plans = (sd.asDiagonal() * plans).colwise() + mean;
    plans =
        plans.cwiseMax(low.replicate(1, plans.cols())).cwiseMin(high.replicate(1, plans.cols()));

    // Keep the elites, best first; equal scores in the order drawn.
    const Row scores = comparable(J(plans));
    std::iota(order.begin(), order.end(), Index(0));
    std::stable_sort(order.begin(), order.end(),
                     [&](Index i, Index j) { return scores(i) > scores(j); });
    const Matrix elite =
        plans(Eigen::all, std::vector<Index>(order.begin(), order.begin() + elites));
    if (scores(order[0]) > best_score) best_score = scores(order[0]), best_plan = elite.col(0);

    // Fit the distribution to them, smoothed.
    const Vector elite_mean = elite.rowwise().mean();
    const Vector elite_variance =
        (elite.colwise() - elite_mean).rowwise().squaredNorm() / static_cast<Scalar>(elites);
    mean = keep * mean + (1 - keep) * elite_mean;
    variance = keep * variance + (1 - keep) * elite_variance;
    if (trace) {
      trace->best_score.push_back(double(scores(order[0])));
      trace->mean_sd.push_back(double(sd.mean()));
    }
  }
  return config.execute_best ? best_plan : mean;
}

}  // namespace mbrl
