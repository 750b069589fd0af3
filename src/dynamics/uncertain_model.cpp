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

template <class M>
NextState<M> UncertainModel::predict_either(const Theta& theta, const M& s, const M& a) const {
  GaussianOf<M> p = mbrl::predict(theta, io_.encode(s, a));
  NextState<M> next{io_.decode(s, p.mean), {}, {}};
  next.sd = theta.noise == Noise::none ? M(Scalar(0) * next.mean)
                                       : io_.decode_sd(exp(M(p.log_var / Scalar(2))));
  if (io_.learned_reward()) next.reward = io_.decode_reward(p.mean);
  return next;
}

NextState<Matrix> UncertainModel::predict(const Theta& theta, const Matrix& s,
                                          const Matrix& a) const {
  return predict_either(theta, s, a);
}
NextState<Var> UncertainModel::predict(const Theta& theta, const Var& s, const Var& a) const {
  return predict_either(theta, s, a);
}

NextState<Matrix> UncertainModel::predict(const std::vector<Theta>& thetas, const Matrix& s,
                                          const Matrix& a) const {
  const Moments m = moments(thetas, io_.encode(s, a));
  NextState<Matrix> next{
      io_.decode(s, m.mean), io_.decode_sd((m.aleatoric + m.epistemic).cwiseSqrt()), {}};
  if (io_.learned_reward()) next.reward = io_.decode_reward(m.mean);
  return next;
}

Step<Matrix> UncertainModel::sample_next(const std::vector<Theta>& thetas, const Matrix& s,
                                         const Matrix& a, Rng& rng, Workers& workers) const {
  const TimeSpent time(Part::imagining);
  const Index B = s.cols(), n = static_cast<Index>(thetas.size());
  Step<Matrix> next{Matrix(s.rows(), B), Row(B)};
  // Which columns go to which theta, and, where they cannot be shared equally, who gets one more.
  const std::vector<Index> order = rng.permutation(B);
  const Index turn = rng.below(n);
  const Matrix noise = rng.normal(s.rows(), B);
  // The share of each theta, cut into pieces of about 400 columns.
  const Index cuts = std::max<Index>(1, B / n / 400), pieces = n * cuts;
  workers.for_each(pieces, [&](Index piece) {
    const Index k = piece / cuts;
    const std::vector<Index> mine(order.begin() + piece * B / pieces,
                                  order.begin() + (piece + 1) * B / pieces);
    const Matrix s_k = s(every, mine), a_k = a(every, mine);
    NextState<Matrix> p = predict(thetas[static_cast<std::size_t>((k + turn) % n)], s_k, a_k);
    p.mean += p.sd.cwiseProduct(noise(every, mine));
    const Step<Matrix> part = arrive(std::move(p), s_k, a_k);
    next.s_next(every, mine) = part.s_next, next.reward(mine) = part.reward;
  });
  return next;
}

void UncertainModel::archive(Archive& ar) {
  ar("fitted", fitted_), ar("io", io_), ar("posterior", *posterior_);
}

}  // namespace mbrl
