// Three columns: the first critic is the smaller one in the first and the last.
#include "learners/sac.hpp"

#include "exercise.hpp"

using namespace mbrl;

int main() {
  return judge({"hw5.5", 3, "The target of SAC"}, [](Test& test) {
    Tape tape;
    const Var Q_1 = tape.parameter(Matrix{{1, 4, -2}}), Q_2 = tape.parameter(Matrix{{3, 2, -1}});
    const Var log_pi = tape.parameter(Matrix{{-1, 2, 0.5}});
    const Var V = soft_value(Q_1, Q_2, log_pi, 0.5);
    test.equal(
        "V for Q_1 = (1, 4, -2), Q_2 = (3, 2, -1), log pi = (-1, 2, 0.5), alpha = 0.5", V.value(),
        {{1.5, 1, -2.25}},
        {{{{0.5, 3, -1.75}},
          "plus alpha log pi; an action that was not to be expected (a small log pi) earns a "
          "bonus"},
         {{{3.5, 3, -1.25}},
          "that is the maximum of the critics; the smaller is taken because the greater is likely "
          "to have erred upwards"},
         {{{2.5, 2, -1.75}}, "that is the mean of the critics; it should be the smaller"},
         {{{4.5, 5, -3.25}}, "that is the sum of the critics; it should be the smaller"},
         {{{2, 0, -2.5}}, "alpha is forgotten: the price of a nat of entropy"},
         {{{1, 2, -2}}, "the entropy bonus is missing"},
         {{{1.5, 3, -2.25}}, "only the first critic is asked"},
         {{{3.5, 1, -1.25}}, "only the second critic is asked"},
         {{{-1.5, -1, 2.25}}, "the sign of all of it: a value goes up with Q"}},
        "V = min(Q_1, Q_2) - alpha log pi, column by column");

    tape.backward(V, Matrix{{1, 2, 4}});
    test.equal("dL/d(log pi) for dL/dV = (1, 2, 4)", log_pi.adjoint(), {{-0.5, -1, -2}},
               {{{{0, 0, 0}},
                 "log pi is a constant here (its value was taken, or detach); the actor could "
                 "never learn to keep its entropy"}},
               "log pi is to stay on the tape, with the factor -alpha");
    test.equal("dL/dQ_1 for dL/dV = (1, 2, 4)", Q_1.adjoint(), {{1, 0, 4}},
               {{{{0, 0, 0}}, "the critics are constants here; the actor learns through them"},
                {{{1, 2, 4}}, "the gradient is to go to the smaller critic alone"}},
               "the gradient goes to the critic that is the smaller");
    test.equal("dL/dQ_2 for dL/dV = (1, 2, 4)", Q_2.adjoint(), {{0, 2, 0}},
               {{{{0, 0, 0}}, "the critics are constants here; the actor learns through them"},
                {{{1, 2, 4}}, "the gradient is to go to the smaller critic alone"}},
               "the gradient goes to the critic that is the smaller");

    const Var A = tape.parameter(test.rng.normal(1, 20)),
              B = tape.parameter(test.rng.normal(1, 20));
    const Var p = tape.parameter(test.rng.normal(1, 20));
    test.equal("V with the critics swapped, beside V", soft_value(B, A, p, 0.2).value(),
               soft_value(A, B, p, 0.2).value(), {}, "which critic is the first must not matter");
  });
}
