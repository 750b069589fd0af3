// What the objective is asked about, and which plan comes back for scores that are given by hand.
#include "exercise.hpp"
#include "planning/random_shooting.hpp"

using namespace mbrl;

int main() {
  return judge({"hw3.1", 4, "Random shooting"}, [](Test& test) {
    const Vector low{{-1, 10, -8}}, high{{1, 14, 8}};
    Matrix seen;
    int calls = 0;
    const auto best_by = [&](const Row& scores, Rng& rng) -> Vector {
      const Objective J = [&](const Matrix& plans, Row& of_plans) {
        seen = plans, of_plans = scores;
        ++calls;
      };
      SearchBuffers buffers;
      return random_shooting(J, low, high, scores.size(), rng, buffers);
    };
    const auto best_for = [&](const Row& scores) { return best_by(scores, test.rng); };

    const Index K = 4000;
    best_for(Row::Zero(K));
    test.that(calls == 1 && seen.rows() == 3 && seen.cols() == K,
              "the objective is asked once, about K plans of 3 entries, a matrix (3, K)",
              "all K plans are drawn first, one a column of `plans`, and scored together");
    const Matrix u = (seen.colwise() - low).array().colwise() / (high - low).array();
    test.that(u.minCoeff() >= 0 && u.maxCoeff() <= 1,
              "entry i of every plan lies between low(i) and high(i)",
              seen.minCoeff() >= -1 && seen.maxCoeff() <= 1
                  ? "the box of the first entry is used for all of them"
                  : "every entry of a plan has a box of its own");
    test.that((seen.colwise() - seen.col(0)).cwiseAbs().maxCoeff() > 0, "the plans are different",
              "all plans are the same: every plan needs draws of its own");
    for (const double from : {0.0, 0.25, 0.5, 0.75}) {
      const Vector share =
          (u.array() >= from && u.array() < from + 0.25).cast<Scalar>().rowwise().mean();
      test.that((share.array() - 0.25).abs().maxCoeff() < 0.05,
                "a quarter of the plans lies in each quarter of the box",
                "the draws are not uniform over the whole box (cut off at a wall, or normal?)");
    }
    const Matrix centred = u.array() - 0.5;
    const Matrix together = centred * centred.transpose() / double(K);  // 1/12 on the diagonal
    for (Index i = 1; i < 3; ++i)
      test.that(together.row(i).head(i).cwiseAbs().maxCoeff() < 0.01,
                "the entries of a plan are independent of each other",
                "one draw is used for several entries of a plan: the first actions of a plan say "
                "nothing about the later ones");

    // What is drawn is a function of rng, and moves it on.
    const Rng before = test.rng;
    Rng same = before, other(test.rng.bits(), "other");
    const auto drawn = [&](Rng& rng) {
      best_by(Row::Zero(5), rng);
      return seen;
    };
    const Matrix first = drawn(same), next = drawn(same), elsewhere = drawn(other);
    same = before;
    const std::string only_rng = "all draws must come from `rng`, so that a seed repeats a run";
    test.that(drawn(same) == first, "a search with the same rng draws the same plans", only_rng);
    test.that(elsewhere != first, "a search with another rng draws other plans", only_rng);
    test.that(next != first, "the next search draws other plans",
              "the same is drawn every time: a copy of rng leaves rng itself where it was");

    const Vector best = best_for(Row{{1, 3, -2, 2}});
    test.equal("the plan for the scores 1, 3, -2, 2 (here as a row)", best.transpose(),
               seen.col(1).transpose(),
               {{seen.col(2).transpose(), "that is the plan with the lowest score"},
                {seen.col(0).transpose(), "that is the first plan, not the best one"},
                {seen.col(3).transpose(), "that is the last plan, not the best one"}},
               "the answer is the column of `plans` with the largest score");

    const Vector last = best_for(Row{{1, -1, 2, 3}});
    test.equal("the plan for the scores 1, -1, 2, 3", last.transpose(), seen.col(3).transpose(),
               {{seen.col(2).transpose(), "the last plan is never considered"}},
               "every column of `plans` may be the best one, the last too");
    const Vector foremost = best_for(Row{{3, 1, -1, 2}});
    test.equal("the plan for the scores 3, 1, -1, 2", foremost.transpose(), seen.col(0).transpose(),
               {{seen.col(3).transpose(), "the first plan is never considered"}},
               "every column of `plans` may be the best one, the first too");

    const Vector least_bad = best_for(Row{{-5, -3, -9, -4}});
    test.equal("the plan for the scores -5, -3, -9, -4", least_bad.transpose(),
               seen.col(1).transpose(),
               {{seen.col(2).transpose(), "that is the plan with the largest absolute value"}},
               "all scores are negative here: a search for the best one may not begin at 0");

    const Vector finite = best_for(Row{{NAN, 1, INFINITY, 0}});
    const std::string hint =
        "a plan won whose score is not finite: which function of objective.hpp is for that?";
    test.equal("the plan for the scores NaN, 1, infinity, 0", finite.transpose(),
               seen.col(1).transpose(),
               {{seen.col(0).transpose(), hint}, {seen.col(2).transpose(), hint}},
               "what is not finite never wins");
  });
}
