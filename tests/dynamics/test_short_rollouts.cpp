#include "dynamics/short_rollouts.hpp"

#include <doctest/doctest.h>

#include "dynamics/choose_model.hpp"
#include "dynamics/learned_dynamics.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace test_short_rollouts {

// A world that counts down: s' = s - 1, and it ends at 0 or below.
struct Countdown {
  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "countdown";
    spec.state_names = {"left", "name"};
    spec.action_low = Vector::Constant(1, -1), spec.action_high = Vector::Constant(1, 1);
    spec.terminates = true;
    spec.noise_scale = Vector::Zero(2);
    return spec;
  }
  template <class M>
  M dynamics(const M& s, const M&) const {
    const RowOf<M> left = row(s, 0) - Scalar(1), name = row(s, 1) + Scalar(0);
    return stack(left, name);
  }
  template <class M>
  RowOf<M> reward(const M& s, const M& a, const M&) const {
    return Scalar(10) * row(s, 0) + row(a, 0);
  }
  Mask terminated(const Matrix& s_next) const { return s_next.row(0).array() <= 0; }
  template <class M>
  M features(const M& s) const {
    return s;
  }
  Vector reset(Rng&) const { return Vector::Ones(2); }
  Drawing draw(const Vector&) const { return {}; }
};

TEST_CASE("B30: the step that ends a rollout is there once, as an end; nothing comes after it") {
  const auto env = make_env(Countdown{});
  const Matrix s{{1, 2, 3, 4, 9}, {0, 1, 2, 3, 4}};  // ends after 1, 2, 3, 4 and 9 steps
  const auto pi = [](const Matrix& x) { return Matrix(Scalar(0.5) * Matrix::Ones(1, x.cols())); };
  const auto steps = short_rollouts(*env, true_dynamics<Matrix>(*env), pi, s, 4);
  REQUIRE(steps.size() == 4);
  std::vector<int> taken(5, 0), ended(5, 0);
  Index left = 5;
  for (const Batch& step : steps) {
    CHECK(step.size() == left);
    for (Index j = 0; j < step.size(); ++j) {
      const auto name = static_cast<std::size_t>(step.s(1, j));
      ++taken[name];
      ended[name] += step.terminated(j);
      CHECK(step.terminated(j) == (step.s_next(0, j) <= 0));
      CHECK(step.s_next(0, j) == step.s(0, j) - 1);
      CHECK(step.s_next(1, j) == step.s(1, j));
      CHECK(step.reward(j) == 10 * step.s(0, j) + Scalar(0.5));
      CHECK(step.a(0, j) == Scalar(0.5));
      CHECK_FALSE(step.truncated(j));  // cut after k steps is not the end of the time either
    }
    left -= step.terminated.count();
  }
  CHECK(taken == std::vector<int>{1, 2, 3, 4, 4});
  CHECK(ended == std::vector<int>{1, 1, 1, 1, 0});
}

TEST_CASE("a rollout stops early when all have ended") {
  const auto env = make_env(Countdown{});
  const auto pi = [](const Matrix& x) { return Matrix(Matrix::Zero(1, x.cols())); };
  CHECK(short_rollouts(*env, true_dynamics<Matrix>(*env), pi, Matrix::Ones(2, 3), 50).size() == 1);
}

TEST_CASE("every step continues the one before, with the policy asked at the imagined state") {
  const auto env = make_env("pendulum");
  Rng rng(1, "test");
  const auto pi = [](const Matrix& x) { return Matrix(x.row(1).array().sin()); };
  const auto steps = short_rollouts(*env, true_dynamics<Matrix>(*env), pi, rng.normal(2, 7), 5);
  REQUIRE(steps.size() == 5);
  for (std::size_t h = 0; h < 5; ++h) {
    if (h > 0) CHECK(steps[h].s == steps[h - 1].s_next);
    CHECK(steps[h].a == Matrix(steps[h].s.row(1).array().sin()));
    CHECK_FALSE(steps[h].terminated.any());
  }
}

TEST_CASE("B35: an imagined step is one member's, never their average, and the members alternate") {
  const auto env = make_env("point_mass");
  UncertainModelConfig config{.kind = "DE"};
  const UncertainModel model = make_uncertain_model(*env, config, 1);
  Rng rng(1, "test");
  const std::vector<Theta> thetas = model.sample(5, rng);
  Workers workers(1);
  const Dynamics<Matrix> p_hat = sampled_dynamics(model, thetas, rng, workers);
  const Matrix s = Matrix::Ones(4, 20), a = Matrix::Ones(2, 20);
  std::vector<int> of_first;
  for (int repeat = 0; repeat < 10; ++repeat) {
    const Step<Matrix> next = p_hat(s, a);
    std::vector<int> share(5, 0);
    for (Index j = 0; j < 20; ++j) {
      int matches = 0;
      for (std::size_t k = 0; k < 5; ++k) {
        const Matrix alone = model.predict(thetas[k], s.col(j), a.col(j)).mean;
        if ((next.s_next.col(j) - alone.col(0)).norm() > 1e-6) continue;
        ++matches, ++share[k];
        if (j == 0) of_first.push_back(static_cast<int>(k));
      }
      CHECK(matches == 1);
    }
    for (const int n : share) CHECK(n == 4);
  }
  std::sort(of_first.begin(), of_first.end());
  CHECK(of_first.front() != of_first.back());
}

TEST_CASE("every member gets an equal share of imagined steps, however few there are at a time") {
  const auto env = make_env("point_mass");
  UncertainModelConfig config{.kind = "DE"};
  const UncertainModel model = make_uncertain_model(*env, config, 1);
  Rng rng(1, "test");
  const std::vector<Theta> thetas = model.sample(5, rng);
  Workers workers(1);
  for (const Index B : {1, 3, 8}) {
    const Matrix s = Matrix::Ones(4, B), a = Matrix::Ones(2, B);
    std::vector<double> share(5, 0);
    const int repeats = 2000;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      const Matrix next = model.sample_next(thetas, s, a, rng, workers).s_next;
      for (std::size_t k = 0; k < 5; ++k) {
        const Matrix alone = model.predict(thetas[k], s.leftCols(1), a.leftCols(1)).mean;
        for (Index j = 0; j < B; ++j) share[k] += (next.col(j) - alone.col(0)).norm() < 1e-6;
      }
    }
    // Of `repeats` calls each takes B / 5 columns on average, with a variance of at most 1/4 a
    // call: six standard deviations.
    for (const double n : share)
      CHECK(std::abs(n - repeats * double(B) / 5) < 6 * std::sqrt(repeats / 4.0));
  }
}

TEST_CASE("B35: an imagined step of a probabilistic model is drawn, with the sd that it predicts") {
  const auto env = make_env("point_mass");
  UncertainModelConfig config{.kind = "P"};
  const UncertainModel model = make_uncertain_model(*env, config, 1);
  Rng rng(1, "test");
  const std::vector<Theta> theta = model.sample(1, rng);
  Workers workers(1);
  const Dynamics<Matrix> p_hat = sampled_dynamics(model, theta, rng, workers);
  const Matrix s = Matrix::Ones(4, 20000), a = Matrix::Ones(2, 20000);
  const NextState<Matrix> said = model.predict(theta[0], s.leftCols(1), a.leftCols(1));
  const Matrix next = p_hat(s, a).s_next;
  const Vector mean = next.rowwise().mean();
  for (Index i = 0; i < 4; ++i) {
    const double sd = double(said.sd(i, 0));
    CHECK(sd > 0);
    CHECK(std::abs(double(mean(i) - said.mean(i, 0))) < 5 * sd / std::sqrt(20000.0));
    const double found = std::sqrt(double((next.row(i).array() - mean(i)).square().mean()));
    CHECK(found == doctest::Approx(sd).epsilon(0.03));  // 6 standard errors
  }
}

TEST_CASE("an imagined step has the same bits on one thread and on three") {
  const auto env = make_env("point_mass");
  const UncertainModel model = make_uncertain_model(*env, {.kind = "PE"}, 1);
  Rng rng(1, "test");
  const std::vector<Theta> thetas = model.sample(5, rng);
  const Matrix s = rng.normal(4, 5003), a = rng.normal(2, 5003);
  Workers one(1), three(3);
  Rng first = rng, second = rng;
  const Step<Matrix> alone = model.sample_next(thetas, s, a, first, one);
  const Step<Matrix> together = model.sample_next(thetas, s, a, second, three);
  CHECK(alone.s_next == together.s_next);
  CHECK((alone.reward == together.reward).all());
  CHECK(alone.s_next.allFinite());
}

}  // namespace test_short_rollouts
