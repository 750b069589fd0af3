#include "dynamics/hmc.hpp"

#include <Eigen/LU>

#include "check_posterior.hpp"
#include "dynamics/bayesian_linear_regression.hpp"

using namespace mbrl;

namespace test_hmc {

// U of a standard normal.
double bowl(const Eigen::VectorXd& q, Eigen::VectorXd& gradient) {
  gradient = q;
  return q.squaredNorm() / 2;
}

// A curved valley: U = 1/2 q_0^2 + 1/2 (q_1 - 1/2 q_0^2)^2.
double valley(const Eigen::VectorXd& q, Eigen::VectorXd& gradient) {
  const double off = q(1) - q(0) * q(0) / 2;
  gradient.resize(2);
  gradient << q(0) - off * q(0), off;
  return q(0) * q(0) / 2 + off * off / 2;
}

PhasePoint moving_in_the_valley() {
  PhasePoint at = at_rest(valley, Eigen::Vector2d(0.5, -0.3));
  at.p = Eigen::Vector2d(0.8, 1.1);
  return at;
}

// The mean over chains and draws of f, and its standard error from the means of batches of draws.
struct Estimate {
  double mean = 0, error = 0;
};
Estimate estimate(const Eigen::VectorXd& f, Index batches) {
  const Index width = f.size() / batches;
  Eigen::VectorXd means(batches);
  for (Index k = 0; k < batches; ++k) means(k) = f.segment(k * width, width).mean();
  const double mean = means.mean();
  return {mean, std::sqrt((means.array() - mean).square().sum() / double(batches * (batches - 1)))};
}

HmcConfig sampler(int warm_up, int draws, int leapfrog_steps) {
  HmcConfig config;
  config.warm_up = warm_up, config.draws = draws, config.leapfrog_steps = leapfrog_steps;
  return config;
}

ModelConfig shape(int hidden_layers, int hidden_width = 8) {
  ModelConfig model;
  model.hidden_layers = hidden_layers, model.hidden_width = hidden_width;
  model.activation = "tanh";
  return model;
}

TEST_CASE("leapfrog run backwards comes back to where it began") {
  const PhasePoint start = moving_in_the_valley();
  PhasePoint at = start;
  leapfrog(valley, at, 0.05, 100);
  CHECK((at.q - start.q).norm() > 0.1);
  at.p = -at.p;
  leapfrog(valley, at, 0.05, 100);
  CHECK((at.q - start.q).norm() < 1e-10);
  CHECK((at.p + start.p).norm() < 1e-10);
}

TEST_CASE("leapfrog nearly keeps the energy, four times better with half the step") {
  const PhasePoint start = moving_in_the_valley();
  const auto error = [&](double step) {
    PhasePoint at = start;
    leapfrog(valley, at, step, static_cast<int>(std::lround(1 / step)));
    return std::abs(at.energy() - start.energy());
  };
  CHECK(error(0.02) < 1e-2);
  CHECK(relative_error(error(0.02) / error(0.01), 4) < 0.05);
  CHECK(relative_error(error(0.01) / error(0.005), 4) < 0.05);
}

TEST_CASE("leapfrog keeps areas in phase space: its Jacobian has determinant 1") {
  const PhasePoint start = moving_in_the_valley();
  Eigen::Matrix4d jacobian;
  const double h = 1e-6;
  for (Index i = 0; i < 4; ++i) {
    Eigen::Vector4d ends[2];
    for (const int side : {0, 1}) {
      Eigen::VectorXd z(4);
      z << start.q, start.p;
      z(i) += side == 0 ? -h : h;
      PhasePoint at = at_rest(valley, z.head(2));
      at.p = z.tail(2);
      leapfrog(valley, at, 0.1, 10);
      ends[side] << at.q, at.p;
    }
    jacobian.col(i) = (ends[1] - ends[0]) / (2 * h);
  }
  CHECK(relative_error(jacobian.determinant(), 1) < 1e-5);
}

TEST_CASE("a chain on the standard normal has mean 0, variance 1, and the kurtosis of a normal") {
  for (const double target : {0.65, 0.9}) {  // also with steps so long that many are rejected
    CAPTURE(target);
    HmcConfig config = sampler(500, 60000, 3);
    config.target_acceptance = target;
    Rng rng(1, "test");
    const HmcChain chain = run_chain(bowl, Eigen::VectorXd::Constant(1, 3), config, rng);
    const Eigen::ArrayXd q = chain.draws.row(0).transpose();
    const double truth[] = {1, 0, 1, 0, 3};  // E[q^0], E[q^1], ...
    for (const int moment : {1, 2, 4}) {
      CAPTURE(moment);
      const Estimate e = estimate(q.pow(moment).matrix(), 50);
      CHECK(std::abs(e.mean - truth[moment]) < 4 * e.error);
      CHECK(e.error < 0.12);
    }
  }
}

TEST_CASE("a chain in a curved valley visits it as the density says") {
  Rng rng(2, "test");
  const HmcChain chain = run_chain(valley, Eigen::Vector2d(0, 0), sampler(500, 20000, 20), rng);
  // q_0 ~ N(0, 1) and q_1 | q_0 ~ N(1/2 q_0^2, 1)
  const Eigen::ArrayXd q0 = chain.draws.row(0).transpose(), q1 = chain.draws.row(1).transpose();
  const Estimate square = estimate(q0.square().matrix(), 50), height = estimate(q1.matrix(), 50),
                 off = estimate((q1 - q0.square() / 2).square().matrix(), 50);
  CHECK(std::abs(square.mean - 1) < 4 * square.error);
  CHECK(std::abs(height.mean - 0.5) < 4 * height.error);
  CHECK(std::abs(off.mean - 1) < 4 * off.error);
  CHECK(square.error < 0.1);
}

TEST_CASE("the warm-up finds the step size with the acceptance that was asked for") {
  for (const double target : {0.6, 0.9}) {
    HmcConfig config = sampler(1000, 2000, 10);
    config.target_acceptance = target;
    Rng rng(1, "test");
    const HmcChain chain = run_chain(bowl, Eigen::VectorXd::Zero(20), config, rng);
    CHECK(std::abs(chain.acceptance - target) < 0.07);
  }
}

TEST_CASE("R-hat is 1 for chains that agree, and large when one is elsewhere or drifts") {
  Rng rng(1, "test");
  const Eigen::MatrixXd chains = rng.normal(1000, 4).cast<double>();
  CHECK(relative_error(potential_scale_reduction(chains), 1) < 0.01);
  Eigen::MatrixXd one_elsewhere = chains, drifting = chains;
  one_elsewhere.col(0).array() += 2;
  for (Index k = 0; k < 1000; ++k) drifting.row(k).array() += double(k) / 250;
  // Halves (0 2) (1 3) (0 2) (1 3): W = 2, B = 2/3, so R-hat = sqrt((2 / 2 + 2/3 / 2) / 2).
  const Eigen::MatrixXd by_hand = Eigen::Matrix<double, 4, 2>{{0, 1}, {2, 3}, {0, 1}, {2, 3}};
  CHECK(potential_scale_reduction(by_hand) == doctest::Approx(std::sqrt(2.0 / 3)));
  CHECK(potential_scale_reduction(one_elsewhere) > 1.2);
  CHECK(potential_scale_reduction(drifting) > 1.2);
}

TEST_CASE("for a linear model the draws have the exact mean and covariance") {
  Workers workers(2);
  const RegressionData data = correlated_line(10, 1);
  LinearConfig exact;
  exact.noise_sd = kNoiseOfTheLine, exact.prior_sd = 0.4;  // so that the prior counts
  BayesianLinearRegression truth(2, 1, exact);
  truth.fit(data, workers);
  HmcConfig config = sampler(300, 1500, 12);
  config.noise = Noise::fixed, config.fixed_sd = kNoiseOfTheLine;
  config.prior_sd = exact.prior_sd;
  Hmc hmc(2, 1, shape(0), config, 1);
  hmc.fit(data, workers);

  const Eigen::MatrixXd q = hmc.draws().cast<double>();  // (3, 6000), the order W_1 W_2 b
  const Eigen::VectorXd mean = truth.mean().row(0).transpose();
  const Eigen::MatrixXd covariance = truth.covariance(), off = q.colwise() - mean;
  for (Index i = 0; i < 3; ++i) {
    const Estimate m = estimate(off.row(i).transpose(), 60);
    CHECK(std::abs(m.mean) < 4 * m.error);
    CHECK(m.error < 0.1 * std::sqrt(covariance(i, i)));
    for (Index j = 0; j < 3; ++j) {
      const Estimate c = estimate(off.row(i).cwiseProduct(off.row(j)).transpose(), 60);
      CHECK(std::abs(c.mean - covariance(i, j)) < 4 * c.error);
      CHECK(c.error < 0.1 * std::sqrt(covariance(i, i) * covariance(j, j)));
    }
  }
  CHECK(hmc.diagnostics().r_hat_potential < 1.02);
  CHECK(hmc.diagnostics().r_hat_prediction < 1.02);
  CHECK(std::abs(hmc.diagnostics().acceptance - config.target_acceptance) < 0.1);
}

TEST_CASE("a network of one layer predicts y with the noise it has, surer where data are") {
  Workers workers(2);
  Rng rng(1, "data");
  RegressionData data;
  data.x = Matrix(1, 60);
  for (Index i = 0; i < 60; ++i) data.x(0, i) = rng.uniform(-1, 1);
  data.y = (2 * data.x.array()).sin().matrix() + Scalar(0.1) * rng.normal(1, 60);
  data.x_holdout = data.x, data.y_holdout = data.y;
  Hmc hmc(1, 1, shape(1), sampler(500, 400, 30), 1);
  const FitReport report = hmc.fit(data, workers);
  const Matrix x{{Scalar(-0.5), Scalar(0.5), 4}};
  const Moments m = moments(sampled(hmc, 400, 1), x);
  CHECK(std::abs(double(m.mean(0, 0)) + std::sin(1)) < 0.1);
  CHECK(std::abs(double(m.mean(0, 1)) - std::sin(1)) < 0.1);
  const double noise = double(moments(sampled(hmc, 400, 1), data.x).aleatoric.mean());
  CHECK(relative_error(std::sqrt(noise), 0.1) < 0.25);
  CHECK(m.epistemic(0, 2) > 20 * m.epistemic(0, 0));
  CHECK(hmc.diagnostics().r_hat_prediction < 1.1);
  CHECK(relative_error(report.holdout_loss, 0.01) < 0.4);
}

TEST_CASE("as many samples as draws hold every draw once") {
  Workers workers(1);
  HmcConfig config = sampler(20, 10, 4);
  config.chains = 3;
  Hmc hmc(2, 1, shape(0), config, 1);
  hmc.fit(correlated_line(20, 1), workers);
  double sum = 0;
  for (const Theta& theta : sampled(hmc, 30, 1)) sum += double(theta.net.layers[0].W(0, 0));
  CHECK(sum == doctest::Approx(double(hmc.draws().row(0).sum())));
  CHECK(sampled(hmc, 31, 1).size() == 31);
}

TEST_CASE("fitted again, the chains go on from their last draws with new luck") {
  Workers workers(1);
  HmcConfig config = sampler(5, 40, 1);
  config.chains = 2;
  const RegressionData data = correlated_line(400, 1);
  Hmc hmc(2, 1, shape(0), config, 1);
  hmc.fit(data, workers);
  const Matrix before = hmc.draws();  // still on the way from the first weights
  hmc.fit(data, workers);
  for (const Index chain : {0, 1}) {
    const Matrix first = before.col(40 * chain), last = before.col(40 * chain + 39);
    const Matrix next = hmc.draws().col(40 * chain);
    CHECK((next - last).norm() < 0.5 * (last - first).norm());
    CHECK(next != first);
  }
  const Matrix moves = hmc.draws().rightCols(79) - hmc.draws().leftCols(79);
  CHECK(moves != before.rightCols(79) - before.leftCols(79));
}

const MakePosterior kFresh = [] {
  return std::make_unique<Hmc>(2, 1, shape(1, 3), sampler(30, 10, 5), 1);
};

TEST_CASE("HMC: the same rng gives the same thetas, on one thread or three") {
  check_samples_follow_the_rng(kFresh, correlated_line(20, 1));
}
TEST_CASE("HMC: saved and loaded, it samples the same bits") {
  check_loaded_samples_are_the_same(kFresh, correlated_line(20, 1));
}
TEST_CASE("HMC: data that are not finite stop it with the name of what broke") {
  check_stops_where_data_are_not_finite(kFresh, correlated_line(20, 1), "start of a chain");
}

}  // namespace test_hmc
