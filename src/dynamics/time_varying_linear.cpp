#include "dynamics/time_varying_linear.hpp"

#include "core/linear_algebra.hpp"
#include "core/time_spent.hpp"

namespace mbrl {

void TimeVaryingLinear::fit(const std::vector<Batch>& episodes) {
  const TimeSpent time(Part::model);
  models_.clear();
  Index longest = 0;
  for (const Batch& episode : episodes) longest = std::max(longest, episode.size());
  for (Index t = 0; t < longest; ++t) {
    // The steps around t, side by side: x = (s, a), y = s' - s.
    std::vector<std::pair<const Batch*, Index>> steps;
    for (const Batch& episode : episodes)
      for (Index k = std::max<Index>(0, t - window_); k <= t + window_ && k < episode.size(); ++k)
        steps.emplace_back(&episode, k);
    const Index n = episodes[0].s.rows(), m = episodes[0].a.rows();
    const auto N = static_cast<Index>(steps.size());
    RealMatrix x(n + m, N), y(n, N);
    for (Index j = 0; j < N; ++j) {
      const auto& [episode, k] = steps[static_cast<std::size_t>(j)];
      x.col(j) << episode->s.col(k).cast<double>(), episode->a.col(k).cast<double>();
      y.col(j) = (episode->s_next.col(k) - episode->s.col(k)).cast<double>();
    }
    // Least squares around the means, in units in which every coordinate of x has variance 1.
    const RealVector x_mean = x.rowwise().mean(), y_mean = y.rowwise().mean();
    x.colwise() -= x_mean, y.colwise() -= y_mean;
    RealVector unit = x.rowwise().norm() / std::sqrt(double(N));
    for (double& u : unit)
      if (u < 1e-9) u = 1;
    x = unit.cwiseInverse().asDiagonal() * x;
    const RealMatrix H = product_transposed(x, x) + ridge_ * RealMatrix::Identity(n + m, n + m);
    RealMatrix W = solve_symmetric(H, product_transposed(x, y)).transpose();
    const double freedom = std::max(1.0, double(N - n - m - 1));
    const RealVector sd = ((y - product(W, x)).rowwise().squaredNorm() / freedom).cwiseSqrt();
    W = W * unit.cwiseInverse().asDiagonal();
    Matrix all(n, n + m + 1);
    all << W.cast<Scalar>(), (y_mean - W * x_mean).cast<Scalar>();
    models_.push_back({all, sd.cast<Scalar>()});
  }
}

const TimeVaryingLinear::Model& TimeVaryingLinear::at(Index t) const {
  if (t < 0 || t >= length())
    throw UserError("the time-varying linear model has no data at time step " + std::to_string(t) +
                    ": it has " + std::to_string(length()) + " steps");
  return models_[static_cast<std::size_t>(t)];
}

bool TimeVaryingLinear::fits(Index n, Index m) const {
  for (const Model& model : models_)
    if (model.W.rows() != n || model.W.cols() != n + m + 1 || model.sd.size() != n) return false;
  return true;
}

Vector TimeVaryingLinear::mean(Index t, const Vector& s, const Vector& a) const {
  Vector x(s.size() + a.size() + 1);
  x << s, a, 1;
  return s + at(t).W * x;
}

Vector TimeVaryingLinear::sd(Index t) const { return at(t).sd; }
Matrix TimeVaryingLinear::coefficients(Index t) const { return at(t).W; }

}  // namespace mbrl
