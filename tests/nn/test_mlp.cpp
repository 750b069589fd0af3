// The network, its initial weights and the losses. The room autodiff runs the same in double.
#include "nn/mlp.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "nn/losses.hpp"
#include "precision.hpp"

using namespace mbrl;

namespace test_mlp {

constexpr Activation kActivations[] = {Activation::tanh, Activation::relu, Activation::silu};

// The matrix product, entry by entry.
Matrix times(const Matrix& A, const Matrix& B) {
  Matrix y = Matrix::Zero(A.rows(), B.cols());
  for (Index i = 0; i < A.rows(); ++i)
    for (Index j = 0; j < B.cols(); ++j)
      for (Index k = 0; k < A.cols(); ++k) y(i, j) += A(i, k) * B(k, j);
  return y;
}

double relative_error(const Matrix& x, const Matrix& truth) {
  return double((x - truth).norm() / truth.norm());
}

// ---- one network, plain and on a tape ----

TEST_CASE("plain and taped evaluation of a network agree to the bit") {
  struct Sizes {
    Index in, out;
    int width, layers;
  };
  for (const Activation activation : kActivations)
    for (const Sizes& sizes :
         {Sizes{4, 3, 64, 2}, {1, 1, 1, 1}, {7, 5, 33, 3}, {6, 12, 200, 4}, {3, 2, 8, 0}})
      for (const Index B : {1, 2, 3, 7, 8, 64, 257}) {
        CAPTURE(int(activation));
        CAPTURE(sizes.width);
        CAPTURE(B);
        Rng rng(1, "test");
        const Mlp net = make_mlp(sizes.in, sizes.out,
                                 {.hidden_layers = sizes.layers,
                                  .hidden_width = sizes.width,
                                  .activation = activation,
                                  .init = Init::xavier},
                                 rng);
        const Matrix x = rng.normal(sizes.in, B);
        const Matrix plain = forward(net, x);
        Tape tape;
        const Matrix trained = forward(on_tape(tape, net), tape.constant(x)).value();
        const Matrix frozen = forward(on_tape(tape, net, false), tape.parameter(x)).value();
        CHECK((plain.rows() == sizes.out && plain.cols() == B));
        CHECK(plain.allFinite());
        CHECK(trained == plain);
        CHECK(frozen == plain);
      }
}

TEST_CASE("every operation with a plain twin gives its bits on the tape too") {
  for (const Index B : {1, 3, 8, 257}) {
    const Matrix s = 4 * Rng(2, "test").normal(5, B);
    Tape tape;
    const Var v = tape.parameter(s);
    const Row a = row(s, 0), b = row(s, 3);
    const Var va = row(v, 0), vb = row(v, 3);
    CHECK(va.value() == a.matrix());
    CHECK(rows(v, 1, 3).value() == rows(s, 1, 3));
    CHECK(wrap_angle(va).value() == wrap_angle(a).matrix());
    CHECK(clamp(va, -1, 2).value() == clamp(a, -1, 2).matrix());
    CHECK(where(values(va) > 0, va, vb).value() == where(values(a) > 0, a, b).matrix());
    CHECK(stack(va, vb, va).value() == stack(a, b, a));
    CHECK(stack(v, va).value() == stack(s, Matrix(a)));
    CHECK(tanh(v).value() == tanh(s));
    const Matrix W = Rng(3, "test").normal(2, 5), c = Rng(4, "test").normal(2, 1);
    CHECK(affine(tape.parameter(W), v, tape.constant(c)).value() == affine(W, s, c));
  }
}

TEST_CASE("the gradients of a network's loss are those of backpropagation derived by hand") {
  for (const Activation activation : kActivations)
    for (const Index B : {1, 17}) {
      CAPTURE(int(activation));
      Rng rng(3, "test");
      Mlp net =
          make_mlp(4, 3, {.hidden_width = 16, .activation = activation, .init = Init::xavier}, rng);
      for (auto& layer : net.layers) layer.b = rng.normal(layer.b.rows(), 1) / 2;
      const Matrix x = rng.normal(4, B), target = rng.normal(3, B);
      Tape tape;
      const Network<Var> taped = on_tape(tape, net);
      const Var loss = mean_squared_error(forward(taped, tape.constant(x)), tape.constant(target));
      tape.backward(loss);
      const std::vector<Matrix*> g = gradients(taped);

      // Forward: z_l = W_l h_{l-1} + b_l,  h_l = phi(z_l),  y = z_3.
      const auto phi = [&](Scalar z) -> Scalar {
        if (activation == Activation::tanh) return std::tanh(z);
        if (activation == Activation::relu) return z > 0 ? z : 0;
        return z / (1 + std::exp(-z));
      };
      const auto phi_prime = [&](Scalar z) -> Scalar {
        if (activation == Activation::tanh) return 1 / (std::cosh(z) * std::cosh(z));
        if (activation == Activation::relu) return z > 0 ? 1 : 0;
        const Scalar e = std::exp(-z);
        return (1 + e + z * e) / ((1 + e) * (1 + e));
      };
      const Layer<Matrix>&first = net.layers[0], &second = net.layers[1], &last = net.layers[2];
      const auto layer = [](const Layer<Matrix>& l, const Matrix& h) {
        return Matrix(times(l.W, h) + times(l.b, Matrix::Ones(1, h.cols())));
      };
      const Matrix z1 = layer(first, x), h1 = z1.unaryExpr(phi);
      const Matrix z2 = layer(second, h1), h2 = z2.unaryExpr(phi);
      const Matrix y = layer(last, h2);

      // Backward: delta_l = dL/dz_l,  dL/dW_l = delta_l h_{l-1}^T,  dL/db_l = delta_l 1.
      const Matrix delta3 = 2 * (y - target) / Scalar(3 * B);
      const Matrix delta2 = times(last.W.transpose(), delta3).cwiseProduct(z2.unaryExpr(phi_prime));
      const Matrix delta1 =
          times(second.W.transpose(), delta2).cwiseProduct(z1.unaryExpr(phi_prime));
      const Matrix one = Matrix::Ones(B, 1);

      const double tolerance = 100 * double(kEpsilon);
      CHECK(std::abs(double(loss.value()(0) / ((y - target).squaredNorm() / Scalar(3 * B)) - 1)) <
            tolerance);
      REQUIRE(g.size() == 6);
      CHECK(relative_error(*g[0], times(delta1, x.transpose())) < tolerance);
      CHECK(relative_error(*g[1], times(delta1, one)) < tolerance);
      CHECK(relative_error(*g[2], times(delta2, h1.transpose())) < tolerance);
      CHECK(relative_error(*g[3], times(delta2, one)) < tolerance);
      CHECK(relative_error(*g[4], times(delta3, h2.transpose())) < tolerance);
      CHECK(relative_error(*g[5], times(delta3, one)) < tolerance);
    }
}

TEST_CASE("a frozen network passes the gradient of its input and keeps none for its weights") {
  Rng rng(4, "test");
  const Mlp net = make_mlp(3, 2, {.hidden_width = 8}, rng);
  const Matrix x = rng.normal(3, 5);
  Tape tape;
  const Network<Var> frozen = on_tape(tape, net, false), trained = on_tape(tape, net);
  const Var v = tape.parameter(x), w = tape.parameter(x);
  tape.backward(sum(forward(frozen, v)) + sum(forward(trained, w)));
  CHECK(v.adjoint().norm() > 0);
  CHECK(v.adjoint() == w.adjoint());
  for (const Matrix* g : gradients(frozen)) CHECK(g->norm() == 0);
}

TEST_CASE("gradients of a network the loss does not use are zeros of the right shapes") {
  Rng rng(4, "test");
  Mlp net = make_mlp(3, 2, {.hidden_width = 8}, rng);
  const Matrix one = Matrix::Ones(1, 1);
  Tape tape;
  const Network<Var> taped = on_tape(tape, net);
  tape.backward(tape.parameter(one));
  const std::vector<Matrix*> g = gradients(taped), theta = parameters(net);
  REQUIRE(g.size() == theta.size());
  for (std::size_t k = 0; k < g.size(); ++k)
    CHECK(*g[k] == Matrix::Zero(theta[k]->rows(), theta[k]->cols()));
}

TEST_CASE("a network has the layers asked for, zero biases, and a linear last layer") {
  Rng rng(5, "test");
  Mlp net = make_mlp(3, 2, {.hidden_layers = 2, .hidden_width = 5}, rng);
  const std::vector<Matrix*> theta = parameters(net);
  REQUIRE(theta.size() == 6);
  const Index shapes[6][2] = {{5, 3}, {5, 1}, {5, 5}, {5, 1}, {2, 5}, {2, 1}};
  for (std::size_t k = 0; k < 6; ++k) {
    CHECK(theta[k]->rows() == shapes[k][0]);
    CHECK(theta[k]->cols() == shapes[k][1]);
    CHECK((theta[k]->norm() == 0) == (k % 2 == 1));
  }
  net.layers.back().b.setConstant(-100);  // no activation could let this through
  CHECK(forward(net, Matrix(Matrix::Ones(3, 1))).maxCoeff() < -90);

  const Mlp linear = make_mlp(3, 2, {.hidden_layers = 0}, rng);
  REQUIRE(linear.layers.size() == 1);
  const Matrix x = rng.normal(3, 4);
  CHECK(relative_error(forward(linear, x), times(linear.layers[0].W, x)) < 10 * kEpsilon);
}

TEST_CASE("each column of a batch is treated by itself") {
  Rng rng(6, "test");
  const Mlp net = make_mlp(4, 3, {}, rng);
  const Matrix x = rng.normal(4, 9), y = forward(net, x);
  for (Index j = 0; j < 9; ++j)
    CHECK(relative_error(y.col(j), forward(net, Matrix(x.col(j)))) < 100 * kEpsilon);
}

TEST_CASE("activations are known by name, and an unknown one lists the known") {
  CHECK(activation_from("tanh") == Activation::tanh);
  CHECK(activation_from("relu") == Activation::relu);
  CHECK(activation_from("silu") == Activation::silu);
  std::string message;
  try {
    activation_from("swich");
  } catch (const UserError& error) {
    message = error.what();
  }
  for (const char* part : {"swich", "tanh", "relu", "silu"})
    CHECK(message.find(part) != std::string::npos);
}

TEST_CASE("an input of the wrong height is refused with both shapes") {
  Rng rng(6, "test");
  const Mlp net = make_mlp(4, 3, {}, rng);
  std::string message;
  try {
    forward(net, Matrix(Matrix::Ones(5, 2)));
  } catch (const UserError& error) {
    message = error.what();
  }
  CHECK(message == "input of an affine map has shape (5, 2), expected (4, any)");
}

// ---- losses ----

TEST_CASE("the mean squared error averages over all entries") {
  Matrix prediction(2, 2), target(2, 2);
  prediction << 1, 2, 3, 4;
  target << 1, 0, 0, 0;
  Tape tape;
  const Var p = tape.parameter(prediction), t = tape.parameter(target);
  const Var loss = mean_squared_error(p, t);
  CHECK(loss.value()(0) == Scalar((4 + 9 + 16) / 4.0));
  tape.backward(loss);
  CHECK(p.adjoint().isApprox((prediction - target) / 2));
  CHECK(t.adjoint().isApprox((target - prediction) / 2));
}

// ---- initial weights ----

TEST_CASE("Xavier weights fill +-sqrt(6 / (in + out)) evenly") {
  Rng rng(7, "test");
  const Matrix W = initial_weights(Init::xavier, 300, 200, rng);
  const double bound = std::sqrt(6.0 / 500);
  CHECK(double(W.cwiseAbs().maxCoeff()) <= bound * (1 + 1e-6));
  CHECK(double(W.cwiseAbs().maxCoeff()) > 0.999 * bound);
  CHECK(std::abs(double(W.squaredNorm()) / 60000 / (bound * bound / 3) - 1) < 0.02);
  CHECK(std::abs(double(W.mean())) < 0.02 * bound);
}

TEST_CASE(
    "B11: truncated normal weights stay within 2 sd and have 0.8796 of the sd 1 / (2 sqrt(in))") {
  Rng rng(7, "test");
  const Matrix W = initial_weights(Init::truncated_normal, 300, 400, rng);
  const double sd = 1 / (2 * std::sqrt(400.0));
  CHECK(double(W.cwiseAbs().maxCoeff()) <= 2 * sd * (1 + 1e-6));
  CHECK(double(W.cwiseAbs().maxCoeff()) > 1.99 * sd);
  CHECK(std::abs(std::sqrt(double(W.squaredNorm()) / 120000) / sd - 0.8796) < 0.006);
  CHECK(std::abs(double(W.mean())) < 0.01 * sd);
}

TEST_CASE("orthogonal weights are orthonormal whether square, wide or tall") {
  Rng rng(7, "test");
  for (const auto& [out, in] :
       {std::pair<Index, Index>(8, 8), {3, 9}, {9, 3}, {1, 5}, {5, 1}, {1, 1}}) {
    const Matrix W = initial_weights(Init::orthogonal, out, in, rng);
    REQUIRE((W.rows() == out && W.cols() == in));
    const Index k = std::min(out, in);
    const Matrix gram = out < in ? times(W, W.transpose()) : times(W.transpose(), W);
    CHECK((gram - Matrix::Identity(k, k)).cwiseAbs().maxCoeff() < 20 * kEpsilon);
  }
}

TEST_CASE("orthogonal weights favour no direction: an entry is as often positive as negative") {
  Rng rng(7, "test");
  const int draws = 2000;
  double sum = 0, squares = 0;
  for (int i = 0; i < draws; ++i) {
    const double entry = initial_weights(Init::orthogonal, 2, 2, rng)(0, 0);
    sum += entry, squares += entry * entry;
  }
  CHECK(std::abs(sum / draws) < 4.5 * std::sqrt(0.5 / draws));
  CHECK(std::abs(squares / draws - 0.5) < 4.5 * std::sqrt(0.125 / draws));
}

TEST_CASE("one seed gives one network, another seed another") {
  const auto first_weights = [](std::uint64_t seed) {
    Rng rng(seed, "test");
    return make_mlp(4, 3, {}, rng).layers[0].W;
  };
  CHECK(first_weights(1) == first_weights(1));
  CHECK(first_weights(1) != first_weights(2));
}

}  // namespace test_mlp
