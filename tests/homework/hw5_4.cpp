// With gamma = 1/10, rewards 1, 2, 3 and V' = 4 the digits of a target say what is in it: 1.234.
#include "algorithms/08_mve.hpp"
#include "exercise.hpp"

using namespace mbrl;

namespace {

// Steps with the rewards r, the same in each column; ends(t, j): does step t end column j?
mve::Expansion steps(const std::vector<double>& r, const Matrix& ends) {
  mve::Expansion tau;
  const Index B = ends.cols();
  Mask counts = Mask::Constant(B, true);
  for (std::size_t t = 0; t < r.size(); ++t) {
    const Matrix s = Matrix::Constant(1, B, Scalar(t));
    const Mask ended = ends.row(Index(t)).array() > 0;
    tau.steps.push_back({s, s, Row::Constant(B, Scalar(r[t])), s, ended, Mask::Constant(B, false)});
    tau.counts.push_back(counts);
    counts = counts && !ended;
  }
  return tau;
}

Matrix below_one_another(const Test& test, const std::vector<Row>& y, Index B) {
  Matrix all(Index(y.size()), B);
  for (std::size_t t = 0; t < y.size(); ++t) {
    test.that(y[t].size() == B, "y[" + std::to_string(t) + "] has a target for every column",
              y[t].size() == 0 ? "the loop does not come to this step, and leaves y[t] empty"
                               : "y[t] is (1, B)");
    all.row(Index(t)) = y[t];
  }
  return all;
}

}  // namespace

int main() {
  return judge({"hw5.4", 4, "Value expansion"}, [](Test& test) {
    test.equal("H = 0: y of a reward 1, with V' = 4 and gamma = 0.1",
               below_one_another(
                   test, mve::value_expansion(steps({1}, Matrix::Zero(1, 1)), Row{{4}}, 0.1), 1),
               1.4,
               {{5, "there is no gamma"},
                {1.04, "gamma is squared"},
                {0.5, "gamma is on the reward too"},
                {1, "V' is missing"}},
               "y = r + gamma V'");

    test.equal(
        "y_0, y_1, y_2 for rewards 1, 2, 3, with V' = 4 and gamma = 0.1",
        below_one_another(
            test, mve::value_expansion(steps({1, 2, 3}, Matrix::Zero(3, 1)), Row{{4}}, 0.1), 1),
        {{1.234}, {2.34}, {3.4}},
        {{{{1.4}, {2.4}, {3.4}},
          "every step bootstraps from V' at the end; only the last does, the others from the y "
          "that comes after them"},
         {{{1.4}, {2.14}, {3.214}},
          "this goes forwards in time: y_t needs y_{t+1}, so the last step comes first"},
         {{{1.0004}, {2.004}, {3.04}},
          "every step bootstraps from V' at the end, and the rewards between are missing"},
         {{{1.2304}, {2.304}, {3.04}}, "V' is discounted once more than it should be"}},
        "y_t = r_t + gamma y_{t+1}, the last with V' in the place of y_{t+1}");

    const Matrix ends{{0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}};
    test.equal("the same in four columns: without an end, and ended by step 0, 1 and 2",
               below_one_another(
                   test, mve::value_expansion(steps({1, 2, 3}, ends), Row::Constant(4, 4), 0.1), 4),
               {{1.234, 1, 1.2, 1.23}, {2.34, 2.34, 2, 2.3}, {3.4, 3.4, 3.4, 3}},
               {{{{1.234, 1.234, 1.234, 1.234}, {2.34, 2.34, 2.34, 2.34}, {3.4, 3.4, 3.4, 3.4}},
                 "terminated is not looked at: nothing comes after an end"},
                {{{1, 1.2, 1, 1}, {2, 2, 2.3, 2}, {3, 3, 3, 3.4}},
                 "the mask is the wrong way round: only what has ended has a future"},
                {{{1.234, 0, 1, 1.2}, {2.34, 2.34, 0, 2}, {3.4, 3.4, 3.4, 0}},
                 "the step that ends an episode has a reward all the same; the mask is on "
                 "y_{t+1} alone"},
                {{{1.234, 1.234, 1, 1.2}, {2.34, 2.34, 2.34, 2}, {3.4, 3.4, 3.4, 3.4}},
                 "the mask is that of the step after: the end of step t itself cuts y_{t+1} off"},
                {{{1.234, 1, 1.2, 1.234}, {2.34, 2, 2, 2.34}, {3.4, 3.4, 3.4, 3.4}},
                 "counts says which steps are trained on; that the last step may be an end is not "
                 "in it, but in terminated"}},
               "a column that step t ends has y_t = r_t, whatever comes after");

    // A reward of 1 - gamma for ever is worth 1.
    const double gamma = 0.1 + 0.8 * double(test.rng.uniform());
    const Index H = 3 + test.rng.below(20), B = 1 + test.rng.below(5);
    const std::vector<double> r(std::size_t(H + 1), 1 - gamma);
    const auto y =
        mve::value_expansion(steps(r, Matrix::Zero(H + 1, B)), Row::Constant(B, 1), gamma);
    test.equal("all y for rewards of 1 - gamma, V' = 1, H = " + std::to_string(H),
               below_one_another(test, y, B), Matrix::Ones(H + 1, B), {},
               "with so many steps something else is done than with three");
  });
}
