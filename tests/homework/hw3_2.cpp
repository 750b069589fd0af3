// A search whose elites are known: the plan that lies nearest to p is scored best, and the one
// nearest to q second. The mean is what cem() returns after one iteration; the standard deviation
// is seen in the trace of a second one. Two numbers x and y have the mean (x + y) / 2 and the
// standard deviation |x - y| / 2.
#include "exercise.hpp"
#include "planning/cem.hpp"

using namespace mbrl;

namespace {

struct Search {
  Vector start, half_width;  // the box: from -half_width to half_width
  Vector p, q;
  Index K = 4000;
  Vector best = {}, second = {};  // the elites that there were in the first iteration
  CemTrace trace = {};

  Vector run(Rng& rng, int iterations, int elites, double keep_old) {
    CemConfig config;
    config.candidates = static_cast<int>(K), config.iterations = iterations;
    config.elites = elites, config.keep_old = keep_old;
    trace = {};
    const Objective J = [&](const Matrix& plans, Row& scores) {
      scores = Row::Zero(plans.cols());
      if (!trace.mean_sd.empty()) return;
      const auto nearest_to = [&](const Vector& x) {
        const Matrix away = half_width.cwiseInverse().asDiagonal() * (plans.colwise() - x);
        Index k;
        away.colwise().squaredNorm().minCoeff(&k);
        return k;
      };
      const Index first = nearest_to(p), next = nearest_to(q);
      scores(first) = 2, scores(next) = 1;
      best = plans.col(first), second = plans.col(next);
    };
    SearchBuffers buffers;
    return cem(J, start, -half_width, half_width, config, rng, buffers, &trace);
  }
};

}  // namespace

int main() {
  return judge({"hw3.2", 5, "The cross-entropy method: fit to the elites"}, [](Test& test) {
    Search off{Vector{{1, -10}}, Vector{{8, 80}}, Vector{{4, 10}}, Vector{{-1, -30}}};
    Vector mean = off.run(test.rng, 1, 1, 0.25);
    const Vector way = (mean - off.start).cwiseQuotient(off.best - off.start);
    test.equal("1 elite, keep_old = 0.25: how far the mean moves from the old one to the elite",
               way, {{0.75}, {0.75}},
               {{{{0.25}, {0.25}}, "keep_old is the weight of the OLD mean and variance"},
                {{{1}, {1}}, "the mean is not smoothed: what is keep_old for?"},
                {{{0}, {0}}, "the mean does not move at all"}},
               "the weights of the old mean and of that of the elites add up to 1");

    Search two{Vector{{0, 0}}, Vector{{8, 80}}, Vector{{3, 10}}, Vector{{-1, -10}}};
    mean = two.run(test.rng, 1, 2, 0);
    const Vector between = (mean - two.second).cwiseQuotient(two.best - two.second);
    test.equal("2 elites, keep_old = 0: how far the mean is on the way from the one to the other",
               between, {{0.5}, {0.5}},
               {{{{1}, {1}}, "the mean is that of the best elite alone"},
                {{{0}, {0}}, "the mean is that of the last elite alone"}},
               "the mean over the columns of `elite`, for every entry of a plan by itself");

    // Of so many plans two are at 3.5 and 0.5 to within 0.005: mean 2, variance 2.25. The old mean
    // is 0, the old variance 16.
    Search one{Vector{{0}}, Vector{{8}}, Vector{{3.5}}, Vector{{0.5}}, 40000};
    one.run(test.rng, 2, 2, 0.25);
    test.equal("elites at 3.5 and 0.5, old mean 0, old sd 4, keep_old = 0.25: the new sd",
               one.trace.mean_sd[1], 2.38485,
               {{3.25,
                 "so large that the walls limit it: keep_old is the weight of the OLD variance "
                 "(and the variance has to be set)"},
                {1.5, "the mean is smoothed, but not the variance"},
                {2.125, "variances are smoothed, not standard deviations"},
                {1.45774, "`variance` holds variances: cem() takes the root of it by itself"},
                {2.71570, "the squared deviations are divided by E - 1 (here 1), not by E"},
                {2, "the squared deviations are divided by the candidates, not by the elites"},
                {2.42384,
                 "the deviations are those from the new, smoothed mean, not from the mean "
                 "of the elites"},
                {2.94746,
                 "the deviations are those from the old mean, not from the mean of the "
                 "elites"}},
               "smooth the variance in the same way as the mean", 1e-3);

    two.run(test.rng, 2, 2, 0);
    const Vector half = (two.best - two.second).cwiseAbs() / 2;
    test.equal(
        "2 elites, keep_old = 0: the new sd, mean over the entries, as a multiple of half "
        "the distance of the elites",
        two.trace.mean_sd[1] / half.mean(), 1, {},
        "the variance of the elites around their mean, for every entry of a plan by itself");

    mean = off.run(test.rng, 3, 5, 1);
    test.that(
        mean.isApprox(off.start) && std::abs(off.trace.mean_sd[2] - off.trace.mean_sd[0]) < 1e-6,
        "with keep_old = 1 the distribution stays what it was",
        "keep_old = 1: nothing of the elites comes in");
  });
}
