// Four trajectories of two steps, whose means can be worked out in the head.
#include "exercise.hpp"
#include "learners/policy_trainer.hpp"

using namespace mbrl;

int main() {
  return judge({"hw4.3", 4, "The baseline"}, [](Test& test) {
    const Matrix Q{{3, 6, 9, 18}, {0, 0, 0, 12}};
    test.equal(
        "the baselines where Q is (3, 6, 9, 18) at the first step and (0, 0, 0, 12) at the second",
        mean_of_the_others(Q), {{11, 10, 9, 6}, {4, 4, 4, 0}},
        {{{{9, 9, 9, 9}, {3, 3, 3, 3}},
          "that is the mean of all, with the trajectory itself in it"},
         {{{12, 12, 12, 12}, {4, 4, 4, 4}}, "the trajectory itself is still in the sum"},
         {{{8.25, 7.5, 6.75, 4.5}, {3, 3, 3, 0}}, "divided by B, but there are only B - 1 others"},
         {{{33, 30, 27, 18}, {12, 12, 12, 0}}, "that is the sum of the others, not their mean"},
         {{{1.5, 3, 4.5, 15}, {1.5, 3, 4.5, 15}},
          "that is a mean over time; the others are in the same row"},
         {{{0, 0, 0, 12}, {3, 6, 9, 18}},
          "that is a mean over the other steps; the others are in the same row"},
         {{{7.5, 7, 6.5, 3}, {7.5, 7, 6.5, 3}},
          "the same baseline for all steps: each has its own, as less and less is still to come"},
         {{{11, 10, 9, 6}, {12, 12, 12, 0}},
          "those that have ended are left out of the mean: they count, with 0"},
         {{{-11, -10, -9, -6}, {-4, -4, -4, 0}}, "the sign: what is subtracted later is the mean"},
         {{{-8, -4, 0, 12}, {-4, -4, -4, 12}}, "the baseline is to be returned, not Q minus it"}},
        "for every entry the mean of the other entries of its row");
    test.equal("two trajectories", mean_of_the_others(Matrix{{5, 7}, {-1, 2}}), {{7, 5}, {2, -1}},
               {}, "of two, the other one is all the others");

    Matrix some = test.rng.normal(3, 5);
    const Matrix before = mean_of_the_others(some);
    test.equal("the mean of the baselines over the trajectories, step by step",
               before.rowwise().mean(), some.rowwise().mean(), {},
               "it is the mean of Q: every entry is one of the others B - 1 times");
    some(1, 2) += 100;
    const Matrix after = mean_of_the_others(some);
    test.equal("the baseline of entry (1, 2) when 100 is added to that entry of Q", after(1, 2),
               before(1, 2), {},
               "it must not depend on the trajectory's own actions, or the gradient is biased");
    test.equal("the other baselines of that step", after(1, 0) - before(1, 0), 25, {},
               "100, shared among B - 1 = 4");
    test.equal("the baselines of the other steps", after.row(2), before.row(2), {},
               "every step by itself");
  });
}
