// log(1 + 3) = log 4 with softmax (1/4, 3/4), and the same with all entries moved up or down by
// 1000.
#include "autodiff/operations.hpp"
#include "exercise.hpp"

using namespace mbrl;

int main() {
  return judge({"hw1.2", 4, "Log-sum-exp that does not overflow"}, [](Test& test) {
    const double log3 = std::log(3.0), log4 = std::log(4.0);
    Tape tape;
    const Var small = tape.parameter(Matrix{{0, log3}, {log3, log3}, {-40, 0}});
    const Var y = log_sum_exp(small);
    test.equal(
        "log_sum_exp of the columns (0, log 3, -40) and (log 3, log 3, 0)", y.value(),
        {{log4, std::log(7.0)}},
        {{{{log4 - log3, std::log(7.0) - log3}}, "what was taken out of exp is not added again"},
         {{{std::log(4.0 / 3), std::log(7.0 / 3)}}, "that is the log of the mean, not of the sum"},
         {{{4, 7}}, "the logarithm is missing"}},
        "log of the sum of exp(x), each column for itself: x is (n, B), y is (1, B)");
    tape.backward(y, Matrix{{8, 14}});
    test.equal(
        "dL/dx for dL/dy = (8, 14)", small.adjoint(), {{2, 6}, {6, 6}, {0, 2}},
        {{{{0.25, 3.0 / 7}, {0.75, 3.0 / 7}, {0, 1.0 / 7}},
          "the adjoint of y is not a factor of every entry of its column"},
         {{{8.0 / 3, 14}, {8, 14}, {0, 14.0 / 3}}, "these are not shares: do they add up to 1?"}},
        "dx = dy softmax(x); keep softmax(x) in y.saved, which the value pass fills");

    tape.clear();
    const Var large = tape.parameter(Matrix{{1000, -1000}, {1000 + log3, -1000 + log3}});
    const Var z = log_sum_exp(large);
    test.equal("log_sum_exp of the columns (1000, 1000 + log 3) and (-1000, -1000 + log 3)",
               z.value(), {{1000 + log4, -1000 + log4}}, {},
               "exp(1000) overflows and exp(-1000) vanishes: take the largest entry out of each "
               "column first");
    tape.backward(z, Matrix{{1, 1}});
    test.equal("dL/dx there", large.adjoint(), {{0.25, 0.25}, {0.75, 0.75}}, {},
               "the same shares as without the 1000");

    tape.clear();
    const Var uneven =
        tape.parameter(Matrix{{-2000, 5, -2000}, {7, -2000, -2000}, {-2000, -2000, 9}});
    const std::string largest =
        "the entry that is taken out must be the largest of its column: the first, the last or "
        "the mean may be far below it, and exp of the difference overflows";
    const Var w = log_sum_exp(uneven);
    test.equal("log_sum_exp of columns with one entry 5, 7 or 9 and the others -2000", w.value(),
               {{7, 5, 9}}, {}, largest);
    tape.backward(w, Matrix{{1, 1, 1}});
    test.equal("dL/dx there", uneven.adjoint(), {{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}, {}, largest);
  });
}
