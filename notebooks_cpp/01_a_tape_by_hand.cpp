// %% [markdown]
// # A tape by hand
//
// Every learning algorithm of this companion rests on one idea: record what was computed, then go
// back through it. Here this is done by hand for one small expression, and the real tape agrees.
// The tape itself is `src/autodiff/tape.hpp`, a page and a half.

// %%
#include "autodiff/gradient_check.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

// %% [markdown]
// Take $y = \tanh(w x + b)$ and the loss $L = (y - 1)^2$. Forwards: $z = w x + b$, $y = \tanh z$,
// $L$. Backwards: $dL/dy = 2 (y - 1)$, then $dL/dz = dL/dy\,(1 - y^2)$, then $dL/dw = dL/dz\,x$ and
// $dL/db = dL/dz$.

// %%
const Scalar w = Scalar(0.5), x = 2, b = Scalar(-0.3);
const Scalar z = w * x + b, y = std::tanh(z);
const Scalar dy = 2 * (y - 1), dz = dy * (1 - y * y), dw = dz * x, db = dz;
RUN { std::printf("by hand:  dL/dw = %.6f   dL/db = %.6f\n", double(dw), double(db)); }

// %% [markdown]
// The tape does the same: every operation records its value, and how an adjoint passes through it.
// An adjoint is the derivative of the loss with respect to what was computed there.

// %%
RUN {
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
}

// %% [markdown]
// A value that is used many times is still visited once: $x \leftarrow x + x$, forty times over,
// has $2^{40}$ paths from the loss to $x$ and 41 nodes. Its gradient is $2^{40}$.

// %%
RUN {
  Tape tape;
  Var sum_of_paths = tape.parameter(Matrix(Matrix::Constant(1, 1, x)));
  const Var start = sum_of_paths;
  for (int i = 0; i < 40; ++i) sum_of_paths = sum_of_paths + sum_of_paths;
  tape.backward(sum_of_paths);
  std::printf("%zu nodes, gradient %.0f\n", tape.size(), double(start.adjoint()(0, 0)));
  expect(tape.size() == 41, "shared nodes cost linear time");
  expect(double(start.adjoint()(0, 0)) == 1099511627776.0, "and the gradient counts every path");
}

// %% [markdown]
// The tests of this project check every derivative in one way: does it agree with a finite
// difference? The error of a central difference is a term in $h^2$ plus rounding divided by $h$, so
// there is a best $h$, and it is not the smallest.

// %%
RUN {
  Figure figure{.title = "Central difference of tanh(w x + b) in w, against the tape",
                .x_label = "step h",
                .y_label = "absolute error",
                .log_x = true,
                .log_y = true};
  const double at = 0.5, exact = 2 * (1 - std::pow(std::tanh(at * 2 - 0.3), 2));
  const auto f = [](double v) { return std::tanh(v * 2 - 0.3); };
  const auto g = [](float v) { return std::tanh(v * 2 - 0.3F); };
  Series in_double{.label = "in double", .style = Style::line_points};
  Series in_float{.label = "in float", .style = Style::line_points};
  for (double h = 1e-10; h < 1; h *= 10) {
    const double wrong = std::abs((f(at + h) - f(at - h)) / (2 * h) - exact);
    in_double.x.push_back(h), in_double.y.push_back(wrong);
    if (h < 1e-7) continue;  // in float, 0.5 + h would be 0.5
    const float k = float(h), low = float(at) - k, high = float(at) + k;
    const double slope = double(g(high) - g(low)) / (2 * h);
    in_float.x.push_back(h), in_float.y.push_back(std::abs(slope - exact));
  }
  figure.series = {in_double, in_float};
  show({figure}, "central_difference");
  const auto best = [](const Series& s) { return *std::min_element(s.y.begin(), s.y.end()); };
  std::printf("smallest error: %.0e in double, %.0e in float\n", best(in_double), best(in_float));
  expect(best(in_double) < 1e-8 && best(in_float) > 1e-6,
         "in double differences are good enough for a tight test, in float they are not");
}
