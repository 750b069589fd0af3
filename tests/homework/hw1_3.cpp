// The error of x^3 at 1 with the step 0.1 is known: differences say 3.01, the tape says 3.
#include "autodiff/gradient_check.hpp"
#include "exercise.hpp"

using namespace mbrl;

int main() {
  return judge({"hw1.3", 4, "The gradient check"}, [](Test& test) {
    const auto cube = [](const std::vector<Var>& x) { return sum(square(x[0]) * x[0]); };
    const auto error = [](const TapedFunction& f, std::vector<Matrix> x, double step) {
      return gradient_error(f, std::move(x), Scalar(step));
    };
    test.equal("the error for x^3 at x = 1 with the step 0.1", error(cube, {Matrix{{1.0}}}, 0.1),
               0.01 / 3.01,
               {{0.31 / 3.31,
                 "that is a one-sided difference, whose error is of the first order in the step"},
                {0.29 / 3,
                 "that is a one-sided difference, whose error is of the first order in the step"},
                {3.02 / 6.02, "f(x + h) and f(x - h) are 2 h apart"}},
               "differences: (f(x + h) - f(x - h)) / 2h");
    const std::string same = "the step is h, whatever x is; a step of h |x| is none at x = 0";
    test.equal("the error for x^3 at x = 2 with the step 0.1", error(cube, {Matrix{{2.0}}}, 0.1),
               0.01 / 12.01, {{0.04 / 12.04, same}}, "the step is h, whatever x is");
    test.equal("the error for x^3 at x = 0 with the step 0.1: 0.01 in the place of 0",
               error(cube, {Matrix{{0.0}}}, 0.1), 1, {}, same);

    const auto product = [](const std::vector<Var>& x) { return x[0] * x[1]; };
    test.equal("the error for x y at (1, 1) with the step 0.1",
               error(product, {Matrix{{1.0}}, Matrix{{1.0}}}, 0.1), 0,
               {{0.1, "an entry must be put back before the next one is changed"}},
               "only one entry changes at a time");
    test.equal("the error for the sum of x_0 x_1, two entries of one matrix",
               error([](const std::vector<Var>& x) { return row(x[0], 0) * row(x[0], 1); },
                     {Matrix{{1.0}, {1.0}}}, 0.1),
               0,
               {{0.1 / std::sqrt(2), "an entry must be put back before the next one is changed"}},
               "only one entry changes at a time, and every entry of a matrix has its difference");

    // A gradient that is wrong must be seen to be wrong: detach() drops half of the slope of x^2.
    const auto half = [](const std::vector<Var>& x) {
      return sum(x[0]) + sum(x[1] * detach(x[1]));
    };
    const Matrix x = test.rng.normal(2, 3), y = test.rng.normal(3, 1);
    test.equal("the error of a gradient that is half of what it should be",
               error(half, {x, y}, 1e-6), 0.5,
               {{0, "a wrong gradient of the second input is not noticed"}}, "", 1e-5);
  });
}
