#include "nn/dense.hpp"

#include <doctest/doctest.h>

#include "core/random.hpp"

using namespace mbrl;

namespace test_dense {

constexpr Activation all[] = {Activation::linear, Activation::tanh, Activation::relu,
                              Activation::silu};

TEST_CASE("a dense layer is the nonlinearity of the affine map, plain and taped, to the bit") {
  Rng rng(1, "test");
  const Matrix W = rng.normal(5, 3), b = rng.normal(5, 1), x = rng.normal(3, 17);
  for (const Activation g : all) {
    CAPTURE(static_cast<int>(g));
    Tape tape;
    const Var v_W = tape.parameter(W), v_x = tape.constant(x), v_b = tape.parameter(b);
    const Matrix y = activate(g, affine(v_W, v_x, v_b)).value();
    CHECK(dense(W, x, b, g) == y);
    CHECK(dense(v_W, v_x, v_b, g).value() == y);
    CHECK(dense(W, v_x, b, g).value() == y);
  }
}

TEST_CASE("its gradients are those of the two operations") {
  Rng rng(1, "test");
  const Matrix W = rng.normal(5, 3), b = rng.normal(5, 1), x = rng.normal(3, 17);
  const Matrix dy = rng.normal(5, 17);
  for (const Activation g : all) {
    CAPTURE(static_cast<int>(g));
    Tape tape;
    const auto gradients = [&](bool fused) {
      tape.clear();
      const Var v_W = tape.parameter(W), v_x = tape.parameter(x), v_b = tape.parameter(b);
      const Var y = fused ? dense(v_W, v_x, v_b, g) : activate(g, affine(v_W, v_x, v_b));
      tape.backward(y, dy);
      return std::array<Matrix, 3>{v_W.adjoint(), v_x.adjoint(), v_b.adjoint()};
    };
    const auto one = gradients(true), two = gradients(false);
    for (std::size_t i = 0; i < 3; ++i) CHECK((one[i] - two[i]).norm() < 1e-5 * two[i].norm());
  }
}

TEST_CASE("plain weights stay off the tape, and x gets the same gradient") {
  Rng rng(1, "test");
  const Matrix W = rng.normal(5, 3), b = rng.normal(5, 1), x = rng.normal(3, 17);
  const Matrix dy = rng.normal(5, 17);
  Tape tape, plain;
  const Var x_1 = tape.parameter(x), x_2 = plain.parameter(x);
  tape.backward(dense(tape.parameter(W), x_1, tape.parameter(b), Activation::silu), dy);
  const Var y = dense(W, x_2, b, Activation::silu);
  plain.backward(y, dy);
  CHECK(x_1.adjoint() == x_2.adjoint());
  CHECK(!y.node->in[0]->needs_adjoint);
}

}  // namespace test_dense
