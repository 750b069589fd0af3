#include "learners/squashed_gaussian.hpp"

namespace mbrl {

static constexpr Scalar kMinLogSd = -20, kMaxLogSd = 2;
static const Scalar kLog2 = std::log(Scalar(2));

Var log_slope_of_tanh(const Var& u) { return Scalar(2) * (kLog2 - u - softplus(Scalar(-2) * u)); }

Matrix log_slope_of_tanh(const Matrix& u) {
  return Scalar(2) * (kLog2 - u.array() - softplus(Scalar(-2) * u).array());
}

SquashedSample<Var> sample_squashed(const Var& out, const Var& eps) {
  const Index m = eps.rows();
  const Var mu = rows(out, 0, m), log_sd = clamp(rows(out, m, m), kMinLogSd, kMaxLogSd);
  const Var u = mu + exp(log_sd) * eps;
  // log N(u; mu, sd^2): (u - mu) / sd is eps, a constant.
  const Var log_normal = -log_sd - (square(eps) / Scalar(2) + kLog2Pi / 2);
  return {tanh(u), sum_rows(log_normal - log_slope_of_tanh(u))};
}

SquashedSample<Matrix> sample_squashed(const Mlp& net, const Matrix& features, const Matrix& eps) {
  const Matrix out = forward(net, features);
  const Index m = eps.rows();
  const Matrix log_sd = out.bottomRows(m).cwiseMax(kMinLogSd).cwiseMin(kMaxLogSd);
  const Matrix u = out.topRows(m).array() + log_sd.array().exp() * eps.array();
  const Matrix log_pi =
      -log_sd.array() - (eps.array().square() / 2 + kLog2Pi / 2) - log_slope_of_tanh(u).array();
  return {tanh(u), log_pi.colwise().sum()};
}

}  // namespace mbrl
