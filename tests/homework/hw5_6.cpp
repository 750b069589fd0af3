// x' = x + 1, and the ground is missing at 3 and 4: whoever comes to 3 has fallen, and a model that
// knows nothing of that carries it over to 5, where there is ground again.
#include "algorithms/08_mve.hpp"
#include "envs/point_mass.hpp"
#include "exercise.hpp"

using namespace mbrl;

namespace {

struct Gap : PointMass {
  EnvSpec spec() const {
    EnvSpec spec = PointMass::spec();
    spec.terminates = true;
    return spec;
  }
  Mask terminated(const Matrix& s_next) const {
    return s_next.row(0).array() >= 3 && s_next.row(0).array() <= 4;
  }
};

Step<Matrix> one_step(const Matrix& s, const Matrix&) {
  Matrix s_next = s;
  s_next.row(0).array() += 1;
  return {s_next, s.row(0)};
}

Matrix stand_still(const Matrix& s) { return Matrix::Zero(2, s.cols()); }

// Real steps to x'.
Batch steps_to(const Env& env, const Matrix& x) {
  Matrix s = Matrix::Zero(4, x.cols());
  s.row(0) = x;
  const Matrix s_next = s;
  s.row(0).array() -= 1;
  const Mask none = Mask::Constant(x.cols(), false);
  return {s, stand_still(s), Row::Zero(x.cols()), s_next, env.terminated(s_next), none};
}

}  // namespace

int main() {
  return judge({"hw5.6", 3, "Find the bug: values from beyond the end"}, [](Test& test) {
    const auto env = make_env(Gap{});
    const auto tau =
        mve::expand(*env, steps_to(*env, Matrix{{0, 2, 3, 5}}), one_step, stand_still, 4);
    test.that(tau.steps.size() == 5 && tau.counts.size() == 5, "H = 4 makes five steps, and counts",
              "one step and one row of counts per imagined step, behind the real one");
    Matrix x(5, 4), counts(5, 4);
    for (Index t = 0; t < 5; ++t) {
      const auto k = std::size_t(t);
      test.that(tau.steps[k].size() == 4 && tau.counts[k].size() == 4, "all steps have B columns",
                "no column goes: one that has ended stays, and does not count");
      x.row(t) = tau.steps[k].s.row(0), counts.row(t) = tau.counts[k].cast<Scalar>();
    }
    test.equal("x before the real step and four imagined ones, after real steps to 0, 2, 3, 5", x,
               {{-1, 1, 2, 4}, {0, 2, 3, 5}, {1, 3, 4, 6}, {2, 4, 5, 7}, {3, 5, 6, 8}}, {},
               "an imagined step begins at the s' of the one before");
    test.equal(
        "which of them count, if 3 and 4 are the end", counts,
        {{1, 1, 1, 1}, {1, 1, 0, 1}, {1, 0, 0, 1}, {1, 0, 0, 1}, {0, 0, 0, 1}},
        {{{{1, 1, 1, 1}, {1, 1, 0, 1}, {1, 0, 0, 1}, {1, 0, 1, 1}, {0, 1, 1, 1}},
          "a rollout that has ended counts again as soon as it comes to a state that is no end; "
          "what has once ended stays ended"},
         {{{1, 1, 1, 1}, {1, 0, 0, 1}, {1, 0, 0, 1}, {0, 0, 0, 1}, {0, 0, 0, 1}},
          "the step that ends a rollout is the last that counts; here it is the first that does "
          "not"},
         {{{1, 1, 1, 1}, {1, 1, 0, 1}, {1, 1, 0, 1}, {1, 1, 0, 1}, {1, 1, 0, 1}},
          "only an end of the real step is noticed; imagined steps can end too"},
         {{{1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}, {1, 1, 1, 1}},
          "all steps count: nothing is ever noticed to have ended"},
         {{{1, 1, 1, 1}, {0, 0, 1, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 0, 0}},
          "the mask is the wrong way round: only what has ended goes on"}},
        "a step counts if no step before it was the end, the real one or an imagined one");

    // Where nothing ends, all count.
    const auto endless = make_env(PointMass{});
    const Matrix starts = test.rng.normal(1, 6);
    const auto all = mve::expand(*endless, steps_to(*endless, starts), one_step, stand_still, 3);
    for (const Mask& mask : all.counts)
      test.equal("which steps count in a world without an end", mask.cast<Scalar>(),
                 Matrix::Ones(1, 6), {}, "without an end, all count");
    test.equal(
        "how many steps there are with H = 0",
        double(
            mve::expand(*env, steps_to(*env, Matrix{{0}}), one_step, stand_still, 0).steps.size()),
        1, {}, "H = 0: the real step alone");
  });
}
