#include "dynamics/bayes_by_backprop.hpp"

#include <chrono>

namespace mbrl {

// KL = sum log(prior_sd / sigma) + (sigma^2 + mu^2) / (2 prior_sd^2) - 1/2
Var kl_to_prior(const Var& mu, const Var& sigma, double prior_sd) {
  const auto half_precision = static_cast<Scalar>(0.5 / (prior_sd * prior_sd));
  const auto constant = static_cast<Scalar>(std::log(prior_sd) - 0.5);
  return sum(half_precision * (square(sigma) + square(mu)) - log(sigma) + constant);
}

BayesByBackprop::BayesByBackprop(Index in, Index out, const ModelConfig& model,
                                 const BayesByBackpropConfig& config, std::uint64_t seed)
    : model_(model),
      config_(config),
      shuffle_(seed, "minibatches of Bayes by Backprop"),
      noise_(seed, "weight noise of Bayes by Backprop") {
  const MlpConfig shape{model.hidden_layers, model.hidden_width, activation_from(model.activation),
                        Init::truncated_normal};
  Rng weights(seed, "initial weights of Bayes by Backprop");
  mu_ = make_theta(in, out, shape, config.noise, weights, config.fixed_sd);
  rho_ = mu_.net;
  for (Matrix* rho : parameters(rho_))
    rho->setConstant(static_cast<Scalar>(std::log(std::expm1(config.initial_sd))));
}

// ---- theta = mu + sigma eps, through a network ----

namespace {

Var standard_normal(Tape& tape, Index rows, Index cols, Rng& rng) {
  return tape.constant(rng.normal(rows, cols));
}

// One set of weights for the whole minibatch.
Network<Var> reparametrised(const Network<Var>& mu, const Network<Var>& sigma, Rng& rng) {
  Network<Var> theta = mu;
  for (std::size_t l = 0; l < mu.layers.size(); ++l) {
    const auto draw = [&](const Var& m, const Var& s) {
      return m + s * standard_normal(*m.tape, m.rows(), m.cols(), rng);
    };
    theta.layers[l] = {draw(mu.layers[l].W, sigma.layers[l].W),
                       draw(mu.layers[l].b, sigma.layers[l].b)};
  }
  return theta;
}

// The same layer with its own weights for every example. Only their sums W x + b are needed, and
// those are normal themselves (Kingma, Salimans & Welling 2015, eq. 6):
//
//   N(mu_W x + mu_b, sigma_W^2 x^2 + sigma_b^2).
//
// The gradient is less noisy, because the noise of an example is not shared by all the others.
Var forward_locally(const Network<Var>& mu, const Network<Var>& sigma, Var x, Rng& rng) {
  for (std::size_t l = 0; l < mu.layers.size(); ++l) {
    const auto& [W, b] = mu.layers[l];
    const auto& [sigma_W, sigma_b] = sigma.layers[l];
    const Var mean = affine(W, x, b);
    const Var var = affine(square(sigma_W), square(x), square(sigma_b));
    x = mean + sqrt(var) * standard_normal(*x.tape, mean.rows(), mean.cols(), rng);
    if (l + 1 < mu.layers.size()) x = activate(mu.activation, x);
  }
  return x;
}

}  // namespace

// ---- the variational bound ----

BayesByBackprop::Taped BayesByBackprop::on_tape(Tape& tape) const {
  Taped q{mbrl::on_tape(tape, mu_), mbrl::on_tape(tape, rho_), {}};
  for (const auto& [W, b] : q.rho.layers) q.sigma.layers.push_back({softplus(W), softplus(b)});
  return q;
}

Var BayesByBackprop::loss(const Taped& q, const Matrix& x, const Matrix& y, Index N,
                          Rng& rng) const {
  Tape& tape = *q.mu.min_log_var.tape;
  const Var input = tape.constant(Matrix(x)), target = tape.constant(Matrix(y));

  // -log p(y | x, theta): the mean over examples, the sum over coordinates.
  ThetaOf<Var> theta = q.mu;
  Var output = input;
  if (config_.local_reparametrisation) {
    output = forward_locally(q.mu.net, q.sigma, input, rng);
    theta.net = {};  // has been passed already
  } else {
    theta.net = reparametrised(q.mu.net, q.sigma, rng);
  }
  const Var nll = static_cast<Scalar>(y.rows()) * gaussian_nll(predict(theta, output), target);

  // KL(q || prior) / N, so that an epoch counts it once.
  Var kl = tape.constant(Matrix(Matrix::Zero(1, 1)));
  for (std::size_t l = 0; l < q.sigma.layers.size(); ++l) {
    const Layer<Var>&mu = q.mu.net.layers[l], &sigma = q.sigma.layers[l];
    kl = kl + kl_to_prior(mu.W, sigma.W, config_.prior_sd) +
         kl_to_prior(mu.b, sigma.b, config_.prior_sd);
  }
  return nll + kl / static_cast<Scalar>(N);
}

double BayesByBackprop::loss(const Matrix& x, const Matrix& y, Index N, Rng& rng) const {
  Tape tape;
  return double(loss(on_tape(tape), x, y, N, rng).value()(0, 0));
}

// ---- training ----

FitReport BayesByBackprop::fit(const RegressionData& data, Workers&) {
  const auto start = std::chrono::steady_clock::now();
  double last_loss = 0;
  for (int epoch = 0; epoch < model_.epochs; ++epoch) {
    adam_.learning_rate =
        static_cast<Scalar>(cooled(model_.learning_rate, epoch, model_.epochs, config_.cool_down));
    last_loss = one_pass(data);
    require_finite("the loss of Bayes by Backprop", last_loss);
  }
  Rng judge(0, "holdout of Bayes by Backprop");
  FitReport report = report_of(sample(10, judge), data);
  report.epochs = model_.epochs, report.train_loss = last_loss;
  report.gradient_norm = gradient_norm_;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

std::vector<Matrix*> BayesByBackprop::trained() {
  std::vector<Matrix*> all = parameters(mu_.net);
  for (Matrix* rho : parameters(rho_)) all.push_back(rho);
  return all;
}

double BayesByBackprop::one_pass(const RegressionData& data) {
  const Index N = data.x.cols();
  const std::vector<Matrix*> weights = trained();
  double total = 0;
  for_minibatches(N, model_.batch_size, shuffle_, [&](const std::vector<Index>& batch) {
    tape_.clear();
    const Taped q = on_tape(tape_);
    const Var L = loss(q, data.x(every, batch), data.y(every, batch), N, noise_);
    tape_.backward(L);
    std::vector<Matrix*> slopes = gradients(q.mu.net);
    for (Matrix* slope : gradients(q.rho)) slopes.push_back(slope);
    adam_.step(weights, slopes);
    gradient_norm_ = double(gradient_norm(slopes));
    total += double(L.value()(0, 0)) * double(batch.size());
  });
  return total / double(N);
}

// ---- q ----

Mlp BayesByBackprop::sd() const {
  Mlp sigma = rho_;
  for (Matrix* s : parameters(sigma)) *s = softplus(*s);
  return sigma;
}

std::vector<Theta> BayesByBackprop::sample(int n, Rng& rng) const {
  Mlp sigma = sd();
  const std::vector<Matrix*> spread = parameters(sigma);
  std::vector<Theta> thetas;
  for (int k = 0; k < n; ++k) {
    Theta& theta = thetas.emplace_back(mu_);
    const std::vector<Matrix*> weights = parameters(theta);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const Matrix eps = rng.normal(weights[i]->rows(), weights[i]->cols());
      *weights[i] += spread[i]->cwiseProduct(eps);
    }
  }
  return thetas;
}

void BayesByBackprop::archive(Archive& ar) {
  ar("mu", mu_), ar("rho", rho_), ar("shuffle", shuffle_), ar("noise", noise_);
  ar.inside("adam", [&] { adam_.archive(ar, trained()); });
}

}  // namespace mbrl
