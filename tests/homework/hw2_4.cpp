// Particles 1, 2, 3, 4 and truths between them, so that the share of particles below a truth is 0,
// 1/4, 1/2, 3/4 or 1; no truth is equal to a particle.
#include "exercise.hpp"
#include "report/prediction.hpp"

using namespace mbrl;

// One coordinate, one step: the same particles for every truth.
static OpenLoop open_loop(const Matrix& particles, const Matrix& truth) {
  return {{"x"}, {truth}, {std::vector<Matrix>(std::size_t(truth.cols()), particles)}};
}

int main() {
  return judge({"hw2.4", 4, "Calibration"}, [](Test& test) {
    const OpenLoop open = open_loop(Matrix{{3, 1, 4, 2}}, Matrix{{0.5, 1.5, 2.5, 3.5, 4.5}});
    const double got = coverage(open, 1, 0.8);
    test.that(!std::isnan(got), "the coverage is a number",
              "0 / 0: every truth that is asked must grow count by 1, inside or not");
    test.equal(
        "the share of 0.5, 1.5, 2.5, 3.5 and 4.5 in the central 80 % of the particles 1, 2, 3, 4",
        got, 0.6,
        {{0.8, "the interval is open on one side: 4.5 is above all particles, or 0.5 below them"},
         {1.0,
          "an interval of probability 0.8 reaches 0.4 to each side of the median, not 0.8; or "
          "count grows only for truths that are inside"},
         {0.4, "the share of truths outside of the interval"},
         {0.2, "an interval of probability 1 - level"},
         {3.0, "inside is counted, but count is not: it grows by 1 for every truth"}},
        "a share p of the particles is below the truth; how far may p be from 1/2?");
    test.equal("the same in the central 20 %", coverage(open, 1, 0.2), 0.2,
               {{0.4, "the interval is open on one side: only the lowest values of p are outside"},
                {0.8, "the share of truths outside of the interval"}},
               "only 2.5, the median of the particles, is in there");
    test.equal("the same in the central 100 %", coverage(open, 1, 1), 1, {},
               "at level 1 every truth is inside, also one beyond all particles");

    // Particles that no normal would give: their mean is 251.5, and their sd 432.
    const std::string normal =
        "that is an interval around the particles' mean, as wide as a normal of their sd would "
        "have it; the particles need not be normal, so count how many are below the truth";
    const OpenLoop skewed = open_loop(Matrix{{1, 2, 3, 1000}}, Matrix{{0.5, 1.9, 2.5, 300, 2000}});
    test.equal("the share of 0.5, 1.9, 2.5, 300 and 2000 in the central 60 % of 1, 2, 3, 1000",
               coverage(skewed, 1, 0.6), 0.6, {{0.8, normal}},
               "the truths with 1, 2 or 3 of the 4 particles below them are in there");
    test.equal("the same in the central 20 %", coverage(skewed, 1, 0.2), 0.2, {{0.0, normal}},
               "2.5 alone has half of the particles below it");

    // Two steps, two coordinates; the second coordinate of the first start is known for sure.
    OpenLoop two{{"x", "y"}, {}, {}};
    two.truth = {Matrix{{9, 9}, {9, 9}}, Matrix{{2.5, 9}, {5, 2.5}}};
    const Matrix unsure{{1, 2, 3, 4}, {5, 5, 5, 5}}, wide{{1, 2, 3, 4}, {4, 3, 2, 1}};
    two.particles = {{wide, wide}, {unsure, wide}};
    test.equal("2 of 3 truths, two steps ahead", coverage(two, 2, 0.5), 2.0 / 3,
               {{0.0, "the first step is looked at, or the wrong start"},
                {2.0, "count grows by 1 for every coordinate of every start"}},
               "every coordinate of every start counts by itself");

    // A model that is three times too sure: its central half reaches 0.2248 sd of the truth to
    // each side, which hold 17.8 % of it.
    const Matrix sure = test.rng.normal(1, 1000) / 3, truth = test.rng.normal(1, 4000);
    test.equal("the central half of a model that is three times too sure",
               coverage(open_loop(sure, truth), 1, 0.5), 0.178,
               {{0.5, "the interval is open on one side: half of all truths lie below a median"}},
               "a too narrow model has its truths outside of its intervals", 0.06);
    test.equal(
        "the same with left and right exchanged",
        coverage(open_loop(Matrix(-sure), Matrix(-truth)), 1, 0.5),
        coverage(open_loop(sure, truth), 1, 0.5), {},
        "the interval is not symmetric: as much probability is to be left out below as above",
        1e-3);
  });
}
