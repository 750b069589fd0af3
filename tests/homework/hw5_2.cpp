// x' = x + 1, and the world ends at 3: of the rollouts from x = 0, 2 and 1 the second ends first.
#include "dynamics/short_rollouts.hpp"
#include "envs/point_mass.hpp"
#include "exercise.hpp"

using namespace mbrl;

namespace {

struct Edge : PointMass {
  EnvSpec spec() const {
    EnvSpec spec = PointMass::spec();
    spec.terminates = true;
    return spec;
  }
  Mask terminated(const Matrix& s_next) const { return s_next.row(0).array() >= 3; }
};

Step<Matrix> one_step(const Matrix& s, const Matrix&) {
  Matrix s_next = s;
  s_next.row(0).array() += 1;
  return {s_next, Row::Zero(s.cols())};
}

Matrix stand_still(const Matrix& s) { return Matrix::Zero(2, s.cols()); }

}  // namespace

int main() {
  return judge({"hw5.2", 3, "Branched rollouts with a mask"}, [](Test& test) {
    const auto env = make_env(Edge{});
    Matrix s = Matrix::Zero(4, 3);
    s.row(0) << 0, 2, 1;
    s.row(1) << 10, 20, 30;  // whose rollout it is
    const auto steps = short_rollouts(*env, one_step, stand_still, s, 4);
    test.that(steps.size() > 1, "two rollouts of three go on after the first step",
              "the whole batch stops at the first end; only the rollout that has ended does");
    test.equal("x, and whose it is, before the second step, after x' = 1, 3 (the end), 2",
               steps[1].s.topRows(2), {{1, 2}, {10, 30}},
               {{{{1, 3, 2}, {10, 20, 30}},
                 "all rollouts go on, the one that has ended too: it imagines what comes after "
                 "the end"},
                {{{3}, {20}}, "the mask is the wrong way round: only what has ended goes on"},
                {{{0, 1}, {10, 30}},
                 "the rollouts go on from the s they were in, and not from the s' they came to"},
                {{{0, 2, 1}, {10, 20, 30}}, "s is still what it was before the step"}},
               "s are the s' of those rollouts whose step was not terminated, in their order");
    Matrix sizes(1, Index(steps.size()));
    for (std::size_t h = 0; h < steps.size(); ++h) sizes(0, Index(h)) = Scalar(steps[h].size());
    test.equal("how many rollouts take the first, the second, ... step; at most four", sizes,
               {{3, 2, 1}},
               {{{{3, 2, 2, 2}}, "a rollout that ends at a later step goes on"},
                {{{3, 2}}, "at the second end the last rollout stops too"}},
               "a rollout stops at its own end, at whatever step; without any left there are none");

    // Where nothing ends.
    const auto endless = make_env(PointMass{});
    const auto all = short_rollouts(*endless, one_step, stand_still, test.rng.normal(4, 5), 6);
    test.that(all.size() == 6, "six steps where nothing ends", "without an end, all go on");
    for (std::size_t h = 1; h < all.size(); ++h)
      test.equal("where nothing ends, s of a step beside s' of the one before it", all[h].s,
                 all[h - 1].s_next,
                 {{all[h - 1].s,
                   "s moves on only where a rollout has ended; without any, s is to "
                   "move on as well"}},
                 "without an end, all of s_next goes on");
  });
}
