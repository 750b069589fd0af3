// Three models that say 0, 3 and 6 at one x and 1, 1 and 1 at another, with variances 1, 4 and 16.
#include "dynamics/posterior.hpp"
#include "exercise.hpp"

using namespace mbrl;

// y ~ N(slope x + bias, var), exactly; var 0 is a deterministic model.
static Theta linear(double slope, double bias, double var) {
  Theta theta;
  theta.noise = var > 0 ? Noise::fixed : Noise::none;
  theta.net.layers.push_back(
      {Matrix::Constant(1, 1, Scalar(slope)), Matrix::Constant(1, 1, Scalar(bias))});
  theta.min_log_var = theta.max_log_var = Matrix::Constant(1, 1, Scalar(std::log(var)));
  return theta;
}

int main() {
  return judge({"hw2.3", 5, "Two types of uncertainty"}, [](Test& test) {
    const Moments m =
        moments({linear(1, 0, 1), linear(-2, 3, 4), linear(-5, 6, 16)}, Matrix{{0, 1}});
    test.equal("mean, of 0, 3, 6 and of 1, 1, 1", m.mean, {{3, 1}},
               {{{{9, 3}}, "the sum over the models: divide by N"},
                {{{0, 0}}, "m.mean is still 0: nothing was added to it"}},
               "the mean of the models' means");
    test.equal("aleatoric, of variances 1, 4 and 16", m.aleatoric, {{7, 7}},
               {{{{1.3862943611, 1.3862943611}},
                 "a mean of log-variances: a model says log_var, the variance is its exponential"},
                {{{2.3333333333, 2.3333333333}},
                 "the mean of the standard deviations, not of the variances"},
                {{{5.4444444444, 5.4444444444}},
                 "standard deviations do not average: take the mean of the variances"},
                {{{21, 21}}, "the sum over the models: divide by N"},
                {{{0, 0}}, "m.aleatoric is still 0: nothing was added to it"}},
               "E[sigma_i^2], the mean over the models of the variance that each one says");
    test.equal(
        "epistemic, of means 0, 3, 6 and 1, 1, 1", m.epistemic, {{6, 0}},
        {{{{9, 0}}, "divided by N - 1: the ensemble is the whole distribution, no sample of it"},
         {{{15, 1}}, "that is E[mu_i^2], which is large where all models agree on a large mean"},
         {{{13, 7}}, "the aleatoric variance is in it: that is the total"},
         {{{13.0 / 3, 5.0 / 27}},
          "the deviations are taken from a mean that is not complete yet: it takes two passes"},
         {{{18, 0}}, "the sum over the models: divide by N"},
         {{{2.4494897428, 0}}, "a standard deviation: the variance is wanted"},
         {{{0, 0}}, "m.epistemic is still 0: nothing was added to it"}},
        "Var[mu_i], the mean over the models of the squared deviation from m.mean");

    const Moments sure = moments({linear(2, 1, 0)}, Matrix{{-1, 0, 1}});
    test.equal("aleatoric, of one deterministic model", sure.aleatoric, {{0, 0, 0}}, {},
               "its log_var is minus infinity, and the exponential of that is 0");
    test.equal("epistemic, of one deterministic model", sure.epistemic, {{0, 0, 0}}, {},
               "one model does not disagree with itself");

    // Random models: where each one is there twice, or all are shifted, the spread is the same.
    std::vector<Theta> some, twice, shifted, far;
    const double shift = 10 * double(test.rng.normal());
    const double much = 1e7 * (1 + double(test.rng.uniform()));
    for (int i = 0; i < 4; ++i) {
      const double slope = double(test.rng.normal()), bias = double(test.rng.normal());
      some.push_back(linear(slope, bias, 1));
      twice.insert(twice.end(), 2, some.back());
      shifted.push_back(linear(slope, bias + shift, 1));
      far.push_back(linear(slope, bias + much, 1));
    }
    const Matrix x = test.rng.normal(1, 3);
    const Matrix spread = moments(some, x).epistemic;
    test.equal("epistemic, when every model is there twice", moments(twice, x).epistemic, spread,
               {}, "the mean over the models: N copies of the same ensemble are the same ensemble");
    test.equal("epistemic, when the same number is added to all means",
               moments(shifted, x).epistemic, spread, {},
               "deviations are from the mean over the models, at the same x");
    test.equal("epistemic, when ten million and more is added to all means",
               moments(far, x).epistemic, spread, {},
               "E[mu^2] - E[mu]^2 is a small difference of two large numbers, of which rounding "
               "leaves nothing (in float from means of 1000 on): average the squared deviations "
               "from m.mean");
  });
}
