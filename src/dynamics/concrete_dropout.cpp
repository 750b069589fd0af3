#include "dynamics/concrete_dropout.hpp"

#include <chrono>

namespace mbrl {

constexpr Scalar kTemperature = Scalar(0.1);  // of the relaxed masks in training

// ---- masks ----

// A (1, 1) variable in every place of a (rows, cols) one.
static Var everywhere(const Var& x, Index rows, Index cols) {
  return broadcast_rows(broadcast_columns(x, cols), rows);
}

Var concrete_drop(const Var& logit_p, const Matrix& logit_u, Scalar temperature) {
  const Var u = logit_p.tape->constant(Matrix(logit_u));
  return sigmoid((everywhere(logit_p, u.rows(), u.cols()) + u) / temperature);
}

Matrix logit_of_uniform(Index rows, Index cols, Rng& rng) {
  Matrix logit(rows, cols);
  for (Index i = 0; i < logit.size(); ++i) {
    const double u = double(rng.uniform()) + 0x1p-25;  // the middle of its cell of 2^-24
    logit.data()[i] = static_cast<Scalar>(std::log(u) - std::log1p(-u));
  }
  return logit;
}

// With a = logit p:  1 / (1 - p) = 1 + exp(a)  and  H(p) = softplus(a) - a p.
Var dropout_regulariser(const Var& W, const Var& logit_p, double length_scale) {
  const auto half_l2 = static_cast<Scalar>(length_scale * length_scale / 2);
  const Var norm = sum(square(W)) * (1 + exp(logit_p));
  const Var entropy = softplus(logit_p) - logit_p * sigmoid(logit_p);
  return half_l2 * norm - static_cast<Scalar>(W.cols()) * entropy;
}

// ---- training ----

ConcreteDropout::ConcreteDropout(Index in, Index out, const ModelConfig& model,
                                 const ConcreteDropoutConfig& config, std::uint64_t seed)
    : model_(model),
      config_(config),
      shuffle_(seed, "minibatches of concrete dropout"),
      masks_(seed, "masks of concrete dropout") {
  const MlpConfig shape{model.hidden_layers, model.hidden_width, activation_from(model.activation),
                        Init::truncated_normal};
  Rng weights(seed, "initial weights of concrete dropout");
  full_ = make_theta(in, out, shape, config.noise, weights, config.fixed_sd);
  const double logit = std::log(config.initial_rate) - std::log1p(-config.initial_rate);
  logit_p_ = Matrix::Constant(model.hidden_layers + 1, 1, static_cast<Scalar>(logit));
}

// The network with relaxed masks of their own for every example.
// logit_p: (layers, 1)  x: (in, B)  returns (out, B)
Var ConcreteDropout::forward_with_drops(const Network<Var>& net, const Var& logit_p, Var x) {
  for (std::size_t l = 0; l < net.layers.size(); ++l) {
    if (l >= first_dropped()) {
      const Var a = row(logit_p, static_cast<Index>(l));
      const Var z = concrete_drop(a, logit_of_uniform(x.rows(), x.cols(), masks_), kTemperature);
      x = x * (1 - z) * everywhere(1 + exp(a), x.rows(), x.cols());
    }
    x = dense(net.layers[l].W, x, net.layers[l].b,
              l + 1 < net.layers.size() ? net.activation : Activation::linear);
  }
  return x;
}

FitReport ConcreteDropout::fit(const RegressionData& data, Workers&) {
  const auto start = std::chrono::steady_clock::now();
  double last_loss = 0;
  for (int epoch = 0; epoch < model_.epochs; ++epoch) {
    adam_.learning_rate =
        static_cast<Scalar>(cooled(model_.learning_rate, epoch, model_.epochs, config_.cool_down));
    last_loss = one_pass(data);
    require_finite("the loss of concrete dropout", last_loss);
  }
  Rng judge(0, "holdout of concrete dropout");
  FitReport report = report_of(sample(10, judge), data);
  report.epochs = model_.epochs, report.train_loss = last_loss;
  report.gradient_norm = gradient_norm_;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

std::vector<Matrix*> ConcreteDropout::trained() {
  std::vector<Matrix*> all = parameters(full_);
  all.push_back(&logit_p_);
  return all;
}

double ConcreteDropout::one_pass(const RegressionData& data) {
  const Index N = data.x.cols();
  const std::vector<Matrix*> weights = trained();
  double total = 0;
  for_minibatches(N, model_.batch_size, shuffle_, [&](const std::vector<Index>& batch) {
    tape_.clear();
    ThetaOf<Var> theta = on_tape(tape_, full_);
    const Network<Var> net = theta.net;
    const Var logit_p = tape_.parameter(logit_p_);

    // -log p(y | x, theta): the mean over examples, the sum over coordinates.
    const Var x = tape_.constant(Matrix(data.x(every, batch)));
    const Var y = tape_.constant(Matrix(data.y(every, batch)));
    const Var output = forward_with_drops(net, logit_p, x);
    theta.net = {};  // has been passed already
    Var loss = static_cast<Scalar>(y.rows()) * gaussian_nll(predict(theta, output), y);

    // The regulariser / N, so that an epoch counts it once.
    for (std::size_t l = first_dropped(); l < net.layers.size(); ++l) {
      const Var a = row(logit_p, static_cast<Index>(l));
      loss = loss +
             dropout_regulariser(net.layers[l].W, a, config_.length_scale) / static_cast<Scalar>(N);
    }
    tape_.backward(loss);
    std::vector<Matrix*> slopes = gradients(net);
    slopes.push_back(&open_adjoint(*logit_p.node));
    adam_.step(weights, slopes);
    gradient_norm_ = double(gradient_norm(slopes));
    total += double(loss.value()(0, 0)) * double(batch.size());
  });
  return total / double(N);
}

// ---- p(theta | D) ----

std::vector<double> ConcreteDropout::rates() const {
  std::vector<double> p;
  for (Index l = 0; l < logit_p_.rows(); ++l)
    p.push_back(1 / (1 + std::exp(-double(logit_p_(l, 0)))));
  if (!config_.drop_inputs) p[0] = 0;
  return p;
}

std::vector<Theta> ConcreteDropout::sample(int n, Rng& rng) const {
  const std::vector<double> p = rates();
  std::vector<Theta> thetas;
  for (int k = 0; k < n; ++k) {
    Theta& theta = thetas.emplace_back(full_);
    for (std::size_t l = 0; l < p.size(); ++l) {
      Matrix& W = theta.net.layers[l].W;
      for (Index unit = 0; unit < W.cols(); ++unit)
        W.col(unit) *= static_cast<Scalar>(double(rng.uniform()) < p[l] ? 0 : 1 / (1 - p[l]));
    }
  }
  return thetas;
}

void ConcreteDropout::archive(Archive& ar) {
  ar("weights", full_), ar.fixed_shape("logits of the dropout rates", logit_p_);
  ar("shuffle", shuffle_), ar("masks", masks_);
  ar.inside("adam", [&] { adam_.archive(ar, trained()); });
}

}  // namespace mbrl
