#include "dynamics/ensemble.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>

using namespace mbrl;

namespace test_ensemble {

// y = sin(3 x) + noise of sd 0.1, at n points.
RegressionData sine(Index n, std::uint64_t seed) {
  Rng rng(seed, "data");
  RegressionData data;
  const auto fill = [&](Matrix& x, Matrix& y, Index count) {
    x = rng.normal(1, count);
    y = (3 * x.array()).sin().matrix() + rng.normal(1, count) / 10;
  };
  fill(data.x, data.y, n);
  fill(data.x_holdout, data.y_holdout, n / 4);
  for (Index i = 0; i < n; ++i) data.row.push_back(i);
  return data;
}

ModelConfig small() {
  ModelConfig config;
  config.hidden_width = 24;
  config.epochs = 60;
  config.batch_size = 32;
  return config;
}

EnsembleConfig of(int members) {
  EnsembleConfig config;
  config.members = members;
  return config;
}

TEST_CASE("a probabilistic ensemble finds the function and the noise") {
  Workers workers(2);
  ModelConfig config = small();
  config.epochs = 200;
  Ensemble ensemble(1, 1, config, of(3), 1);
  const RegressionData data = sine(600, 1);
  const FitReport report = ensemble.fit(data, workers);
  Rng rng(1, "test");
  const Matrix x = Matrix{{Scalar(-1), Scalar(-0.5), 0, Scalar(0.5), 1}};
  const Moments m = moments(ensemble.sample(3, rng), x);
  CHECK((m.mean.array() - (3 * x.array()).sin()).abs().maxCoeff() < 0.1);
  CHECK(std::sqrt(double(m.aleatoric.mean())) == doctest::Approx(0.1).epsilon(0.2).scale(0));
  // The best possible: the entropy of the noise, 1/2 log(2 pi e 0.01) = -0.884.
  CHECK(report.holdout_nll == doctest::Approx(-0.884).epsilon(0.15).scale(0));
  CHECK(report.holdout_loss == doctest::Approx(0.01).epsilon(0.35).scale(0));
}

TEST_CASE("B20: a member learns the same, to the bit, whether it has company or not") {
  Workers workers(2);
  const RegressionData data = sine(100, 1);
  Ensemble alone(1, 1, small(), of(1), 5), together(1, 1, small(), of(3), 5);
  for (int refit = 0; refit < 2; ++refit) alone.fit(data, workers), together.fit(data, workers);
  CHECK(alone.member(0).net.layers[1].W == together.member(0).net.layers[1].W);
  CHECK(together.member(0).net.layers[1].W != together.member(1).net.layers[1].W);
}

TEST_CASE("members differ in weights before they learn, and still do after") {
  Workers workers(1);
  Ensemble ensemble(1, 1, small(), of(2), 1);
  CHECK(ensemble.member(0).net.layers[0].W != ensemble.member(1).net.layers[0].W);
  ensemble.fit(sine(100, 1), workers);
  CHECK(ensemble.member(0).net.layers[0].W != ensemble.member(1).net.layers[0].W);
}

TEST_CASE("B21: resampling leaves 36.8 % of the rows out, differently for each member, for good") {
  const Index n = 20000;
  double absent = 0, total = 0, both = 0;
  for (Index i = 0; i < n; ++i) {
    const int first = bootstrap_count(1, i, 0), second = bootstrap_count(1, i, 1);
    absent += first == 0, total += first, both += first == 0 && second == 0;
    CHECK(first == bootstrap_count(1, i, 0));
  }
  CHECK(absent / double(n) == doctest::Approx(std::exp(-1)).epsilon(0.03).scale(0));
  CHECK(total / double(n) == doctest::Approx(1).epsilon(0.03).scale(0));
  CHECK(both / double(n) ==
        doctest::Approx(std::exp(-2)).epsilon(0.06).scale(0));  // independent members
}

TEST_CASE("B21: a row counts for a member by its place in D, not by its place among the rest") {
  // The same rows in another order, so that only row numbers can tell: the bootstrap is the same.
  Workers workers(1);
  EnsembleConfig config = of(1);
  config.resample = true;
  ModelConfig model = small();
  model.epochs = 1, model.batch_size = 1000;
  RegressionData data = sine(200, 1);
  Ensemble one(1, 1, model, config, 3), other(1, 1, model, config, 3);
  one.fit(data, workers);
  data.x = Matrix(data.x.rowwise().reverse()), data.y = Matrix(data.y.rowwise().reverse());
  std::reverse(data.row.begin(), data.row.end());
  other.fit(data, workers);
  const Matrix difference = one.member(0).net.layers[0].W - other.member(0).net.layers[0].W;
  CHECK(difference.cwiseAbs().maxCoeff() < 1e-4);
}

TEST_CASE("B23: every member keeps its own best weights, those whose loss it reports") {
  Workers workers(1);
  ModelConfig model = small();
  model.learning_rate = 0.05;  // noisy, so that the last pass is not the best
  const RegressionData data = sine(60, 2);
  Ensemble ensemble(1, 1, model, of(4), 2);
  const FitReport report = ensemble.fit(data, workers);
  double nll = 0, last = INFINITY;
  for (const int i : ensemble.elites()) {  // sorted by that loss
    nll += gaussian_nll(predict(ensemble.member(i), data.x_holdout), data.y_holdout) / 4;
    const double own = gaussian_nll(predict(ensemble.member(i), data.x_holdout), data.y_holdout);
    if (last < INFINITY) CHECK(own >= last);
    last = own;
  }
  CHECK(report.holdout_nll == doctest::Approx(nll));
  // One more pass from the best weights, with patience 1, can only be kept if it is better.
  model.epochs = 1;
  CHECK(ensemble.fit(data, workers).holdout_nll <= report.holdout_nll + 1e-6);
}

TEST_CASE("B24: only the elites are sampled, a bad member never, also after loading") {
  Workers workers(1);
  EnsembleConfig config = of(4);
  config.elite_members = 2;
  const RegressionData data = sine(100, 1);
  Ensemble ensemble(1, 1, small(), config, 1);
  ensemble.fit(data, workers);
  std::vector<double> loss;
  for (int i = 0; i < 4; ++i)
    loss.push_back(gaussian_nll(predict(ensemble.member(i), data.x_holdout), data.y_holdout));
  const auto worst = std::max_element(loss.begin(), loss.end()) - loss.begin();
  const std::string path =
      (std::filesystem::temp_directory_path() / "mbrl-test-ensemble.bin").string();
  Archive saved;
  ensemble.archive(saved);
  saved.save(path);
  Ensemble loaded(1, 1, small(), config, 1);
  Archive archive(path);
  loaded.archive(archive);
  std::filesystem::remove(path);
  for (const Ensemble* e : {&ensemble, &loaded}) {
    CHECK(e->elites() == ensemble.elites());
    CHECK(e->elites().size() == 2);
    Rng rng(1, "test");
    for (const Theta& theta : e->sample(20, rng))
      CHECK(theta.net.layers[0].W != ensemble.member(static_cast<int>(worst)).net.layers[0].W);
  }
}

TEST_CASE("a sample of as many thetas as members holds each of them once") {
  Ensemble ensemble(1, 1, small(), of(5), 1);
  Rng rng(1, "test");
  std::set<Scalar> firsts;
  for (const Theta& theta : ensemble.sample(5, rng)) firsts.insert(theta.net.layers[0].W(0, 0));
  CHECK(firsts.size() == 5);
  CHECK(ensemble.sample(13, rng).size() == 13);
}

TEST_CASE("bounds that are learned move, bounds that are fixed do not") {
  Workers workers(1);
  for (const bool learned : {false, true}) {
    EnsembleConfig config = of(1);
    config.learned_bounds = learned;
    Ensemble ensemble(1, 1, small(), config, 1);
    const FitReport report = ensemble.fit(sine(100, 1), workers);
    CHECK((report.high_bound != doctest::Approx(kMaxLogVar)) == learned);
    CHECK((report.low_bound != doctest::Approx(kMinLogVar)) == learned);
    if (learned) CHECK(report.high_bound - report.low_bound < kMaxLogVar - kMinLogVar);
  }
}

TEST_CASE("one thread or three, the members are the same to the bit") {
  Workers one(1), three(3);
  const RegressionData data = sine(100, 1);
  Ensemble a(1, 1, small(), of(4), 1), b(1, 1, small(), of(4), 1);
  a.fit(data, one), b.fit(data, three);
  for (int i = 0; i < 4; ++i)
    for (std::size_t l = 0; l < 3; ++l)
      CHECK(a.member(i).net.layers[l].W == b.member(i).net.layers[l].W);
}

}  // namespace test_ensemble
