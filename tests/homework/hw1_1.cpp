// y = 1 / (1 + exp(-x)) and dx = dy y (1 - y), where y is 1/4, 1/2 and 3/4.
#include "autodiff/operations.hpp"
#include "exercise.hpp"

using namespace mbrl;

int main() {
  return judge({"hw1.1", 3, "The sigmoid and its adjoint"}, [](Test& test) {
    const double log3 = std::log(3.0);
    Tape tape;
    const Var x = tape.parameter(Matrix{{-log3, 0}, {log3, -800}});
    const Var y = sigmoid(x);
    test.equal("sigmoid of (-log 3, 0; log 3, -800)", y.value(), {{0.25, 0.5}, {0.75, 0}},
               {{{{0.75, 0.5}, {0.25, 1}}, "the sign of x in the exponent"}},
               "y = 1 / (1 + exp(-x)), entry by entry");

    tape.backward(y, Matrix{{1, 2}, {4, 8}});
    test.equal(
        "dL/dx for dL/dy = (1, 2; 4, 8)", x.adjoint(), {{0.1875, 0.5}, {0.75, 0}},
        {{{{0.1875, 0.25}, {0.1875, 0}}, "the adjoint of y is not a factor: dx = dy (...)"},
         {{{0.25, 1}, {3, 0}}, "that is dy y: what else is in the derivative of the sigmoid?"},
         {{{0, 0}, {0, 0}}, "y.pull is not set, or adds nothing to the adjoint of y.in[0]"}},
        "dx = dy y (1 - y), with y.own the value and y.adjoint dy");

    tape.clear();
    const Var large = tape.parameter(Matrix{{-800, 800}});
    test.equal("sigmoid of (-800, 800)", sigmoid(large).value(), {{0, 1}}, {},
               "exp(800) overflows, and infinity / infinity is no number: with exp(-x) in the "
               "denominator alone nothing is lost");

    tape.clear();
    const Var z = tape.parameter(Matrix{{0.0}});
    tape.backward(sigmoid(z) + sigmoid(z));
    test.equal("dL/dx of sigmoid(x) + sigmoid(x) at 0", z.adjoint(), 0.5,
               {{0.25, "adjoints add up: use add_adjoint, do not assign"}});
  });
}
