#include "dynamics/bayes_by_backprop.hpp"

#include "check_posterior.hpp"
#include "dynamics/bayesian_linear_regression.hpp"

using namespace mbrl;

namespace test_bayes_by_backprop {

ModelConfig training(int hidden_layers, int epochs, int batch_size, double learning_rate) {
  ModelConfig model;
  model.hidden_layers = hidden_layers, model.hidden_width = 16;
  model.epochs = epochs, model.batch_size = batch_size, model.learning_rate = learning_rate;
  return model;
}

BayesByBackpropConfig with_fixed_noise(bool local) {
  BayesByBackpropConfig config;
  config.noise = Noise::fixed, config.fixed_sd = kNoiseOfTheLine;
  config.local_reparametrisation = local;
  return config;
}

double kl(double mu, double sigma, double prior_sd) {
  Tape tape;
  const Var m = tape.parameter(Matrix::Constant(2, 3, Scalar(mu)));
  const Var s = tape.parameter(Matrix::Constant(2, 3, Scalar(sigma)));
  return double(kl_to_prior(m, s, prior_sd).value()(0, 0));
}

TEST_CASE("B41: the KL of the prior to itself is 0, and that of any other normal positive") {
  CHECK(std::abs(kl(0, 0.7, 0.7)) < 1e-5);
  CHECK(kl(0.1, 0.7, 0.7) > 0.01);
  CHECK(kl(0, 0.6, 0.7) > 0.01);
  CHECK(kl(0, 0.8, 0.7) > 0.01);
}

TEST_CASE("the KL is the integral of q log q / p") {
  const double mu = 0.4, sigma = 0.3, prior_sd = 1.2, h = 1e-3;
  double integral = 0;
  for (double x = mu - 8 * sigma; x < mu + 8 * sigma; x += h) {
    const double z = (x - mu) / sigma, log_q = -z * z / 2 - std::log(sigma);
    const double log_p = -x * x / (2 * prior_sd * prior_sd) - std::log(prior_sd);
    integral += h * std::exp(log_q) / std::sqrt(2 * M_PI) * (log_q - log_p);
  }
  CHECK(relative_error(kl(mu, sigma, prior_sd), 6 * integral) < 1e-4);
}

TEST_CASE("B41: minibatch losses averaged over an epoch are the full-batch loss at that noise") {
  const RegressionData data = correlated_line(50, 1);
  const BayesByBackprop bnn(2, 1, training(1, 1, 16, 1e-3), with_fixed_noise(false), 1);
  const auto loss = [&](Index first, Index count) {
    Rng noise(3, "noise");  // the same weights every time
    return bnn.loss(data.x.middleCols(first, count), data.y.middleCols(first, count), 50, noise);
  };
  double epoch = 0;
  for (Index first = 0; first < 50; first += 16) {
    const Index count = std::min<Index>(16, 50 - first);  // the last one is smaller
    epoch += double(count) / 50 * loss(first, count);
  }
  CHECK(relative_error(epoch, loss(0, 50)) < 1e-5);
  // And the KL is in it once: without data it would be KL / N.
  Tape tape;
  double total_kl = 0;
  Mlp mu = bnn.mean().net, sigma = bnn.sd();
  for (std::size_t i = 0; i < parameters(mu).size(); ++i)
    total_kl += double(
        kl_to_prior(tape.parameter(*parameters(mu)[i]), tape.parameter(*parameters(sigma)[i]), 1)
            .value()(0, 0));
  Rng noise(3, "noise");
  const double huge = bnn.loss(data.x, data.y, 1000000000, noise);  // as if N were endless
  CHECK(relative_error(loss(0, 50) - huge, total_kl / 50) < 1e-3);
}

TEST_CASE("with several outputs the loss sums their log-likelihoods, in nats per example") {
  RegressionData data = correlated_line(20, 1);
  data.y = Matrix::Zero(3, 20);
  BayesByBackpropConfig config;
  config.noise = Noise::fixed, config.fixed_sd = 1;
  config.initial_sd = 1e-6, config.prior_sd = 1e-6;
  const BayesByBackprop bnn(2, 3, training(0, 1, 16, 1e-3), config, 1);
  const Matrix mean = predict(bnn.mean(), data.x).mean;
  const double nll = 3 * 0.5 * std::log(2 * M_PI) + double(mean.squaredNorm()) / (2 * 20);
  Rng noise(1, "noise");
  CHECK(relative_error(bnn.loss(data.x, data.y, Index(1) << 60, noise), nll) < 1e-4);
}

TEST_CASE("for a linear model it finds the best independent posterior there is") {
  Workers workers(1);
  const RegressionData data = correlated_line(40, 1);
  LinearConfig exact;
  exact.noise_sd = kNoiseOfTheLine;
  BayesianLinearRegression truth(2, 1, exact);
  truth.fit(data, workers);
  const Eigen::VectorXd best = truth.mean_field_variance();
  for (const bool local : {true, false}) {
    CAPTURE(local);
    BayesByBackpropConfig config = with_fixed_noise(local);
    config.cool_down = 0.9;
    BayesByBackprop bnn(2, 1, training(0, local ? 20000 : 50000, 20, 0.004), config, 1);
    bnn.fit(data, workers);
    const auto& [mu_W, mu_b] = bnn.mean().net.layers[0];
    const Mlp sd = bnn.sd();
    const auto& [sd_W, sd_b] = sd.layers[0];
    const double mu[] = {double(mu_W(0, 0)), double(mu_W(0, 1)), double(mu_b(0, 0))};
    const double sigma[] = {double(sd_W(0, 0)), double(sd_W(0, 1)), double(sd_b(0, 0))};
    for (Index i = 0; i < 3; ++i) {
      CAPTURE(i);
      CHECK(std::abs(mu[i] - truth.mean()(0, i)) < 0.15 * std::sqrt(best(i)));
      CHECK(relative_error(sigma[i] * sigma[i], best(i)) < 0.06);
      // Independence has a price: the exact variance is larger where weights hang together.
      if (i < 2) CHECK(truth.covariance()(i, i) > 1.5 * best(i));
    }
  }
}

TEST_CASE("B41: sigma begins small, so that training begins as that of the network of means") {
  const BayesByBackprop bnn(2, 1, training(2, 1, 16, 1e-3), {}, 1);
  Mlp sd = bnn.sd();
  for (const Matrix* sigma : parameters(sd))
    CHECK((sigma->array() - Scalar(0.02)).abs().maxCoeff() < 1e-6);
  const Matrix x = correlated_line(20, 1).x;
  const Moments m = moments(sampled(bnn, 100, 1), x);
  CHECK(m.epistemic.maxCoeff() < 0.02);
  CHECK(m.epistemic.minCoeff() > 0);
}

TEST_CASE("a sampled theta is mu plus sigma times a standard normal, weight by weight") {
  BayesByBackpropConfig config;
  config.initial_sd = 0.3;
  const BayesByBackprop bnn(2, 1, training(1, 1, 16, 1e-3), config, 1);
  const std::vector<Theta> thetas = sampled(bnn, 4000, 1);
  double square = 0, product = 0, sum = 0;
  for (const Theta& theta : thetas) {
    const Matrix W = theta.net.layers[0].W - bnn.mean().net.layers[0].W;
    sum += double(W(0, 0)) / 4000;
    square += double(W(0, 0) * W(0, 0)) / 4000, product += double(W(0, 0) * W(1, 1)) / 4000;
  }
  CHECK(std::abs(sum) < 4 * 0.3 / std::sqrt(4000));
  CHECK(relative_error(square, 0.09) < 0.1);
  CHECK(std::abs(product) < 4 * 0.09 / std::sqrt(4000));
}

TEST_CASE("learned noise is found, and every one of the epochs is made") {
  Workers workers(1);
  const RegressionData data = correlated_line(400, 1);
  BayesByBackprop bnn(2, 1, training(1, 600, 50, 0.01), {}, 1);
  const FitReport report = bnn.fit(data, workers);
  CHECK(report.epochs == 600);
  const Moments m = moments(sampled(bnn, 50, 1), data.x);
  CHECK(relative_error(std::sqrt(double(m.aleatoric.mean())), kNoiseOfTheLine) < 0.15);
  CHECK(relative_error(report.holdout_loss, 0.25) < 0.2);
}

const MakePosterior kFresh = [] {
  return std::make_unique<BayesByBackprop>(2, 1, training(1, 3, 8, 1e-2), BayesByBackpropConfig{},
                                           1);
};

TEST_CASE("Bayes by Backprop: the same rng gives the same thetas") {
  check_samples_follow_the_rng(kFresh, correlated_line(20, 1));
}
TEST_CASE("Bayes by Backprop: saved and loaded, it samples the same bits") {
  check_loaded_samples_are_the_same(kFresh, correlated_line(20, 1));
}
TEST_CASE("Bayes by Backprop: data that are not finite stop it with the name of what broke") {
  check_stops_where_data_are_not_finite(kFresh, correlated_line(20, 1), "Bayes by Backprop");
}

}  // namespace test_bayes_by_backprop
