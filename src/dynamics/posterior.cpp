#include "dynamics/posterior.hpp"

#include "nn/losses.hpp"

namespace mbrl {

Theta make_theta(Index in, Index out, const MlpConfig& config, Noise noise, Rng& rng,
                 double fixed_sd) {
  const bool learned = noise == Noise::learned;
  Theta theta{make_mlp(in, learned ? 2 * out : out, config, rng), noise, {}, {}};
  const double fixed = 2 * std::log(fixed_sd);
  theta.min_log_var = Matrix::Constant(out, 1, static_cast<Scalar>(learned ? kMinLogVar : fixed));
  theta.max_log_var = Matrix::Constant(out, 1, static_cast<Scalar>(learned ? kMaxLogVar : fixed));
  return theta;
}

std::vector<Matrix*> parameters(Theta& theta, bool with_bounds) {
  std::vector<Matrix*> all = parameters(theta.net);
  if (with_bounds) all.insert(all.end(), {&theta.min_log_var, &theta.max_log_var});
  return all;
}

void archive(Archive& ar, Theta& theta) {
  ar("net", theta.net);
  ar.fixed_shape("low bound", theta.min_log_var), ar.fixed_shape("high bound", theta.max_log_var);
}

ThetaOf<Var> on_tape(Tape& tape, const Theta& theta, bool learned_bounds) {
  const auto bound = [&](const Matrix& b) {
    return learned_bounds ? tape.parameter(b) : tape.constant(b);
  };
  return {on_tape(tape, theta.net), theta.noise, bound(theta.min_log_var),
          bound(theta.max_log_var)};
}

std::vector<Var> leaves(const ThetaOf<Var>& theta, bool with_bounds) {
  std::vector<Var> all = leaves(theta.net);
  if (with_bounds) all.insert(all.end(), {theta.min_log_var, theta.max_log_var});
  return all;
}

static Matrix spread(const Matrix& column, const Matrix& like) {
  return broadcast_columns(column, like.cols());
}
static Var spread(const Var& column, const Var& like) {
  return broadcast_columns(column, like.cols());
}
static Var spread(const Matrix& column, const Var& like) {
  return spread(like.tape->constant(column), like);
}

template <class Weights, class M>
static GaussianOf<M> predict_either(const ThetaOf<Weights>& theta, const M& x) {
  const M output = forward(theta.net, x);
  const M low = spread(theta.min_log_var, output), high = spread(theta.max_log_var, output);
  if (theta.noise != Noise::learned) return {output, high};
  const Index n = low.rows();
  return {rows(output, 0, n), soft_bounds(rows(output, n, n), low, high)};
}

Gaussian predict(const Theta& theta, const Matrix& x) {
  Gaussian p = predict_either(theta, x);
  if (theta.noise == Noise::none) p.log_var.setConstant(-std::numeric_limits<Scalar>::infinity());
  return p;
}
GaussianOf<Var> predict(const ThetaOf<Var>& theta, const Var& x) {
  return predict_either(theta, x);
}
GaussianOf<Var> predict(const Theta& theta, const Var& x) { return predict_either(theta, x); }

FitReport report_of(const std::vector<Theta>& thetas, const RegressionData& data,
                    FitReport report) {
  report.train_rows = data.x.cols(), report.holdout_rows = data.x_holdout.cols();
  const double share = 1.0 / double(thetas.size());
  for (const Theta& theta : thetas) {
    const Gaussian p = predict(theta, data.x_holdout);
    report.holdout_loss += share * mean_squared_error(p.mean, data.y_holdout);
    if (theta.noise == Noise::none) continue;
    report.holdout_nll += share * gaussian_nll(p, data.y_holdout);
    report.low_bound += share * double(theta.min_log_var.mean());
    report.high_bound += share * double(theta.max_log_var.mean());
  }
  return report;
}

Moments moments(const std::vector<Theta>& thetas, const Matrix& x) {
  if (thetas.empty()) throw UserError("moments of no models");
  std::vector<Gaussian> p;
  for (const Theta& theta : thetas) p.push_back(predict(theta, x));
  const auto N = static_cast<Scalar>(p.size());
  Moments m;
  m.mean = m.aleatoric = m.epistemic = Matrix::Zero(p[0].mean.rows(), x.cols());
  // BEGIN SOLUTION hw2.3 (about 5 lines)
  for (const Gaussian& g : p) {
    m.mean += g.mean / N;
    m.aleatoric.array() += g.log_var.array().exp() / N;
  }
  for (const Gaussian& g : p) m.epistemic.array() += (g.mean - m.mean).array().square() / N;
  // END SOLUTION
  return m;
}

EntropySplit entropy_split(const std::vector<Theta>& thetas, const Matrix& x, int draws, Rng& rng) {
  if (thetas.empty()) throw UserError("the entropy of no models");
  std::vector<Gaussian> p;
  for (const Theta& theta : thetas) p.push_back(predict(theta, x));
  const auto N = static_cast<Scalar>(p.size());
  EntropySplit split{{}, Row::Zero(x.cols()), Row::Zero(x.cols())};
  Matrix densities(static_cast<Index>(p.size()), x.cols());
  for (std::size_t i = 0; i < p.size(); ++i) {
    split.expected += entropy(p[i]) / N;
    for (int k = 0; k < draws; ++k) {
      const Matrix noise = rng.normal(p[i].mean.rows(), x.cols());
      const Matrix y = p[i].mean + ((p[i].log_var / 2).array().exp() * noise.array()).matrix();
      // The log of the mixture's density at y, the largest member taken out so that exp is safe.
      for (std::size_t j = 0; j < p.size(); ++j)
        densities.row(static_cast<Index>(j)) = log_density(p[j], y).matrix();
      const Row top = densities.colwise().maxCoeff();
      const Row sum = (densities.array().rowwise() - top).exp().colwise().sum();
      const Row own = densities.row(static_cast<Index>(i)).array();
      split.mutual += (own - (top + (sum / N).log())) / (N * static_cast<Scalar>(draws));
    }
  }
  for (const Gaussian& g : p)
    for (Index j = 0; j < x.cols(); ++j)
      if (!g.log_var.col(j).allFinite()) split.mutual(j) = std::numeric_limits<Scalar>::quiet_NaN();
  split.total = split.expected + split.mutual;
  return split;
}

}  // namespace mbrl
