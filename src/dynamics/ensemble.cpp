#include "dynamics/ensemble.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace mbrl {

int bootstrap_count(std::uint64_t seed, Index row, Index member) {
  const auto key = scramble(scramble(seed ^ 0xb007) ^ static_cast<std::uint64_t>(row));
  const std::uint64_t draw = scramble(key ^ static_cast<std::uint64_t>(member));
  const double u = double(draw >> 11) * 0x1p-53;  // uniform on [0, 1)
  int count = 0;
  // BEGIN SOLUTION hw2.2 (about 5 lines)
  double left = u, probability = std::exp(-1.0);
  for (; left >= probability && count < 20; probability /= ++count) left -= probability;
  // END SOLUTION
  return count;
}

Ensemble::Ensemble(Index in, Index out, const ModelConfig& model, const EnsembleConfig& config,
                   std::uint64_t seed)
    : model_(model), config_(config), seed_(seed) {
  const MlpConfig shape{model.hidden_layers, model.hidden_width, activation_from(model.activation),
                        Init::truncated_normal};
  for (int i = 0; i < config.members; ++i) {
    const auto member = static_cast<std::uint64_t>(i);
    Rng weights(seed, "initial weights of a member", member);
    members_.emplace_back(make_theta(in, out, shape, config.noise, weights, config.fixed_sd),
                          Rng(seed, "minibatches of a member", member));
    members_.back().adam.learning_rate = static_cast<Scalar>(model.learning_rate);
    elites_.push_back(i);
  }
  if (config.elite_members > 0) elites_.resize(static_cast<std::size_t>(config.elite_members));
}

FitReport Ensemble::fit(const RegressionData& data, Workers& workers) {
  const auto start = std::chrono::steady_clock::now();
  workers.for_each(config_.members, [&](Index i) { fit_member(i, data); });

  // The elites are the members whose kept weights have the smallest holdout loss.
  std::vector<int> order(members_.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int i, int j) {
    return members_[std::size_t(i)].stopped.best_loss < members_[std::size_t(j)].stopped.best_loss;
  });
  elites_.assign(order.begin(), order.begin() + static_cast<Index>(elites_.size()));

  std::vector<Theta> thetas;
  for (const Member& member : members_) thetas.push_back(member.theta);
  FitReport report = report_of(thetas, data);
  for (const Member& member : members_) {
    report.epochs = std::max(report.epochs, member.stopped.epochs);
    report.train_loss += member.train_loss / double(members_.size());
    report.gradient_norm += member.gradient_norm / double(members_.size());
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

void Ensemble::fit_member(Index i, const RegressionData& data) {
  std::vector<Index> rows;  // D_i
  rows.reserve(static_cast<std::size_t>(data.x.cols()));
  for (Index r = 0; r < data.x.cols(); ++r) {
    const Index row_of_D = data.row[static_cast<std::size_t>(r)];
    const int count = config_.resample ? bootstrap_count(seed_, row_of_D, i) : 1;
    rows.insert(rows.end(), static_cast<std::size_t>(count), r);
  }
  if (rows.empty()) rows.push_back(0);
  Member& member = members_[static_cast<std::size_t>(i)];
  Theta best;
  member.stopped = train_until_it_stops_improving(
      model_.epochs, model_.patience, [&] { member.train_loss = one_pass(member, data, rows); },
      [&] { return loss(member.theta, data.x_holdout, data.y_holdout); },
      [&] { best = member.theta; }, [&] { member.theta = best; });
}

double Ensemble::one_pass(Member& member, const RegressionData& data,
                          const std::vector<Index>& rows) {
  const std::vector<Scalar> decay(member.theta.net.layers.size(),
                                  static_cast<Scalar>(model_.weight_decay));
  const bool learned_bounds = config_.learned_bounds && config_.noise == Noise::learned;
  const std::vector<Matrix*> weights = parameters(member.theta.net);
  const std::vector<Matrix*> trained = parameters(member.theta, learned_bounds);
  // What is the same at every step stays on the tape.
  Tape& tape = member.tape;
  tape.clear();
  const Var all_x = tape.constant(data.x), all_y = tape.constant(data.y);
  const ThetaOf<Var> theta = on_tape(tape, member.theta, learned_bounds);
  const std::vector<Var> theta_leaves = leaves(theta, learned_bounds);
  const std::size_t stays = tape.size();
  std::vector<Matrix*> slopes;
  double total = 0;
  const auto n = static_cast<Index>(rows.size());
  for_minibatches(n, model_.batch_size, member.shuffle, [&](std::vector<Index>& batch) {
    for (Index& k : batch) k = rows[static_cast<std::size_t>(k)];
    tape.rewind(stays);
    const GaussianOf<Var> p = predict(theta, gather_columns(all_x, batch));
    const Var y = gather_columns(all_y, batch);
    const Var fit =
        config_.noise == Noise::none ? mean_squared_error(p.mean, y) : gaussian_nll(p, y);
    // Bounds that are trained are pulled together by a small penalty.
    const Var loss = learned_bounds
                         ? fit + Scalar(0.01) * (sum(theta.max_log_var) - sum(theta.min_log_var))
                         : fit;
    tape.backward(loss);
    adjoints(theta_leaves, slopes);
    add_weight_decay(decay, weights, slopes);
    member.adam.step(trained, slopes);
    total += double(fit.value()(0, 0)) * double(batch.size());
  });
  member.gradient_norm = double(gradient_norm(slopes));
  return total / double(n);
}

double Ensemble::loss(const Theta& theta, const Matrix& x, const Matrix& y) const {
  const Gaussian p = predict(theta, x);
  return config_.noise == Noise::none ? mean_squared_error(p.mean, y) : gaussian_nll(p, y);
}

std::vector<Theta> Ensemble::sample(int n, Rng& rng) const {
  std::vector<Theta> thetas;
  sample_into(n, rng, thetas);
  return thetas;
}

void Ensemble::sample_into(int n, Rng& rng, std::vector<Theta>& thetas) const {
  const std::size_t N = elites_.size();
  thetas.resize(static_cast<std::size_t>(n));
  order_.resize(N);
  for (std::size_t k = 0; k < thetas.size(); ++k) {
    if (k % N == 0) rng.permute(order_);
    thetas[k] = member(elites_[static_cast<std::size_t>(order_[k % N])]);
  }
}

std::vector<Theta*> Ensemble::warm_started() {
  std::vector<Theta*> all;
  for (Member& member : members_) all.push_back(&member.theta);
  return all;
}

void Ensemble::archive(Archive& ar) {
  const bool learned_bounds = config_.learned_bounds && config_.noise == Noise::learned;
  for (std::size_t i = 0; i < members_.size(); ++i)
    ar.inside("member " + std::to_string(i), [&] {
      Member& member = members_[i];
      ar("theta", member.theta), ar("shuffle", member.shuffle);
      ar.inside("adam", [&] { member.adam.archive(ar, parameters(member.theta, learned_bounds)); });
    });
  const std::size_t count = elites_.size();
  ar("elites", elites_);
  std::vector<int> sorted = elites_;
  std::sort(sorted.begin(), sorted.end());
  const bool distinct = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
  ar.require(elites_.size() == count && distinct && sorted.front() >= 0 &&
                 sorted.back() < static_cast<int>(members_.size()),
             "elites");
}

}  // namespace mbrl
