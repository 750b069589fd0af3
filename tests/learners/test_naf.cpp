#include "learners/naf.hpp"

#include <doctest/doctest.h>

#include "bandit.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace test_naf {

LearnerConfig small() {
  LearnerConfig config;
  config.kind = "naf";
  config.hidden_width = 32;
  config.learning_rate = 3e-3;
  return config;
}

TEST_CASE("Q by hand, two actions: V - |L^T (c - mu)|^2 / 2") {
  // V = 3, mu = tanh(0.5), tanh(-1); L = [[exp(5 tanh(0.2)), 0], [0.7, exp(5 tanh(-0.1))]]
  Tape tape;
  const Var out = tape.parameter(Matrix{{3}, {0.5}, {-1}, {1}, {Scalar(0.7)}, {-0.5}});
  const Var c = tape.parameter(Matrix{{Scalar(0.1)}, {Scalar(0.2)}});
  const double d0 = 0.1 - std::tanh(0.5), d1 = 0.2 - std::tanh(-1.0);
  const double l00 = std::exp(5 * std::tanh(0.2)), l11 = std::exp(5 * std::tanh(-0.1));
  const double first = l00 * d0 + 0.7 * d1, second = l11 * d1;  // L^T d
  const double Q = 3 - (first * first + second * second) / 2;
  const Var y = naf_q(out, c);
  CHECK(double(y.value()(0, 0)) == doctest::Approx(Q).epsilon(1e-5));
  // By c the gradient is -P d, P = L L^T.
  tape.backward(y);
  CHECK(double(c.adjoint()(0, 0)) == doctest::Approx(-l00 * first).epsilon(1e-4));
  CHECK(double(c.adjoint()(1, 0)) == doctest::Approx(-(0.7 * first + l11 * second)).epsilon(1e-4));
  CHECK(out.adjoint()(0, 0) == 1);
}

TEST_CASE("three actions: the entries of L stand row by row") {
  Tape tape;
  // V = 0, mu = 0; raw L = [[0], [0.1, 0], [0.2, 0.3, 0]], its diagonal exp(0) = 1
  const Matrix raw{{0}, {0}, {0}, {0}, {0}, {Scalar(0.1)}, {0}, {Scalar(0.2)}, {Scalar(0.3)}, {0}};
  Rng rng(1, "test");
  const Matrix L{{1, 0, 0}, {Scalar(0.1), 1, 0}, {Scalar(0.2), Scalar(0.3), 1}};
  const Matrix c = rng.normal(3, 20);
  const Matrix Q = naf_q(tape.constant(raw.replicate(1, 20)), tape.constant(Matrix(c))).value();
  CHECK(Q.isApprox(-(L.transpose() * c).colwise().squaredNorm() / 2, Scalar(1e-5)));
}

TEST_CASE("the maximum of Q over the box is V, at mu, before training and after") {
  for (const std::string name : {"pendulum", "reacher"}) {
    const auto env = make_env(name);
    Naf naf(*env, small(), 1);
    Rng rng(1, "test");
    Workers workers(1);
    for (const bool trained : {false, true}) {
      CAPTURE(name);
      CAPTURE(trained);
      if (trained)
        for (int k = 0; k < 30; ++k) naf.update(random_batch(*env, 64, rng), workers);
      Matrix s(env->spec.state_dim(), 1), a(env->spec.action_dim(), 500);
      for (int repeat = 0; repeat < 10; ++repeat) {
        s.col(0) = env->reset(rng);
        for (Index j = 0; j < 500; ++j) a.col(j) = random_action(env->spec, rng);
        const double best = double(naf.q(s, naf.act(s))(0));
        CHECK(double(naf.q(s.replicate(1, 500), a).maxCoeff()) <= best);
        CHECK(double(naf.q(s.replicate(1, 500), a).minCoeff()) < best);
        if (!trained) CHECK(double(naf.value(s, workers)(0)) == doctest::Approx(best));
      }
    }
  }
}

TEST_CASE(
    "mu comes near a wall when Q rises towards it, and not so near that it has no slope left") {
  const auto env = make_env(Bandit{0.3, 2, 1});  // the box is [-1, 3]
  Naf naf(*env, small(), 1);
  Rng rng(1, "test");
  Workers workers(1);
  for (int k = 0; k < 3000; ++k) {
    Batch batch = random_batch(*env, 64, rng);
    const Row c = env->spec.to_unit_box(batch.a).array();
    batch.reward = -(c + Scalar(3)).square();  // the best c would be -3
    naf.update(batch, workers);
  }
  const Matrix mu = env->spec.to_unit_box(naf.act(rng.normal(2, 200)));
  CHECK(mu.maxCoeff() < -0.9);
  CHECK(mu.minCoeff() > -0.999);
}

TEST_CASE(
    "the loss that is reported is (Q - y)^2 / 2, without the price of what is beyond the walls") {
  const auto env = make_env("pendulum");
  LearnerConfig config;
  config.kind = "naf";
  Naf naf(*env, config, 1);
  Workers workers(1);
  Rng rng(1, "test");
  // Up a ramp to the wall, where tanh is flat: mu goes on growing, and has its price.
  const Matrix s = rng.normal(2, 64);
  Matrix a = 2 * rng.normal(1, 64).array().tanh();
  for (int i = 0; i < 1000; ++i) {
    a = 2 * rng.normal(1, 64).array().tanh();
    naf.update_critic(s, a, 100 * a.row(0).array(), workers);
  }
  naf.report();
  REQUIRE(double(naf.act(s).mean()) > 1.94);  // of 2: u is beyond 2
  const Row y = naf.q(s, a) + Scalar(1);
  const double truth = 0.5;
  naf.update_critic(s, a, y, workers);
  CHECK(naf.report().critic_loss == doctest::Approx(truth).epsilon(1e-3));
}

TEST_CASE("NAF finds the best action of a bandit, and its curvature") {
  const auto env = make_env(Bandit{0.3, 2, 1});  // the box is [-1, 3], the best action 1.6
  Naf naf(*env, small(), 1);
  Rng rng(1, "test");
  Workers workers(1);
  for (int k = 0; k < 1500; ++k) naf.update(random_batch(*env, 64, rng), workers);
  const Matrix s = rng.normal(2, 20);
  CHECK((naf.act(s).array() - Scalar(1.6)).abs().maxCoeff() < 0.1);
  const Batch batch = random_batch(*env, 200, rng);
  CHECK(std::sqrt(double((naf.q(batch.s, batch.a) - batch.reward).square().mean())) < 0.1);
  const Matrix a = naf.explore(rng.normal(2, 5000), rng);
  CHECK(a.minCoeff() >= -1);
  CHECK(a.maxCoeff() <= 3);
  CHECK(std::abs(double(a.mean()) - 1.6) < 0.1);
}

TEST_CASE("the same updates give the same bits on 1, 2 and 4 threads") {
  const auto env = make_env("reacher");
  std::vector<Matrix> actions;
  for (const int threads : {1, 2, 4}) {
    Naf naf(*env, small(), 1);
    Rng rng(1, "test");
    Workers workers(threads);
    for (int k = 0; k < 20; ++k) naf.update(random_batch(*env, 50, rng), workers);
    actions.push_back(naf.act(Matrix::Ones(env->spec.state_dim(), 3)));
  }
  CHECK(actions[0] == actions[1]);
  CHECK(actions[0] == actions[2]);
}

}  // namespace test_naf
