#include "dynamics/uncertain_model.hpp"

#include "core/time_spent.hpp"

namespace mbrl {

FitReport UncertainModel::fit(const Dataset& D, Workers& workers) {
  const TimeSpent time(Part::model);
  std::vector<Index> train, holdout;
  for (Index i = 0; i < D.size(); ++i)
    (held_out(seed_, i, holdout_) ? holdout : train).push_back(i);
  if (train.empty()) throw UserError("the model has no transitions to learn from");
  if (holdout.empty()) holdout = train;

  std::vector<Mlp*> networks;
  if (fitted_ && fold_statistics_)
    for (Theta* theta : posterior_->warm_started()) networks.push_back(&theta->net);
  fitted_ = true;
  io_.fit(D.s(train), D.a(train), D.s_next(train), D.reward(train), networks);
  const RegressionData data{io_.encode(D.s(train), D.a(train)),
                            io_.target(D.s(train), D.s_next(train), D.reward(train)), train,
                            io_.encode(D.s(holdout), D.a(holdout)),
                            io_.target(D.s(holdout), D.s_next(holdout), D.reward(holdout))};
  return posterior_->fit(data, workers);
}

NextState UncertainModel::predict(const Theta& theta, const Matrix& s, const Matrix& a) const {
  const Gaussian p = mbrl::predict(theta, io_.encode(s, a));
  NextState next{io_.decode(s, p.mean), {}, {}};
  next.sd = theta.noise == Noise::none ? Matrix(Matrix::Zero(s.rows(), s.cols()))
                                       : io_.decode_sd((p.log_var / 2).array().exp());
  if (io_.learned_reward()) next.reward = io_.decode_reward(p.mean);
  return next;
}

NextState UncertainModel::predict(const std::vector<Theta>& thetas, const Matrix& s,
                                  const Matrix& a) const {
  const Moments m = moments(thetas, io_.encode(s, a));
  NextState next{io_.decode(s, m.mean), io_.decode_sd((m.aleatoric + m.epistemic).cwiseSqrt()), {}};
  if (io_.learned_reward()) next.reward = io_.decode_reward(m.mean);
  return next;
}

Prediction UncertainModel::sample_next(const std::vector<Theta>& thetas, const Matrix& s,
                                       const Matrix& a, Rng& rng, Workers& workers) const {
  const TimeSpent time(Part::imagining);
  const Index B = s.cols(), n = static_cast<Index>(thetas.size());
  Prediction next{Matrix(s.rows(), B), Row(B)};
  const std::vector<Index> order = rng.permutation(B);
  const Matrix noise = rng.normal(s.rows(), B);
  // The share of each theta, cut into pieces of about 400 columns.
  const Index cuts = std::max<Index>(1, B / n / 400), pieces = n * cuts;
  workers.for_each(pieces, [&](Index piece) {
    const Index k = piece / cuts;
    const std::vector<Index> mine(order.begin() + piece * B / pieces,
                                  order.begin() + (piece + 1) * B / pieces);
    const Matrix s_k = s(every, mine), a_k = a(every, mine);
    NextState p = predict(thetas[static_cast<std::size_t>(k)], s_k, a_k);
    p.mean += p.sd.cwiseProduct(noise(every, mine));
    next.s_next(every, mine) = p.mean;
    next.reward(mine) = p.reward.size() ? p.reward : io_.env().reward(s_k, a_k, p.mean);
  });
  return next;
}

TapedNextState UncertainModel::predict(const Theta& theta, const Var& s, const Var& a) const {
  const GaussianOf<Var> p = mbrl::predict(theta, io_.encode(s, a));
  TapedNextState next{io_.decode(s, p.mean), {}, {}};
  next.sd = theta.noise == Noise::none ? Scalar(0) * next.mean : io_.decode_sd(exp(p.log_var / 2));
  if (io_.learned_reward()) next.reward = io_.decode_reward(p.mean);
  return next;
}

TapedNextState UncertainModel::predict(const std::vector<Theta>& thetas, const Var& s,
                                       const Var& a) const {
  const Var x = io_.encode(s, a);
  // The law of total variance in one pass, with Welford's running sums.
  Var mean, aleatoric, epistemic;  // the last two times N
  for (std::size_t k = 0; k < thetas.size(); ++k) {
    const GaussianOf<Var> p = mbrl::predict(thetas[k], x);
    const Var noise = thetas[k].noise == Noise::none ? Scalar(0) * p.mean : exp(p.log_var);
    if (k == 0) {
      mean = p.mean, aleatoric = noise, epistemic = Scalar(0) * p.mean;
      continue;
    }
    const Var step = p.mean - mean;
    mean = mean + step / static_cast<Scalar>(k + 1);
    epistemic = epistemic + step * (p.mean - mean);
    aleatoric = aleatoric + noise;
  }
  const Var variance = (aleatoric + epistemic) / static_cast<Scalar>(thetas.size());
  TapedNextState next{io_.decode(s, mean), io_.decode_sd(sqrt(variance)), {}};
  if (io_.learned_reward()) next.reward = io_.decode_reward(mean);
  return next;
}

void UncertainModel::archive(Archive& ar) {
  ar("fitted", fitted_), ar("io", io_), ar("posterior", *posterior_);
}

}  // namespace mbrl
