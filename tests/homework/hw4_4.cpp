// Four starts, two coordinates, two steps ahead. The errors of x are 1, 3, -3, 9 at the first step,
// and the model's sd is 2, 2, 1, 4 there; at the second all is twice as large.
#include "exercise.hpp"
#include "report/prediction.hpp"

using namespace mbrl;

namespace {

// Four particles with that mean and sd, in both coordinates.
Matrix particles(double x, double sd_x, double v, double sd_v) {
  return Matrix{{Scalar(x - sd_x), Scalar(x + sd_x), Scalar(x + sd_x), Scalar(x - sd_x)},
                {Scalar(v + sd_v), Scalar(v + sd_v), Scalar(v - sd_v), Scalar(v - sd_v)}};
}

// One coordinate of the table: a row for each k, with whatever is asked of it.
Matrix column(const std::vector<KStepError>& table, const std::string& name,
              double KStepError::*what) {
  std::vector<double> found;
  for (const KStepError& row : table)
    if (row.name == name) found.push_back(row.*what);
  return Eigen::Map<Eigen::MatrixXd>(found.data(), 1, Index(found.size())).cast<Scalar>();
}

}  // namespace

int main() {
  return judge({"hw4.4", 4, "How far off, k steps ahead"}, [](Test& test) {
    const Matrix starts{{1, 2, 3, 4}, {5, 5, 5, 5}};
    OpenLoop open;
    open.names = {"x", "v"};
    open.truth = {Matrix{{7, 0, 21, 10}, {5, 5, 5, 5}}, Matrix{{13, -2, 39, 16}, {5, 5, 5, 5}}};
    open.particles = {{particles(6, 2, 5, 1), particles(-3, 2, 5, 1), particles(24, 1, 5, 1),
                       particles(1, 4, 5, 1)},
                      {particles(11, 4, 5, 1), particles(-8, 4, 5, 1), particles(45, 2, 5, 1),
                       particles(-2, 8, 5, 1)}};
    const std::vector<KStepError> table = k_step_errors(open, starts);

    const std::string root = "the square root is taken below, so here squares are averaged; ";
    test.equal(
        "rmse of x, 1 and 2 steps ahead", column(table, "x", &KStepError::rmse), {{5, 10}},
        {{{{2, std::sqrt(8.0)}}, root + "absolute errors were"},
         {{{std::sqrt(2.5), std::sqrt(5.0)}}, root + "the errors themselves were, with their sign"},
         {{{10, 20}},
          "that is the sum over the starts (each has a share of 1 / count), or how far the truth "
          "has "
          "moved"},
         {{{std::sqrt(125.0), std::sqrt(500.0)}},
          "that is how far the particles' mean has moved from the start: the error is against the "
          "truth"},
         {{{std::sqrt(31.25), std::sqrt(125.0)}},
          "that is the error of single particles: asked is that of their mean"}},
        "the mean over the starts of (truth - mean of the particles)^2");
    test.equal(
        "rmse of \"nothing changes\", x", column(table, "x", &KStepError::unchanged), {{10, 20}},
        {{{{std::sqrt(8.0), 4}}, root + "absolute differences were"},
         {{{10, 10}},
          "measured from the truth one step before; nothing has changed since the start"},
         {{{std::sqrt(125.0), std::sqrt(500.0)}},
          "that is how far the particles have moved: asked is how far the truth has"},
         {{{20, 40}}, "that is the sum over the starts: every start has a share of 1 / count"},
         {{{5, 10}}, "that is the error of the model: here the prediction is the start itself"}},
        "the mean over the starts of (truth - start)^2");
    test.equal(
        "the model's sd, x", column(table, "x", &KStepError::sd), {{2.5, 5}},
        {{{{1.5, std::sqrt(4.5)}}, root + "the sds were not squared"},
         {{{5, 10}}, "that is the sum over the starts: every start has a share of 1 / count"}},
        "the mean over the starts of sd^2");
    test.equal("the share within 1 sd, x", column(table, "x", &KStepError::within_1sd),
               {{0.25, 0.25}},
               {{{{1, 1}}, "that is how many starts: their share is asked for"},
                {{{0, 0}}, "no start is counted: is that a division of whole numbers?"},
                {{{0.5, 0.5}}, "an error far below counts as within: take its absolute value"},
                {{{0.75, 0.75}},
                 "errors are compared with the variance and not with the sd, or that is the share "
                 "outside"}},
               "the share of the starts with |error| <= sd");
    test.equal("the share within 2 sd, x", column(table, "x", &KStepError::within_2sd),
               {{0.5, 0.5}},
               {{{{2, 2}}, "that is how many starts: their share is asked for"},
                {{{0, 0}}, "no start is counted: is that a division of whole numbers?"},
                {{{0.75, 1}}, "errors are compared with 2 sd^2: it is the sd that is doubled"},
                {{{1, 1}}, "errors are compared with 4 sd^2, but not squared themselves"},
                {{{0.75, 0.75}}, "an error far below counts as within: take its absolute value"},
                {{{0.25, 0.25}}, "those within 1 sd are within 2 sd too"}},
               "the share of the starts with |error| <= 2 sd");

    // An error of exactly 1 sd, and one of exactly 2.
    OpenLoop edge{{"x", "v"}, {Matrix{{3, 5}, {0, 0}}}, {}};
    edge.particles = {{particles(1, 2, 0, 1), particles(1, 2, 0, 1)}};
    const KStepError at_edge = k_step_errors(edge, Matrix::Zero(2, 2))[0];
    test.equal("the shares within 1 and 2 sd, for errors of exactly 1 and 2 sd",
               Matrix{{Scalar(at_edge.within_1sd), Scalar(at_edge.within_2sd)}}, {{0.5, 1}}, {},
               "the end counts as within: |error| <= c sd, not <");

    Matrix still(2, 5);
    for (Index k = 0; k < 2; ++k)
      still.row(k) << column(table, "v", &KStepError::rmse)(k),
          column(table, "v", &KStepError::unchanged)(k), column(table, "v", &KStepError::sd)(k),
          column(table, "v", &KStepError::within_1sd)(k),
          column(table, "v", &KStepError::within_2sd)(k);
    test.equal("rmse, unchanged, sd and shares of v, which never changes", still,
               {{0, 0, 1, 1, 1}, {0, 0, 1, 1, 1}}, {},
               "every coordinate i by itself, row i of truth, starts and particles");

    // In other units and from another origin the same model is as good as before.
    Rng& rng = test.rng;
    const Matrix from = rng.normal(1, 30);
    OpenLoop metres{{"x"}, {rng.normal(1, 30)}, {{}}}, centimetres{{"x"}, {}, {{}}};
    for (Index j = 0; j < 30; ++j) metres.particles[0].push_back(rng.normal(1, 20));
    const auto convert = [](const Matrix& x) { return Matrix(100 * x.array() + 7); };
    centimetres.truth.push_back(convert(metres.truth[0]));
    for (const Matrix& x : metres.particles[0]) centimetres.particles[0].push_back(convert(x));
    const KStepError m = k_step_errors(metres, from)[0];
    const KStepError cm = k_step_errors(centimetres, convert(from))[0];
    test.equal("rmse, unchanged and sd in centimetres, from those in metres",
               Matrix{{Scalar(cm.rmse), Scalar(cm.unchanged), Scalar(cm.sd)}},
               Matrix{{Scalar(100 * m.rmse), Scalar(100 * m.unchanged), Scalar(100 * m.sd)}}, {},
               "all three have the unit of the state");
    test.equal("the shares within 1 and 2 sd, in centimetres and in metres",
               Matrix{{Scalar(cm.within_1sd), Scalar(cm.within_2sd)}},
               Matrix{{Scalar(m.within_1sd), Scalar(m.within_2sd)}}, {},
               "they do not depend on the unit");
  });
}
