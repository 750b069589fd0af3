// Three columns by hand, with variances 1, 1/4, 4 and 9; log 2 pi is 1.8378770664. And a property:
// a density integrates to 1.
#include "exercise.hpp"
#include "nn/gaussian.hpp"

using namespace mbrl;

int main() {
  return judge({"hw2.1", 3, "The Gaussian log-likelihood"}, [](Test& test) {
    const double log4 = std::log(4.0), log9 = std::log(9.0);
    const Gaussian p{Matrix{{0, 1, 0}, {2, 0, -1}}, Matrix{{0, log4, 0}, {-log4, 0, log9}}};
    const Matrix y{{0, 5, 1}, {3, 0, 2}};
    test.equal(
        "log N(y; mean, var) of three columns with two coordinates", log_density(p, y),
        {{-3.1447298858, -4.5310242470, -3.9364893551}},
        {{{{3.1447298858, 4.5310242470, 3.9364893551}},
          "that is the negative log-likelihood: the sign of the whole"},
         {{{-4.5310242470, -3.1447298858, -1.7392647777}},
          "the sign of log_var: a wide normal is lower at its top than a narrow one"},
         {{{-1.2697298858, -34.5310242470, -43.9364893551}},
          "the squares are multiplied by the variance, not divided by it"},
         {{{-1.3068528194, -2.6931471806, -2.0986122887}},
          "log 2 pi is forgotten, so that the density does not integrate to 1"},
         {{{-2.2257913526, -3.6120857138, -3.0175508219}},
          "log 2 pi is there once for every column; it belongs to every coordinate"},
         {{{-2.1447298858, -6.5310242470, -4.9364893551}},
          "the squares are divided by the standard deviation, not by the variance"},
         {{{-6.2894597717, -9.0620484939, -7.8729787102}}, "the factor 1/2 is forgotten"},
         {{{-1.5723649429, -2.2655121235, -1.9682446775}},
          "the mean over the coordinates; independent coordinates multiply, so their logs add up"},
         {{{-11.6122434880, -11.6122434880, -11.6122434880}},
          "the sum over the whole batch; every column has a density of its own"}},
        "-1/2 (log 2 pi + log var + (y - mean)^2 / var), summed over the rows of a column");

    const double mean = 3 * double(test.rng.normal()), sd = std::exp(double(test.rng.normal()));
    const Index count = 2001;
    const double step = 20 * sd / double(count - 1);
    Gaussian one;
    one.mean = Matrix::Constant(1, count, Scalar(mean));
    one.log_var = Matrix::Constant(1, count, Scalar(2 * std::log(sd)));
    const Matrix grid =
        Matrix(Row::LinSpaced(count, Scalar(mean - 10 * sd), Scalar(mean + 10 * sd)).matrix());
    test.equal("the integral of exp(log N(y; mean, var)) over y, for a random mean and variance",
               double(log_density(one, grid).exp().sum()) * step, 1, {},
               "log_var is the log of the variance, for every column its own");
  });
}
