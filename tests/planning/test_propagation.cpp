#include "planning/propagation.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"
#include "planning/objective.hpp"
#include "planning/plainly.hpp"

using namespace mbrl;

namespace test_propagation {

// s' = F s + c + noise: one linear model, in plain matrices for the closed forms.
struct Linear {
  Eigen::MatrixXd F;
  Eigen::VectorXd c, noise_sd;
};

// A posterior that knows its thetas from the start.
struct Given : Posterior {
  std::vector<Theta> thetas;
  FitReport fit(const RegressionData&, Workers&) override { return {}; }
  std::vector<Theta> sample(int n, Rng& rng) const override {
    std::vector<Theta> all;
    std::vector<Index> order;
    for (int k = 0; k < n; ++k) {
      if (order.empty()) order = rng.permutation(static_cast<Index>(thetas.size()));
      all.push_back(thetas[static_cast<std::size_t>(order.back())]);
      order.pop_back();
    }
    return all;
  }
  int size() const override { return static_cast<int>(thetas.size()); }
  void archive(Archive&) override {}
};

// The models as one-layer networks on point_mass, whose features are its state: delta = (F - I) s.
UncertainModel model_of(const Env& env, const std::vector<Linear>& models) {
  auto given = std::make_unique<Given>();
  const Index n = env.spec.state_dim(), m = env.spec.action_dim();
  for (const Linear& f : models) {
    Theta theta;
    Matrix W = Matrix::Zero(2 * n, n + m), b(2 * n, 1);
    W.topLeftCorner(n, n) = (f.F - Eigen::MatrixXd::Identity(n, n)).cast<Scalar>();
    b.topRows(n) = f.c.cast<Scalar>();
    // Half-way between far bounds a raw log-variance passes unchanged.
    b.bottomRows(n) = (2 * f.noise_sd.array().log()).matrix().cast<Scalar>();
    theta.net.layers.push_back({W, b});
    theta.min_log_var = Matrix::Constant(n, 1, -60);
    theta.max_log_var = Matrix::Constant(n, 1, 60);
    given->thetas.push_back(theta);
  }
  return {ModelIo(env), std::move(given), 0.1, 1};
}

struct MeanAndCovariance {
  Eigen::VectorXd mean;
  Eigen::MatrixXd covariance;
};

MeanAndCovariance of_particles(const Matrix& s) {
  const Eigen::MatrixXd x = s.cast<double>();
  const Eigen::VectorXd mean = x.rowwise().mean();
  const Eigen::MatrixXd centred = x.colwise() - mean;
  return {mean, centred * centred.transpose() / double(x.cols())};
}

// Mean and second moment of s_t, one step on under one model.
void advance(const Linear& f, Eigen::VectorXd& mean, Eigen::MatrixXd& second) {
  const Eigen::VectorXd Fm = f.F * mean;
  second = (f.F * second * f.F.transpose() + Fm * f.c.transpose() + f.c * Fm.transpose() +
            f.c * f.c.transpose())
               .eval();
  second.diagonal() += f.noise_sd.cwiseAbs2();
  mean = Fm + f.c;
}

// The truth of TSinf: every particle follows one model to the end.
MeanAndCovariance exact_TSinf(const std::vector<Linear>& models, const Eigen::VectorXd& s, int H) {
  Eigen::VectorXd total = Eigen::VectorXd::Zero(s.size());
  Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(s.size(), s.size());
  for (const Linear& f : models) {
    Eigen::VectorXd mean = s;
    Eigen::MatrixXd second = s * s.transpose();
    for (int t = 0; t < H; ++t) advance(f, mean, second);
    total += mean / double(models.size()), squares += second / double(models.size());
  }
  return {total, squares - total * total.transpose()};
}

// The truth of TS1: at every step every particle meets any model with the same chance.
MeanAndCovariance exact_TS1(const std::vector<Linear>& models, const Eigen::VectorXd& s, int H) {
  Eigen::VectorXd mean = s;
  Eigen::MatrixXd second = s * s.transpose();
  for (int t = 0; t < H; ++t) {
    Eigen::VectorXd total = Eigen::VectorXd::Zero(s.size());
    Eigen::MatrixXd squares = Eigen::MatrixXd::Zero(s.size(), s.size());
    for (const Linear& f : models) {
      Eigen::VectorXd m = mean;
      Eigen::MatrixXd S = second;
      advance(f, m, S);
      total += m / double(models.size()), squares += S / double(models.size());
    }
    mean = total, second = squares;
  }
  return {mean, second - mean * mean.transpose()};
}

// Three models that disagree in how the coordinates mix, where they drift, and how noisy they are.
std::vector<Linear> three_models() {
  std::vector<Linear> models;
  for (int i = -1; i <= 1; ++i) {
    Linear f;
    f.F = Eigen::Matrix4d::Identity();
    f.F(0, 2) = 0.1 + 0.03 * i, f.F(1, 3) = 0.1, f.F(2, 3) = 0.02 * i, f.F(2, 2) = 0.97;
    f.c = Eigen::Vector4d(0.01, 0.02 * i, -0.01 * i, 0.03 * i);
    f.noise_sd = Eigen::Vector4d(0.02, 0.03, 0.04, 0.02) * (1 + 0.3 * i);
    models.push_back(f);
  }
  return models;
}

constexpr int kHorizon = 20;
const Eigen::VectorXd kStart = Eigen::Vector4d(0.5, -0.3, 0.4, 0.6);

Matrix last_particles(const std::string& how, const std::vector<Linear>& models, int particles,
                      int H = kHorizon) {
  const auto env = make_env("point_mass");
  const UncertainModel model = model_of(*env, models);
  PropagationConfig config;
  config.propagation = how;
  config.particles = particles;
  Rng rng(3, "test");
  return imagined_states(model, kStart.cast<Scalar>(), Vector::Zero(2 * H), config, rng).back();
}

// The distance of the particles' moments from the truth, in standard errors of the Monte Carlo.
double worst_error(const Matrix& s, const MeanAndCovariance& truth) {
  const MeanAndCovariance seen = of_particles(s);
  const double N = double(s.cols());
  double worst = 0;
  for (Index i = 0; i < s.rows(); ++i) {
    const double vi = truth.covariance(i, i);
    worst = std::max(worst, std::abs(seen.mean(i) - truth.mean(i)) / std::sqrt(vi / N));
    for (Index j = 0; j <= i; ++j) {
      const double vj = truth.covariance(j, j), c = truth.covariance(i, j);
      worst =
          std::max(worst, std::abs(seen.covariance(i, j) - c) / std::sqrt((vi * vj + c * c) / N));
    }
  }
  return worst;
}

TEST_CASE(
    "B26: TSinf and TS1 have the mean and the full covariance of the closed form, each its own") {
  const auto models = three_models();
  const MeanAndCovariance one = exact_TS1(models, kStart, kHorizon),
                          infinite = exact_TSinf(models, kStart, kHorizon);
  const Matrix s1 = last_particles("TS1", models, 6000),
               sinf = last_particles("TSinf", models, 6000);
  CHECK(worst_error(s1, one) < 4);
  CHECK(worst_error(sinf, infinite) < 4);
  // The two truths differ by far more than the error of either.
  CHECK(worst_error(s1, infinite) > 20);
  CHECK(worst_error(sinf, one) > 20);
}

TEST_CASE("B26: what members disagree about grows like t under TSinf, like sqrt t under TS1") {
  std::vector<Linear> models(2, {Eigen::Matrix4d::Identity(), Eigen::Vector4d::Constant(0.1),
                                 Eigen::Vector4d::Constant(1e-9)});
  models[1].c = -models[0].c;
  const auto sd = [&](const char* how, int H) {
    const auto moments = of_particles(last_particles(how, models, 2000, H));
    return std::sqrt(moments.covariance(0, 0));
  };
  CHECK(sd("TSinf", 1) == doctest::Approx(0.1).epsilon(0.01).scale(0));
  CHECK(sd("TSinf", 16) == doctest::Approx(1.6).epsilon(0.01).scale(0));
  CHECK(sd("TS1", 1) == doctest::Approx(0.1).epsilon(0.01).scale(0));
  CHECK(sd("TS1", 16) == doctest::Approx(0.4).epsilon(0.06).scale(0));
  CHECK(sd("DS", 16) ==
        doctest::Approx(0.4).epsilon(0.06).scale(0));  // pooled: the disagreement is noise
}

TEST_CASE("DS keeps mean and variances of TS1 but forgets how the members' errors go together") {
  // Two models whose drifts in x and y go together.
  std::vector<Linear> models(2, {Eigen::Matrix4d::Identity(), Eigen::Vector4d(0.1, 0.1, 0, 0),
                                 Eigen::Vector4d::Constant(0.02)});
  models[1].c = -models[0].c;
  const auto truth = exact_TS1(models, kStart, kHorizon);
  const auto ds = of_particles(last_particles("DS", models, 6000));
  REQUIRE(truth.covariance(0, 1) > 0.9 * 0.2);
  CHECK(ds.covariance(0, 0) == doctest::Approx(truth.covariance(0, 0)).epsilon(0.08).scale(0));
  CHECK(std::abs(ds.mean(0) - truth.mean(0)) < 0.03);
  CHECK(std::abs(ds.covariance(0, 1)) < 0.1 * truth.covariance(0, 1));
}

TEST_CASE("B27: MM matches the moments of s', so that what a state owes to the last is not lost") {
  // Position integrates a noisy velocity: the variance of x grows by Cov(x, v) too, within a step.
  Linear f{Eigen::Matrix4d::Identity(), Eigen::Vector4d::Zero(), Eigen::Vector4d::Constant(0.05)};
  f.F(0, 0) = 1.1, f.F(0, 2) = 0.1;
  const auto mm = of_particles(last_particles("MM", {f}, 6000, 10));
  // The closed form of MM: a diagonal covariance after each step.
  Eigen::Vector4d mean = kStart, variance = Eigen::Vector4d::Zero();
  for (int t = 0; t < 10; ++t) {
    mean = f.F * mean;
    variance = f.F.cwiseAbs2() * variance + f.noise_sd.cwiseAbs2();
  }
  const auto truth = exact_TS1({f}, kStart, 10);
  for (const Index i : {0, 1, 2, 3}) {
    // Each of the ten refits adds its own Monte Carlo error.
    CHECK(std::abs(mm.mean(i) - mean(i)) < 6 * std::sqrt(variance(i) / 6000 * 10));
    CHECK(mm.covariance(i, i) == doctest::Approx(variance(i)).epsilon(0.15).scale(0));
  }
  // What MM loses: the correlation of x and v, and with it some of the variance of x.
  CHECK(truth.covariance(0, 2) > 0.003);
  CHECK(std::abs(mm.covariance(0, 2)) < 0.2 * truth.covariance(0, 2));
  CHECK(variance(0) < 0.97 * truth.covariance(0, 0));
}

TEST_CASE(
    "the known reward is that of the state before the step, the action, and the state after") {
  const auto env = make_env("point_mass");  // pays -x^2 for the state before the step
  const UncertainModel model =
      model_of(*env, {{Eigen::Matrix4d::Identity(), Eigen::Vector4d(0.5, 0, 0, 0),
                       Eigen::Vector4d::Constant(1e-9)}});
  double truth = 0;
  for (int t = 0; t < 10; ++t) truth -= std::pow(1 + 0.5 * t, 2);
  Workers workers(1);
  for (const char* how : {"E", "DS", "MM", "TS1", "TSinf"}) {
    PropagationConfig config;
    config.propagation = how;
    Rng rng(1, "test");
    const Vector s{{Scalar(1), Scalar(0), Scalar(0), Scalar(0)}};
    const Matrix returns = imagined_returns(model, s, Matrix::Zero(20, 1), config, rng, workers);
    for (Index i = 0; i < returns.rows(); ++i)
      CHECK(double(returns(i, 0)) == doctest::Approx(truth).epsilon(1e-4));
  }
}

TEST_CASE("where the reward is learned, what is learned is booked") {
  const auto env = make_env("point_mass");
  auto given = std::make_unique<Given>();
  Theta theta;
  Matrix b = Matrix::Zero(10, 1);  // mean and log-variance of four coordinates and the reward
  b(4) = 3, b.bottomRows(5).setConstant(-40);
  theta.net.layers.push_back({Matrix::Zero(10, 6), b});
  theta.min_log_var = Matrix::Constant(5, 1, -60), theta.max_log_var = Matrix::Constant(5, 1, 60);
  given->thetas.push_back(theta);
  const UncertainModel model(ModelIo(*env, true), std::move(given), 0.1, 1);
  Workers workers(1);
  for (const char* how : {"E", "DS", "MM", "TS1", "TSinf"}) {
    PropagationConfig config;
    config.propagation = how;
    Rng rng(1, "test");
    const Matrix returns =
        imagined_returns(model, Vector::Ones(4), Matrix::Zero(20, 1), config, rng, workers);
    CHECK((returns.array() - 30).abs().maxCoeff() < 1e-3);  // ten steps
  }
}

TEST_CASE("B10: a particle that has ended books after_termination, wherever its model goes on to") {
  const auto env = make_env("cliff");
  env->spec.after_termination = -7;
  // Straight down in the middle: over the edge, at y = -0.05, in the fourth step.
  const UncertainModel model = model_of(
      *env, {{Eigen::Matrix2d::Identity(), Eigen::Vector2d(0, -0.1), Eigen::Vector2d(1e-9, 1e-9)}});
  const Vector s{{Scalar(0), Scalar(0.27)}};
  double truth = -100 - 6 * 7;
  for (int t = 1; t <= 4; ++t) truth -= std::hypot(1, 0.27 - 0.1 * t);
  Workers workers(1);
  for (const char* how : {"E", "DS", "MM", "TS1", "TSinf"}) {
    CAPTURE(how);
    PropagationConfig config;
    config.propagation = how;
    Rng rng(1, "test");
    const Matrix plan = Matrix::Zero(20, 1);  // ten steps
    const Matrix returns = imagined_returns(model, s, plan, config, rng, workers);
    for (Index i = 0; i < returns.rows(); ++i)
      CHECK(double(returns(i, 0)) == doctest::Approx(truth).epsilon(1e-4));
  }
}

TEST_CASE("E follows the mean of the members, alone and without noise") {
  const auto models = three_models();
  const Matrix s = last_particles("E", models, 7);
  REQUIRE(s.cols() == 1);
  Eigen::VectorXd mean = kStart;
  for (int t = 0; t < kHorizon; ++t) {
    Eigen::VectorXd next = Eigen::VectorXd::Zero(4);
    for (const Linear& f : models) next += (f.F * mean + f.c) / 3;
    mean = next;
  }
  CHECK((s.cast<double>() - mean).norm() < 1e-5);
}

TEST_CASE("DS and MM without noise are refused, with the name of what they would be") {
  const UncertainModel model = model_of(*make_env("cliff"), {});
  for (const char* how : {"DS", "MM"}) {
    PropagationConfig config;
    config.propagation = how, config.sample_noise = false;
    Rng rng(1, "test");
    CHECK_THROWS_WITH_AS(draw_luck(model, config, 5, rng), doctest::Contains("it is E"), UserError);
  }
}

struct Judged {
  std::unique_ptr<Env> env;
  ModelIo io;
  UncertainModel model;
  Rng rng{1, "plans"};
  Vector s = Vector::Zero(4);
  Matrix plans = rng.normal(10, 230);  // H = 10; more than two chunks

  explicit Judged(const std::string& name = "cartpole_balance", double fixed_sd = 0)
      : env(make_env(name)), io(*env), model(io, posterior(fixed_sd), 0.1, 1) {}
  std::unique_ptr<Posterior> posterior(double fixed_sd) const {
    const Noise noise = fixed_sd > 0 ? Noise::fixed : Noise::learned;
    auto given = std::make_unique<Given>();
    for (std::uint64_t i = 0; i < 3; ++i) {
      Rng weights(1, "weights", i);
      given->thetas.push_back(make_theta(io.input_dim(), 4, {}, noise, weights, fixed_sd));
    }
    return given;
  }
  Matrix returns(const PropagationConfig& config, const Matrix& some, int threads = 2) const {
    Workers workers(threads);
    Rng luck(7, "luck");
    return imagined_returns(model, s, some, config, luck, workers);
  }
};

TEST_CASE("the slide's four steps, taken one after the other, bring the same returns") {
  for (const char* name : {"cartpole_balance", "cartpole_swingup"}) {
    const Judged judged(name, 0.02);  // little noise, so that poles fall under some plans only
    for (const char* how : {"TSinf", "TS1"}) {
      CAPTURE(name);
      CAPTURE(how);
      PropagationConfig config;
      config.propagation = how;
      const Matrix fast = judged.returns(config, judged.plans);
      Rng rng(7, "luck");
      const Luck luck = draw_luck(judged.model, config, 10, rng);
      const Row plain =
          expected_return_plainly(judged.model, luck, config.particles, judged.s, judged.plans);
      CHECK((score(fast, "expected", 0) - plain).abs().maxCoeff() <
            1e-4 * (1 + plain.abs().maxCoeff()));
      CHECK(plain.maxCoeff() - plain.minCoeff() > 0.1);  // there is something to tell apart
    }
  }
}

TEST_CASE("a plan's returns do not depend on its neighbours, on threads, or on its place") {
  const Judged judged;
  for (const char* how : {"TSinf", "TS1", "DS", "MM", "E"}) {
    CAPTURE(how);
    PropagationConfig config;
    config.propagation = how;
    config.particles = 7;  // not a multiple of the members
    const Matrix all = judged.returns(config, judged.plans);
    REQUIRE(all.rows() == (config.propagation == "E" ? 1 : 7));
    CHECK(all == judged.returns(config, judged.plans, 3));
    for (const Index k : {0, 99, 100, 229}) {
      const Matrix alone = judged.returns(config, judged.plans.col(k));
      CHECK((alone - all.col(k)).cwiseAbs().maxCoeff() < 1e-4);
    }
  }
}

TEST_CASE("the returns are those of a slow loop, particle by particle and plan by plan") {
  const Judged judged;
  PropagationConfig config;
  config.particles = 4;
  config.sample_noise = false;
  const Matrix fast = judged.returns(config, judged.plans.leftCols(3));
  Rng luck(7, "luck");
  const std::vector<Theta> thetas = judged.model.sample(4, luck);
  for (Index k = 0; k < 3; ++k) {
    std::vector<double> slow;
    for (const Theta& theta : thetas) {
      Matrix s = judged.s;
      double R = 0;
      bool alive = true;
      for (Index t = 0; t < 10; ++t) {
        const Matrix a = judged.plans.block(t, k, 1, 1);
        const Matrix next = judged.model.predict(theta, s, a).mean;
        if (alive) R += double(judged.env->reward(s, a, next)(0));
        alive = alive && !judged.env->terminated(next)(0);
        s = next;
      }
      slow.push_back(R);
    }
    std::vector<double> seen;
    for (Index i = 0; i < 4; ++i) seen.push_back(double(fast(i, k)));
    std::sort(slow.begin(), slow.end()), std::sort(seen.begin(), seen.end());
    for (std::size_t i = 0; i < 4; ++i) CHECK(seen[i] == doctest::Approx(slow[i]).epsilon(1e-4));
  }
}

TEST_CASE("two plans that are the same get the same score: common random numbers") {
  const Judged judged;
  Matrix twice(10, 2);
  twice << judged.plans.col(0), judged.plans.col(0);
  const Matrix returns = judged.returns({}, twice);
  CHECK(returns.col(0) == returns.col(1));
}

TEST_CASE(
    "scores: the mean, and risk standard deviations below or above it; no plan mixes with "
    "another") {
  Matrix returns(4, 2);
  returns << 1, 10, 2, 10, 3, 10, 4, 10;
  CHECK(score(returns, "expected", 2)(0) == doctest::Approx(2.5));
  CHECK(score(returns, "pessimistic", 2)(0) == doctest::Approx(2.5 - 2 * std::sqrt(1.25)));
  CHECK(score(returns, "optimistic", 2)(0) == doctest::Approx(2.5 + 2 * std::sqrt(1.25)));
  for (const char* kind : {"expected", "pessimistic", "optimistic"})
    CHECK(score(returns, kind, 2)(1) == doctest::Approx(10));
}

TEST_CASE("B1: one particle that is not a number makes its plan the worst one") {
  Matrix returns = Matrix::Constant(3, 2, -5);
  returns(1, 0) = NAN;
  for (const char* kind : {"expected", "pessimistic", "optimistic"}) {
    Row safe = score(returns, kind, 1);
    make_comparable(safe);
    CHECK(safe(1) > safe(0));
  }
}

}  // namespace test_propagation
