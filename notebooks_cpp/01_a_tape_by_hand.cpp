// %% [markdown]
// # A tape by hand
//
// Every learning algorithm of this companion rests on one idea: write down what was computed, then
// walk back through it. Here a tape is walked by hand for one small expression, and the real one
// agrees.

// %%
#include "autodiff/gradient_check.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

int main() {
  // %% [markdown]
  // Take y = tanh(w x + b) and the loss L = (y - 1)^2. Forwards: z = w x + b, y = tanh(z), L.
  // Backwards: dL/dy = 2 (y - 1), then dL/dz = dL/dy (1 - y^2), then dL/dw = dL/dz x and dL/db =
  // dL/dz.

  // %%
  const Scalar w = Scalar(0.5), x = 2, b = Scalar(-0.3);
  const Scalar z = w * x + b, y = std::tanh(z);
  const Scalar dy = 2 * (y - 1), dz = dy * (1 - y * y), dw = dz * x, db = dz;
  std::printf("by hand:  dL/dw = %.6f   dL/db = %.6f\n", double(dw), double(db));

  // %% [markdown]
  // The tape does the same: every operation has left its value, and how an adjoint passes through
  // it.

  // %%
  const Matrix W = Matrix::Constant(1, 1, w), X = Matrix::Constant(1, 1, x),
               B = Matrix::Constant(1, 1, b);
  Tape tape;
  const Var weight = tape.parameter(W), bias = tape.parameter(B);
  const Var loss = square(tanh(affine(weight, tape.constant(X), bias)) - Scalar(1));
  tape.backward(loss);
  std::printf("the tape: dL/dw = %.6f   dL/db = %.6f   (%zu nodes)\n",
              double(weight.adjoint()(0, 0)), double(bias.adjoint()(0, 0)), tape.size());
  expect(std::abs(weight.adjoint()(0, 0) - dw) < 1e-6, "the tape's dL/dw is the one by hand");
  expect(std::abs(bias.adjoint()(0, 0) - db) < 1e-6, "the tape's dL/db is the one by hand");

  // %% [markdown]
  // A value that is used many times is still visited once: x <- x + x, forty times over, has 2^40
  // paths from the loss to x and 41 nodes. Its gradient is 2^40.

  // %%
  tape.clear();
  Var sum_of_paths = tape.parameter(X);
  const Var start = sum_of_paths;
  for (int i = 0; i < 40; ++i) sum_of_paths = sum_of_paths + sum_of_paths;
  tape.backward(sum_of_paths);
  std::printf("%zu nodes, gradient %.0f\n", tape.size(), double(start.adjoint()(0, 0)));
  expect(tape.size() == 41, "shared nodes cost linear time");
  expect(double(start.adjoint()(0, 0)) == 1099511627776.0, "and the gradient counts every path");
}
