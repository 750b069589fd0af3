// Columns 2, 0, 2 of three: the adjoint of column 2 has two parts, column 1 has none.
#include "autodiff/operations.hpp"
#include "exercise.hpp"

using namespace mbrl;

int main() {
  return judge({"hw1.5", 4, "A bug in a minibatch"}, [](Test& test) {
    const std::string hint =
        "which columns have too small an adjoint, and what do they have in common?";
    Tape tape;
    const Var x = tape.parameter(test.rng.normal(2, 3));
    const Var y = gather_columns(x, {2, 0, 2});
    tape.backward(y, Matrix{{1, 2, 4}, {10, 20, 40}});
    test.equal(
        "dL/dx of columns (2, 0, 2), for dL/dy = (1, 2, 4; 10, 20, 40)", x.adjoint(),
        {{2, 0, 5}, {20, 0, 50}},
        {{{{2, 0, 4}, {20, 0, 40}}, hint},
         {{{4, 1, 4}, {40, 10, 40}}, "the adjoint goes to the columns that the values came from"}},
        hint);

    tape.clear();
    const Var z = tape.parameter(test.rng.normal(1, 2));
    tape.backward(sum(z) + sum(gather_columns(z, {1, 0})));
    test.equal("dL/dx of sum(x) + sum(all columns of x)", z.adjoint(), {{2, 2}}, {},
               "x is also used elsewhere: " + hint);
  });
}
