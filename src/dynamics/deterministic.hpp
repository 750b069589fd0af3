// f(s, a): a deterministic dynamics model, fitted by least squares on normalised changes of state.
//
// Lecture, step 2 of versions 1.5 to 3.0: learn f(s, a) to minimise sum_i |f(s_i, a_i) - s'_i|^2.
#pragma once

#include <chrono>

#include "core/settings.hpp"
#include "data/dataset.hpp"
#include "dynamics/model_io.hpp"
#include "nn/adam.hpp"
#include "nn/losses.hpp"

namespace mbrl {

struct ModelConfig {
  int hidden_layers = 2;
  int hidden_width = 64;
  std::string activation = "silu";
  double learning_rate = 2e-3;
  double weight_decay = 1e-5;
  int batch_size = 64;
  int epochs = 200;
  int patience = 40;
  double holdout = 0.1;
  bool learned_reward = false;

  void list(Settings& field) {
    field("hidden-layers", hidden_layers, 1, 10, "step 2: hidden layers of f");
    field("hidden-width", hidden_width, 1, 4096, "step 2: units per hidden layer");
    field("activation", activation, {"tanh", "relu", "silu"}, "step 2: the nonlinearity of f");
    field("learning-rate", learning_rate, 1e-7, 1, "step 2: Adam's step size");
    field("weight-decay", weight_decay, 0, 1, "step 2: L2 penalty on the weights, not the biases");
    field("batch-size", batch_size, 1, 65536, "step 2: transitions per gradient step");
    field("epochs", epochs, 1, 100000, "step 2: most passes over D at each refit");
    field("patience", patience, 1, 100000,
          "step 2: passes without a better holdout loss before stopping");
    field("holdout", holdout, 0, 0.9, "step 2: share of D kept aside, for good, to stop early");
    field("learned-reward", learned_reward,
          "step 2: also learn r(s, a) instead of using the known one");
  }
};

// What a refit did, for model.csv.
struct FitReport {
  Index train_rows = 0, holdout_rows = 0;
  int epochs = 0;         // passes made; the weights kept are those of the best one
  double train_loss = 0;  // mean squared error of normalised outputs, last pass, weights in motion
  double holdout_loss = 0;  // the same on the holdout, for the weights kept
  double seconds = 0;
};

// s' and r of a batch, as a model or the world says.
struct Prediction {
  Matrix s_next;  // (state_dim, B)
  Row reward;     // (1, B)
};

class DeterministicModel {
 public:
  DeterministicModel(const Env& env, const ModelConfig& config, std::uint64_t seed)
      : io_(env, config.learned_reward),
        config_(config),
        seed_(seed),
        shuffle_(seed, "minibatches of the model") {
    Rng rng(seed, "initial weights of the model");
    const MlpConfig shape{config.hidden_layers, config.hidden_width,
                          activation_from(config.activation), Init::truncated_normal};
    net_ = make_mlp(io_.input_dim(), io_.output_dim(), shape, rng);
    adam_.learning_rate = static_cast<Scalar>(config.learning_rate);
  }

  // s' and r for a batch of states and actions.
  Prediction predict(const Matrix& s, const Matrix& a) const {
    const Matrix output = forward(net_, io_.encode(s, a));
    Prediction p{io_.decode(s, output), {}};
    p.reward = io_.learned_reward() ? io_.decode_reward(output) : io_.env().reward(s, a, p.s_next);
    return p;
  }

  // Goes on training from the present weights until the holdout loss stops improving.
  FitReport fit(const Dataset& D) {
    const auto start = std::chrono::steady_clock::now();
    std::vector<Index> train, holdout;
    for (Index i = 0; i < D.size(); ++i) (held_out(i) ? holdout : train).push_back(i);
    if (train.empty()) throw UserError("the model has no transitions to learn from");
    if (holdout.empty()) holdout = train;

    io_.fit(D.s(train), D.a(train), D.s_next(train), D.reward(train), {&net_});
    const Matrix x = io_.encode(D.s(train), D.a(train));
    const Matrix y = io_.target(D.s(train), D.s_next(train), D.reward(train));
    const Matrix x_holdout = io_.encode(D.s(holdout), D.a(holdout));
    const Matrix y_holdout = io_.target(D.s(holdout), D.s_next(holdout), D.reward(holdout));
    const auto holdout_loss = [&] {
      return double((forward(net_, x_holdout) - y_holdout).squaredNorm()) /
             double(y_holdout.size());
    };

    FitReport report{x.cols(), x_holdout.cols()};
    Mlp best = net_;
    report.holdout_loss = holdout_loss();
    for (int since_best = 0; report.epochs < config_.epochs && since_best < config_.patience;) {
      report.train_loss = one_pass(x, y);
      ++report.epochs;
      const double loss = holdout_loss();
      require_finite("the loss of the dynamics model", loss);
      ++since_best;
      if (loss < report.holdout_loss) {
        report.holdout_loss = loss;
        best = net_;
        since_best = 0;
      }
    }
    net_ = best;
    report.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return report;
  }

  // Whether transition i is held out: a fixed function of i, so that no row ever changes sides as D
  // grows.
  bool held_out(Index i) const {
    const std::uint64_t draw = scramble(scramble(seed_) ^ static_cast<std::uint64_t>(i));
    return double(draw >> 11) * 0x1p-53 < config_.holdout;
  }

  const ModelIo& io() const { return io_; }
  const Mlp& network() const { return net_; }

  void archive(Archive& ar) {
    io_.archive(ar);
    int k = 0;
    for (Matrix* p : parameters(net_)) ar.fixed_shape("model parameter " + std::to_string(k++), *p);
  }

 private:
  // One pass over the data in random minibatches; returns the mean loss.
  double one_pass(const Matrix& x, const Matrix& y) {
    const std::vector<Index> order = shuffle_.permutation(x.cols());
    const std::vector<Scalar> decay(net_.layers.size(), static_cast<Scalar>(config_.weight_decay));
    const auto rows_in = static_cast<Index>(order.size());
    double total = 0;
    for (Index first = 0; first < rows_in; first += config_.batch_size) {
      const Index count = std::min<Index>(config_.batch_size, rows_in - first);
      const auto begin = order.begin() + first;
      const std::vector<Index> batch(begin, begin + count);
      tape_.clear();
      const Network<Var> taped = on_tape(tape_, net_);
      const Var prediction = forward(taped, tape_.constant(Matrix(x(Eigen::all, batch))));
      const Var target = tape_.constant(Matrix(y(Eigen::all, batch)));
      const Var loss = mean_squared_error(prediction, target);
      tape_.backward(loss);
      const std::vector<Matrix*> weights = parameters(net_), slopes = gradients(taped);
      add_weight_decay(decay, weights, slopes);
      adam_.step(weights, slopes);
      total += double(loss.value()(0, 0)) * double(count);
    }
    return total / double(rows_in);
  }

  ModelIo io_;
  ModelConfig config_;
  std::uint64_t seed_;
  Rng shuffle_;
  Mlp net_;
  Adam adam_;
  Tape tape_;
};

}  // namespace mbrl
