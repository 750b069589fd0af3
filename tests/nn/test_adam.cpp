#include "nn/adam.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "autodiff/operations.hpp"
#include "core/random.hpp"
#include "precision.hpp"

using namespace mbrl;

namespace test_adam {

Matrix number(Scalar x) { return Matrix::Constant(1, 1, x); }

TEST_CASE("three steps of Adam reach the numbers computed by hand") {
  Adam adam{.learning_rate = Scalar(0.1)};
  Matrix x = number(0);
  const double expected[] = {-0.099999999000, -0.063389646528, -0.049720580326};
  const Scalar gradient[] = {1, -2, Scalar(0.5)};
  for (int i = 0; i < 3; ++i) {
    Matrix g = number(gradient[i]);
    adam.step({&x}, {&g});
    CHECK(std::abs(double(x(0)) - expected[i]) < 1e-9 + 10 * double(kEpsilon));
  }
  CHECK(adam.t == 3);
}

TEST_CASE("Adam's first step has the length of the learning rate, whatever the gradient's size") {
  // With m^ = g and v^ = g^2 the step is -learning_rate g / (|g| + epsilon).
  for (const Scalar size : {Scalar(1e-3), Scalar(1), Scalar(1e4)}) {
    Rng rng(1, "test");
    Matrix W = rng.normal(4, 3), g = size * rng.normal(4, 3);
    const Matrix before = W;
    Adam adam{.learning_rate = Scalar(0.01)};
    adam.step({&W}, {&g});
    const Matrix expected = Scalar(-0.01) * g.array() / (g.array().abs() + Scalar(1e-8));
    CHECK((W - before - expected).cwiseAbs().maxCoeff() < 20 * kEpsilon);
  }
}

TEST_CASE("under a constant gradient every step of Adam has the length of the learning rate") {
  // A missing correction of the bias would make the first steps longer or shorter.
  Adam adam{.learning_rate = Scalar(0.01)};
  Matrix x = number(0), g = number(-3);
  for (int t = 1; t <= 50; ++t) {
    adam.step({&x}, {&g});
    CHECK(std::abs(x(0) - Scalar(0.01) * Scalar(t)) < Scalar(1e-5));
  }
}

TEST_CASE("many steps of Adam agree with the running means written out as sums") {
  const double beta1 = 0.9, beta2 = 0.999;
  Rng rng(2, "test");
  const int steps = 40;
  const Matrix all = rng.normal(1, steps);
  Adam adam{.learning_rate = Scalar(0.05)};
  Matrix x = number(1);
  double truth = 1;
  for (int t = 1; t <= steps; ++t) {
    Matrix g = number(all(t - 1));
    adam.step({&x}, {&g});
    // m^ and v^ are the averages of g and g^2 with weights beta^(t - i).
    double m = 0, v = 0, m_weights = 0, v_weights = 0;
    for (int i = 1; i <= t; ++i) {
      const double past = all(i - 1);
      m += std::pow(beta1, t - i) * past, m_weights += std::pow(beta1, t - i);
      v += std::pow(beta2, t - i) * past * past, v_weights += std::pow(beta2, t - i);
    }
    truth -= 0.05 * (m / m_weights) / (std::sqrt(v / v_weights) + 1e-8);
    CHECK(std::abs(double(x(0)) - truth) < 1e-9 + 300 * double(kEpsilon));
  }
}

TEST_CASE("Adam moves each parameter by its own gradient") {
  Rng rng(3, "test");
  Matrix a = rng.normal(3, 2), b = rng.normal(3, 1), alone = b;
  Matrix ga = rng.normal(3, 2), gb = rng.normal(3, 1);
  Adam both, one;
  for (int i = 0; i < 5; ++i) {
    both.step({&a, &b}, {&ga, &gb});
    one.step({&alone}, {&gb});
    gb *= Scalar(-0.7);
  }
  CHECK(b == alone);
}

TEST_CASE("a zero gradient leaves the parameters where they are") {
  Adam adam;
  Matrix x = number(2), g = number(0);
  adam.step({&x}, {&g});
  CHECK(x(0) == 2);
}

TEST_CASE("Adam refuses gradients of another number or shape") {
  Adam adam;
  Matrix x(2, 3), g(3, 2);
  CHECK_THROWS_AS(adam.step({&x}, {}), UserError);
  CHECK_THROWS_AS(adam.step({&x}, {&g}), UserError);
}

TEST_CASE("B19: weight decay adds the gradient of sum decay / 2 |W|^2 and leaves biases alone") {
  Rng rng(4, "test");
  Matrix W1 = rng.normal(4, 3), b1 = rng.normal(4, 1), W2 = rng.normal(2, 4), b2 = rng.normal(2, 1);
  std::vector<Matrix> g = {rng.normal(4, 3), rng.normal(4, 1), rng.normal(2, 4), rng.normal(2, 1)};
  const std::vector<Matrix> before = g;
  const std::vector<Scalar> decay = {Scalar(0.3), Scalar(0.05)};
  add_weight_decay(decay, {&W1, &b1, &W2, &b2}, {&g[0], &g[1], &g[2], &g[3]});

  Tape tape;
  const Var v1 = tape.parameter(W1), v2 = tape.parameter(W2);
  tape.backward(decay[0] / 2 * sum(square(v1)) + decay[1] / 2 * sum(square(v2)));
  CHECK((g[0] - before[0] - v1.adjoint()).norm() < 20 * kEpsilon);
  CHECK((g[2] - before[2] - v2.adjoint()).norm() < 20 * kEpsilon);
  CHECK(g[1] == before[1]);
  CHECK(g[3] == before[3]);
  CHECK_THROWS_AS(add_weight_decay({Scalar(0.1)}, {&W1, &b1, &W2, &b2}, {}), UserError);
}

TEST_CASE("clipping shortens long gradients to the bound and keeps their common direction") {
  Rng rng(5, "test");
  Matrix a = 10 * rng.normal(4, 3), b = 10 * rng.normal(4, 1);
  const Matrix a_before = a, b_before = b;
  const Scalar norm = std::sqrt(a.squaredNorm() + b.squaredNorm());
  CHECK(std::abs(gradient_norm({&a, &b}) / norm - 1) < 10 * kEpsilon);
  CHECK(std::abs(clip_gradients(2, {&a, &b}) / norm - 1) < 10 * kEpsilon);
  CHECK(std::abs(gradient_norm({&a, &b}) / 2 - 1) < 10 * kEpsilon);
  CHECK((a - 2 / norm * a_before).norm() < 20 * kEpsilon);
  CHECK((b - 2 / norm * b_before).norm() < 20 * kEpsilon);
}

TEST_CASE("clipping leaves short gradients, and zero, as they are") {
  Matrix a = Matrix::Constant(2, 2, 1);
  const Matrix before = a;
  CHECK(clip_gradients(Scalar(2.001), {&a}) == 2);
  CHECK(a == before);
  Matrix zero = Matrix::Zero(2, 2);
  CHECK(clip_gradients(1, {&zero}) == 0);
  CHECK(zero == Matrix::Zero(2, 2));
}

TEST_CASE(
    "clipping holds where the squares of the entries overflow, and refuses what is infinite") {
  const Scalar large = std::sqrt(std::numeric_limits<Scalar>::max()) * 100;
  Matrix a{{3 * large, 0}}, b{{4 * large}};
  CHECK(gradient_norm({&a, &b}) / (5 * large) == doctest::Approx(1));
  CHECK(clip_gradients(1, {&a, &b}) / (5 * large) == doctest::Approx(1));
  CHECK(double(a(0, 0)) == doctest::Approx(0.6));
  CHECK(double(b(0, 0)) == doctest::Approx(0.8));
  Matrix infinite{{Scalar(1), std::numeric_limits<Scalar>::infinity()}};
  CHECK_THROWS_AS(clip_gradients(1, {&infinite}), Diverged);
}

}  // namespace test_adam
