#include "dynamics/deterministic.hpp"

#include <chrono>

#include "core/time_spent.hpp"

namespace mbrl {

DeterministicModel::DeterministicModel(const Env& env, const ModelConfig& config,
                                       std::uint64_t seed)
    : io_(env, config.learned_reward, config.normalise_targets),
      config_(config),
      seed_(seed),
      shuffle_(seed, "minibatches of the model") {
  Rng rng(seed, "initial weights of the model");
  const MlpConfig shape{config.hidden_layers, config.hidden_width,
                        activation_from(config.activation), Init::truncated_normal};
  net_ = make_mlp(io_.input_dim(), io_.output_dim(), shape, rng);
  adam_.learning_rate = static_cast<Scalar>(config.learning_rate);
}

FitReport DeterministicModel::fit(const Dataset& D) {
  const TimeSpent time(Part::model);
  const auto start = std::chrono::steady_clock::now();
  std::vector<Index> train, holdout;
  for (Index i = 0; i < D.size(); ++i) (held_out(i) ? holdout : train).push_back(i);
  if (train.empty()) throw UserError("the model has no transitions to learn from");
  if (holdout.empty()) holdout = train;

  std::vector<Mlp*> networks;  // a fresh one is as its initialisation meant it
  if (fitted_ && config_.fold_statistics) networks.push_back(&net_);
  fitted_ = true;
  io_.fit(D.s(train), D.a(train), D.s_next(train), D.reward(train), networks);
  const Matrix x = io_.encode(D.s(train), D.a(train));
  const Matrix y = io_.target(D.s(train), D.s_next(train), D.reward(train));
  const Matrix x_holdout = io_.encode(D.s(holdout), D.a(holdout));
  const Matrix y_holdout = io_.target(D.s(holdout), D.s_next(holdout), D.reward(holdout));
  const auto holdout_loss = [&] {
    return double((forward(net_, x_holdout) - y_holdout).squaredNorm()) / double(y_holdout.size());
  };

  FitReport report{x.cols(), x_holdout.cols()};
  Mlp best;
  const StoppedAt at = train_until_it_stops_improving(
      config_.epochs, config_.patience, [&] { report.train_loss = one_pass(x, y); }, holdout_loss,
      [&] { best = net_; }, [&] { net_ = best; });
  report.epochs = at.epochs, report.holdout_loss = at.best_loss;
  report.gradient_norm = gradient_norm_;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

bool DeterministicModel::held_out(Index i) const {
  return mbrl::held_out(seed_, i, config_.holdout);
}

void DeterministicModel::archive(Archive& ar) {
  ar("fitted", fitted_), ar("io", io_), ar("net", net_), ar("shuffle", shuffle_);
  ar.inside("adam", [&] { adam_.archive(ar, parameters(net_)); });
}

double DeterministicModel::one_pass(const Matrix& x, const Matrix& y) {
  const std::vector<Scalar> decay(net_.layers.size(), static_cast<Scalar>(config_.weight_decay));
  const std::vector<Matrix*> weights = parameters(net_);
  // What is the same at every step stays on the tape.
  tape_.clear();
  const Var all_x = tape_.constant(x), all_y = tape_.constant(y);
  const Network<Var> taped = on_tape(tape_, net_);
  const std::vector<Var> theta = leaves(taped);
  const std::size_t stays = tape_.size();
  std::vector<Matrix*> slopes;
  double total = 0;
  for_minibatches(x.cols(), config_.batch_size, shuffle_, [&](const std::vector<Index>& batch) {
    tape_.rewind(stays);
    const Var prediction = forward(taped, gather_columns(all_x, batch));
    const Var loss = mean_squared_error(prediction, gather_columns(all_y, batch));
    tape_.backward(loss);
    adjoints(theta, slopes);
    add_weight_decay(decay, weights, slopes);
    adam_.step(weights, slopes);
    total += double(loss.value()(0, 0)) * double(batch.size());
  });
  gradient_norm_ = double(gradient_norm(slopes));
  return total / double(x.cols());
}

}  // namespace mbrl
