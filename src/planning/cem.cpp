#include "planning/cem.hpp"

namespace mbrl {

const Vector& cem(const Objective& J, const Vector& start, const Vector& low, const Vector& high,
                  const CemConfig& config, Rng& rng, SearchBuffers& buffers, CemTrace* trace) {
  Matrix &plans = buffers.plans, &elite = buffers.elite;
  Row& scores = buffers.scores;
  std::vector<Index>& order = buffers.order;
  Vector &mean = buffers.mean, &variance = buffers.variance, &sd = buffers.sd;
  Vector &elite_mean = buffers.elite_mean, &best_plan = buffers.best_plan;
  const auto keep = static_cast<Scalar>(config.keep_old);
  const auto floor = static_cast<Scalar>(config.min_sd);
  const Index K = config.candidates, elites = std::min(config.elites, config.candidates);
  mean = best_plan = start;
  variance = ((high - low) / 4).array().square();
  Scalar best_score = -std::numeric_limits<Scalar>::infinity();
  plans.resize(start.size(), K), elite.resize(start.size(), elites), scores.resize(K);
  order.resize(static_cast<std::size_t>(K));

  for (int iteration = 0; iteration < config.iterations; ++iteration) {
    // Two standard deviations must fit between the mean and the nearer wall.
    sd = variance.cwiseSqrt()
             .cwiseMax(floor / 2 * (high - low))
             .cwiseMin(((mean - low).cwiseMin(high - mean) / 2).cwiseMax(Scalar(0)));
    rng.fill_truncated_normal(plans, 2);
    for (Index k = 0; k < K; ++k)
      plans.col(k) = (sd.cwiseProduct(plans.col(k)) + mean).cwiseMax(low).cwiseMin(high);

    // Keep the elites, best first; equal scores in the order drawn.
    J(plans, scores);
    make_comparable(scores);
    std::iota(order.begin(), order.end(), Index(0));
    std::partial_sort(order.begin(), order.begin() + elites, order.end(), [&](Index i, Index j) {
      return scores(i) > scores(j) || (scores(i) == scores(j) && i < j);
    });
    for (Index e = 0; e < elites; ++e) elite.col(e) = plans.col(order[std::size_t(e)]);
    if (scores(order[0]) > best_score) best_score = scores(order[0]), best_plan = elite.col(0);

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
