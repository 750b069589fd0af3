#include "dynamics/concrete_dropout.hpp"

#include "autodiff/gradient_check.hpp"
#include "check_posterior.hpp"

using namespace mbrl;

namespace test_concrete_dropout {

double logit(double p) { return std::log(p / (1 - p)); }

Matrix drops(double p, const Matrix& logit_u, double temperature) {
  Tape tape;
  const Var logit_p = tape.parameter(Matrix::Constant(1, 1, Scalar(logit(p))));
  return concrete_drop(logit_p, logit_u, Scalar(temperature)).value();
}

ModelConfig training(int epochs, int batch_size, double learning_rate, int hidden_layers = 1) {
  ModelConfig model;
  model.hidden_layers = hidden_layers, model.hidden_width = 20;
  model.epochs = epochs, model.batch_size = batch_size, model.learning_rate = learning_rate;
  return model;
}

// y = 2 x + 1 + noise of sd 0.3, x uniform on [-1, 1].
RegressionData line(Index N, std::uint64_t seed) {
  Rng rng(seed, "data");
  RegressionData data;
  data.x = Matrix(1, N);
  for (Index i = 0; i < N; ++i) data.x(0, i) = rng.uniform(-1, 1);
  data.y = (2 * data.x.array() + 1).matrix() + Scalar(0.3) * rng.normal(1, N);
  data.x_holdout = data.x, data.y_holdout = data.y;
  return data;
}

TEST_CASE("cold masks are Bernoulli: 1 with probability p, 0 otherwise, and nothing between") {
  Rng rng(1, "test");
  const Matrix logit_u = logit_of_uniform(100, 200, rng);
  REQUIRE(logit_u.allFinite());
  for (const double p : {0.05, 0.3, 0.8}) {
    const Matrix z = drops(p, logit_u, 1e-4);
    CHECK(std::abs(double(z.mean()) - p) < 4 * std::sqrt(p * (1 - p) / 20000));
    CHECK((z.array() > 0.01 && z.array() < 0.99).count() < 20);
  }
}

TEST_CASE("a relaxed mask is sigmoid((logit p + logit u) / t)") {
  const Matrix logit_u{{-3, Scalar(-0.5), Scalar(0.2), 2}}, z = drops(0.3, logit_u, 0.5);
  for (Index j = 0; j < 4; ++j) {
    const double truth = 1 / (1 + std::exp(-(logit(0.3) + double(logit_u(0, j))) / 0.5));
    CHECK(relative_error(double(z(0, j)), truth) < 1e-4);
  }
}

TEST_CASE("a mask of any temperature is on the side of 1/2 where the Bernoulli one is") {
  Rng rng(2, "test");
  const Matrix logit_u = logit_of_uniform(30, 40, rng);
  const Matrix hard = drops(0.3, logit_u, 1e-4), soft = drops(0.3, logit_u, 0.1),
               softer = drops(0.3, logit_u, 1);
  CHECK(((hard.array() > 0.5) == (soft.array() > 0.5)).all());
  CHECK(((hard.array() > 0.5) == (softer.array() > 0.5)).all());
  CHECK((softer - hard).cwiseAbs().mean() > (soft - hard).cwiseAbs().mean());
}

TEST_CASE("the regulariser is its formula, and its gradient that of differences") {
  Rng rng(3, "test");
  const Matrix W = rng.normal(4, 3);
  for (const double p : {0.02, 0.3, 0.7}) {
    const double l = 0.7;
    const auto formula = [&](double at) {
      const double H = -at * std::log(at) - (1 - at) * std::log(1 - at);
      return l * l / 2 * double(W.squaredNorm()) / (1 - at) - 3 * H;
    };
    Tape tape;
    const Matrix a = Matrix::Constant(1, 1, Scalar(logit(p)));
    const Var weights = tape.parameter(W), logit_p = tape.parameter(a);
    const Var loss = dropout_regulariser(weights, logit_p, l);
    CHECK(relative_error(double(loss.value()(0, 0)), formula(p)) < 1e-4);
    // In double whatever Scalar is: d/da = p (1 - p) d/dp, d/dW = l^2 W / (1 - p).
    tape.backward(loss);
    const double slope = p * (1 - p) * (formula(p + 1e-6) - formula(p - 1e-6)) / 2e-6;
    CHECK(relative_error(double(logit_p.adjoint()(0, 0)), slope) < 1e-4);
    CHECK((weights.adjoint() - Scalar(l * l / (1 - p)) * W).norm() < 1e-4);
    if (sizeof(Scalar) == 8)
      CHECK(gradient_error(
                [&](const std::vector<Var>& in) { return dropout_regulariser(in[0], in[1], l); },
                {W, a}) < 1e-6);
  }
}

TEST_CASE("without data the regulariser alone wants p = 1/2, its entropy's maximum") {
  Tape tape;
  const Matrix W = Matrix::Zero(4, 3), a = Matrix::Zero(1, 1);
  const Var logit_p = tape.parameter(a);
  const Var loss = dropout_regulariser(tape.parameter(W), logit_p, 1);
  CHECK(double(loss.value()(0, 0)) == doctest::Approx(-3 * std::log(2.0)));
  tape.backward(loss);
  CHECK(std::abs(double(logit_p.adjoint()(0, 0))) < 1e-6);
}

TEST_CASE("a sampled theta is the network with columns of its weights gone and the rest scaled") {
  ConcreteDropoutConfig never, sometimes;
  never.initial_rate = 1e-6, sometimes.initial_rate = 0.25;
  const ModelConfig model = training(1, 8, 1e-3);
  const Mlp full = sampled(ConcreteDropout(3, 2, model, never, 1), 1, 1)[0].net;
  const ConcreteDropout dropout(3, 2, model, sometimes, 1);
  const int n = 500;
  double gone[2] = {0, 0};
  for (const Theta& theta : sampled(dropout, n, 1))
    for (const std::size_t l : {0, 1}) {
      const Matrix &W = theta.net.layers[l].W, &all = full.layers[l].W;
      for (Index unit = 0; unit < W.cols(); ++unit) {
        const bool dropped = W.col(unit).isZero(0);
        gone[l] += double(dropped) / double(n * W.cols());
        if (!dropped) CHECK((W.col(unit) - all.col(unit) / Scalar(0.75)).norm() < 1e-4);
      }
      CHECK(theta.net.layers[l].b == full.layers[l].b);
    }
  CHECK(std::abs(gone[0] - 0.25) < 4 * std::sqrt(0.25 * 0.75 / (3 * n)));
  CHECK(std::abs(gone[1] - 0.25) < 4 * std::sqrt(0.25 * 0.75 / (20 * n)));
}

TEST_CASE("the learned rates and the epistemic spread fall as N grows, the noise stays") {
  Workers workers(1);
  double rate[2], epistemic[2], aleatoric[2];
  const Matrix x = Matrix{{Scalar(-0.8), Scalar(-0.3), Scalar(0.2), Scalar(0.7)}};
  for (const int i : {0, 1}) {
    const int N = i == 0 ? 10 : 1000;
    ConcreteDropout dropout(1, 1, training(i == 0 ? 4000 : 200, 50, 5e-3), {}, 1);
    dropout.fit(line(N, 1), workers);
    rate[i] = dropout.rates().back();
    const Moments m = moments(sampled(dropout, 300, 1), x);
    epistemic[i] = std::sqrt(double(m.epistemic.mean()));
    aleatoric[i] = std::sqrt(double(m.aleatoric.mean()));
    // What is kept is scaled, in training as in the samples, so that the mean stays where it was.
    CHECK((m.mean.array() - 2 * x.array() - 1).abs().maxCoeff() < (i == 0 ? 0.4 : 0.1));
  }
  CHECK(rate[1] < 0.7 * rate[0]);
  CHECK(epistemic[1] < 0.5 * epistemic[0]);
  CHECK(relative_error(aleatoric[1], 0.3) < 0.15);
}

TEST_CASE("inputs that are not to be dropped never are, and have no rate to learn") {
  Workers workers(1);
  ConcreteDropoutConfig config;
  config.initial_rate = 0.5, config.drop_inputs = false;
  ConcreteDropout dropout(2, 1, training(20, 8, 1e-2), config, 1);
  dropout.fit(correlated_line(20, 1), workers);
  CHECK(dropout.rates()[0] == 0);
  CHECK(dropout.rates()[1] > 0.1);
  const std::vector<Theta> thetas = sampled(dropout, 50, 1);
  for (const Theta& theta : thetas) CHECK(theta.net.layers[0].W == thetas[0].net.layers[0].W);
}

TEST_CASE("B41: the loss has the regulariser once per epoch, and sums over the coordinates") {
  Workers workers(1);
  RegressionData data = correlated_line(20, 1);
  data.y = data.y_holdout = Matrix::Zero(3, 20);
  ConcreteDropoutConfig config;
  config.noise = Noise::fixed, config.fixed_sd = 1;
  config.initial_rate = 1e-6, config.length_scale = 3;  // p H(p) is nothing, but |W|^2 counts
  ConcreteDropout dropout(2, 3, training(1, 8, 1e-9), config, 1);  // three minibatches, one smaller
  const Theta theta = sampled(dropout, 1, 1)[0];
  const double nll = 3 * gaussian_nll(predict(theta, data.x), data.y);
  double norms = 0;
  for (const auto& layer : theta.net.layers) norms += double(layer.W.squaredNorm());
  CHECK(relative_error(dropout.fit(data, workers).train_loss, nll + 9 * norms / 2 / 20) < 1e-3);
}

TEST_CASE("with nothing to drop, training is that of a plain network: least squares") {
  Workers workers(1);
  ConcreteDropoutConfig config;
  config.initial_rate = 0.5, config.drop_inputs = false;
  config.noise = Noise::fixed, config.fixed_sd = 1;
  ConcreteDropout linear(2, 1, training(600, 20, 1e-2, 0), config, 1);
  const RegressionData data = correlated_line(40, 1);
  linear.fit(data, workers);
  const Matrix residual = data.y - predict(sampled(linear, 1, 1)[0], data.x).mean;
  CHECK((residual * data.x.transpose()).norm() / 40 < 0.01);  // the normal equations
}

const MakePosterior kFresh = [] {
  return std::make_unique<ConcreteDropout>(2, 1, training(3, 8, 1e-2), ConcreteDropoutConfig{}, 1);
};

TEST_CASE("concrete dropout: the same rng gives the same thetas") {
  check_samples_follow_the_rng(kFresh, correlated_line(20, 1));
}
TEST_CASE("concrete dropout: saved and loaded, it samples the same bits") {
  check_loaded_samples_are_the_same(kFresh, correlated_line(20, 1));
}
TEST_CASE("concrete dropout: data that are not finite stop it with the name of what broke") {
  check_stops_where_data_are_not_finite(kFresh, correlated_line(20, 1), "concrete dropout");
}

}  // namespace test_concrete_dropout
