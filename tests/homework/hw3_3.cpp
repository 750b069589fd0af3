// Plans with returns whose mean and standard deviation can be seen: -3, 3, 3 and 5 have the mean 2
// and deviate by -5, 1, 1 and 3, so that their sd is 3.
#include "exercise.hpp"
#include "planning/propagation.hpp"

using namespace mbrl;

int main() {
  return judge({"hw3.3", 3, "The score of a plan"}, [](Test& test) {
    const Matrix returns{{-3, 10, -5}, {3, 10, 1}, {5, 10, -7}, {3, 10, -5}};  // 4 particles
    test.equal("expected", score(returns, "expected", 0.5), {{2, 10, -4}},
               {{{{3.5, 10, -2.5}}, "that is optimistic: `expected` does not look at risk"},
                {{{0.5, 10, -5.5}}, "that is pessimistic: `expected` does not look at risk"},
                {{{3, 10, -5}}, "that is the median over the particles, not their mean"},
                {{{8, 40, -16}}, "that is the sum over the particles"}},
               "the mean over the particles of each plan, the rows of its column");
    const double unbiased = std::sqrt(3.0);  // half of the sd that N - 1 would give
    const std::string sign = "mean - risk * sd is pessimistic, mean + risk * sd optimistic";
    const std::string variance = "that is risk times the variance, not the standard deviation";
    const std::string biased = "the variance is divided by N - 1: divide by the particles, N";
    const std::string one = "asked is the mean of all particles, and risk times their sd";
    test.equal("pessimistic, risk 0.5", score(returns, "pessimistic", 0.5), {{0.5, 10, -5.5}},
               {{{{3.5, 10, -2.5}}, "the sign: " + sign},
                {{{-2.5, 10, -8.5}}, variance},
                {{{2 - unbiased, 10, -4 - unbiased}}, biased},
                {{{-3, 10, -7}}, "that is the return of the worst particle; " + one},
                {{{-1, 10, -7}}, "risk is missing"},
                {{{2, 10, -4}}, "that is still the mean"}},
               sign);
    test.equal("optimistic, risk 0.5", score(returns, "optimistic", 0.5), {{3.5, 10, -2.5}},
               {{{{0.5, 10, -5.5}}, "the sign: " + sign},
                {{{6.5, 10, 0.5}}, variance},
                {{{2 + unbiased, 10, -4 + unbiased}}, biased},
                {{{5, 10, 1}}, "that is the return of the best particle; " + one},
                {{{5, 10, -1}}, "risk is missing"},
                {{{2, 10, -4}}, "that is still the mean"}},
               sign);

    for (const char* kind : {"expected", "pessimistic", "optimistic"})
      test.equal(std::string("one particle, ") + kind, score(Matrix{{7, -3}}, kind, 2), {{7, -3}},
                 {}, "one particle does not deviate from its mean, so its sd is 0");

    const Matrix some = test.rng.normal(6, 5);
    const Row alone = score(some.col(3), "pessimistic", 2);
    test.equal("a plan scored alone, and between others", score(some, "pessimistic", 2)(3),
               alone(0), {}, "the score of a plan depends on the returns of other plans");
    const Row low = score(some, "pessimistic", 2), high = score(some, "optimistic", 2);
    test.equal("pessimistic plus optimistic", low + high, 2 * score(some, "expected", 2), {},
               "both are equally far from the mean");
    test.equal("the score of returns that are all moved up by 100",
               score(some.array() + 100, "pessimistic", 2), low + 100, {},
               "the sd is taken around the mean of the plan's own returns");
    const Matrix far = some.array() + Scalar(1e7) * (1 + test.rng.uniform());
    test.equal("how far pessimistic is below expected, for returns of ten million and more",
               score(far, "expected", 2) - score(far, "pessimistic", 2),
               score(some, "expected", 2) - low, {},
               "E[R^2] - E[R]^2 is a small difference of two large numbers, of which rounding "
               "leaves nothing (in float from returns of 1000 on): average the squared deviations");
  });
}
