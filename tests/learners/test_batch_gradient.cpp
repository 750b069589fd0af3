#include "learners/batch_gradient.hpp"

#include <doctest/doctest.h>

#include "core/random.hpp"
#include "nn/mlp.hpp"

using namespace mbrl;

namespace test_batch_gradient {

TEST_CASE("the gradient in pieces is that of the whole batch, with the same bits on all threads") {
  Rng rng(1, "test");
  const Mlp net = make_mlp(3, 2, {2, 16, Activation::tanh, Init::xavier}, rng);
  for (const Index B : {2, 5, 64}) {  // 2: fewer columns than pieces
    CAPTURE(B);
    const Matrix x = rng.normal(3, B), y = rng.normal(2, B);
    Tape tape;
    const Network<Var> taped = on_tape(tape, net);
    const Var loss = sum(square(forward(taped, tape.constant(x)) - tape.constant(y)));
    tape.backward(loss);
    const std::vector<Matrix*> whole = gradients(taped);

    std::vector<Matrix> first;
    for (const int threads : {1, 2, 3}) {
      Workers workers(threads);
      BatchGradient gradient(4);
      for (int again = 0; again < 2; ++again) {  // the second time in warm buffers
        const auto& slope = gradient(
            B,
            [&](const Piece& piece, std::vector<Var>& leaves) {
              return sum(square(forward(net, piece(x), leaves) - piece(y)));
            },
            workers);
        CHECK(slope.value == doctest::Approx(double(loss.value()(0, 0))).epsilon(1e-5));
        REQUIRE(slope.gradient.size() == whole.size());
        for (std::size_t k = 0; k < whole.size(); ++k) {
          CHECK((*slope.gradient[k] - *whole[k]).norm() < 1e-4 * (1 + whole[k]->norm()));
          if (threads == 1 && again == 0) first.push_back(*slope.gradient[k]);
          CHECK(*slope.gradient[k] == first[k]);
        }
      }
    }
  }
}

TEST_CASE("values come in the order of the batch") {
  Matrix x(1, 11);
  for (Index j = 0; j < 11; ++j) x(0, j) = static_cast<Scalar>(j);
  Workers workers(2);
  BatchGradient gradient(4);
  Row doubled;
  gradient.evaluate(
      11, [&](const Piece& piece) { return Scalar(2) * piece(x); }, doubled, workers);
  CHECK((doubled == 2 * x.row(0).array()).all());
}

TEST_CASE("a gradient that is not finite is refused with the operation that was the first") {
  const Matrix x{{1, 1000, 2, 3}};
  Workers workers(1);
  BatchGradient gradient(2);
  const auto overflow = [&](const Piece& piece, std::vector<Var>& leaves) {
    leaves.push_back(piece.tape.parameter(piece.of(x)));
    return sum(log(exp(square(leaves.back()))));
  };
  const BatchGradient::Slope& slope = gradient(4, overflow, workers);
  CHECK_FALSE(std::isfinite(slope.value));
  CHECK_THROWS_WITH_AS(slope.refuse("the loss", ""), "the loss is no longer finite, first in exp",
                       Diverged);
}

}  // namespace test_batch_gradient
