#include "learners/policy_trainer.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"

using namespace mbrl;

namespace test_policy_trainer {

// J = 1/B sum of u . target over a batch of states: large where the policy says what it is told to.
struct Fixture {
  std::unique_ptr<Env> env = make_env("point_mass");
  Rng rng{1, "test"};
  NetworkPolicy pi = make_network_policy(*env, {}, rng);
  Index B = 23;
  Matrix s = rng.normal(4, B), target = rng.normal(2, B), eps = rng.normal(2, B);
  Workers workers{2};

  PolicyTrainer::Share J = [this](const NetworkPolicyOf<Var>& taped, const Piece& piece) {
    const Var u = sample_u(*env, taped, piece(s), piece.of(eps));
    const Var miss = u - piece(target);
    return -sum(square(miss)) / static_cast<Scalar>(B);
  };
  double J_of(const NetworkPolicy& policy) const {
    return -double((sample_u(*env, policy, s, eps) - target).squaredNorm()) / double(B);
  }
};

TEST_CASE_FIXTURE(Fixture, "the pieces of a batch add up to the whole: J and its gradient") {
  PolicyTrainer trainer({}, true);
  const BatchGradient::Slope slope = trainer.slope(pi, B, J, workers);
  CHECK(slope.value == doctest::Approx(J_of(pi)).epsilon(1e-4));

  Tape tape;
  const NetworkPolicyOf<Var> taped = on_tape(tape, pi);
  tape.backward(J(taped, {0, 0, B, tape}));
  const std::vector<Var> whole = leaves(taped, true);
  REQUIRE(slope.gradient.size() == whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i)
    CHECK((*slope.gradient[i] - whole[i].adjoint()).norm() <
          1e-4 * (1 + whole[i].adjoint().norm()));
}

TEST_CASE_FIXTURE(Fixture, "every column is in one piece, also when there are few") {
  PolicyTrainer trainer({}, true);
  for (const Index columns : {1, 3, 10, 23}) {
    std::vector<int> seen(static_cast<std::size_t>(columns), 0);
    Workers alone(1);
    const auto count = [&](const NetworkPolicyOf<Var>& taped, const Piece& piece) {
      for (Index j = 0; j < piece.count; ++j) ++seen[static_cast<std::size_t>(piece.first + j)];
      return sum(taped.log_sd);
    };
    trainer.slope(pi, columns, count, alone);
    for (const int n : seen) CHECK(n == 1);
  }
}

TEST_CASE_FIXTURE(Fixture, "steps go up the slope, and log_sd is trained only if asked for") {
  for (const bool stochastic : {false, true}) {
    NetworkPolicy trained = pi;
    PolicyTrainer trainer({.learning_rate = 1e-2}, stochastic);
    for (int k = 0; k < 50; ++k) trainer.ascend(trained, B, J, workers);
    CHECK(J_of(trained) > J_of(pi) + 0.1);
    CHECK((trained.log_sd != pi.log_sd) == stochastic);
  }
}

TEST_CASE_FIXTURE(Fixture, "the gradient's norm is reported as it was, and the step is shortened") {
  const double norm = PolicyTrainer({}, true).ascend(pi, B, J, workers).gradient_norm;
  CHECK(norm > 0.1);
  // Adam's first step has the length of the learning rate whatever the gradient, so clip to 0.
  NetworkPolicy moved = pi;
  PolicyTrainer clipped({.learning_rate = 1e-2, .max_gradient_norm = 1e-12}, true);
  CHECK(clipped.ascend(moved, B, J, workers).gradient_norm ==
        doctest::Approx(norm).epsilon(0.1).scale(0));
  CHECK((moved.net.layers[0].W - pi.net.layers[0].W).cwiseAbs().maxCoeff() < 1e-5);
}

TEST_CASE_FIXTURE(Fixture, "the same bits on 1, 2 and 4 threads") {
  const auto after = [&](int threads) {
    Workers some(threads);
    NetworkPolicy trained = pi;
    PolicyTrainer trainer({}, true);
    for (int k = 0; k < 3; ++k) trainer.ascend(trained, B, J, some);
    return trained.net.layers[0].W;
  };
  CHECK(after(1) == after(2));
  CHECK(after(1) == after(4));
}

TEST_CASE_FIXTURE(Fixture, "an objective that is not finite stops training by name") {
  target(0, 0) = NAN;
  CHECK_THROWS_WITH_AS(PolicyTrainer({}, true).ascend(pi, B, J, workers),
                       doctest::Contains("objective of the policy"), Diverged);
}

}  // namespace test_policy_trainer
