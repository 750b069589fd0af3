#include "nn/normaliser.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "core/random.hpp"
#include "precision.hpp"

using namespace mbrl;

namespace test_normaliser {

// Rows of different centre and spread, the kinds that data sets hold.
Matrix data(Index columns) {
  Rng rng(1, "test");
  Matrix x = rng.normal(4, columns);
  x.row(1) = x.row(1).array() * 1000 - 50;
  x.row(2) = x.row(2).array() * Scalar(1e-3);
  x.row(3) = x.row(3).array() * Scalar(0.5) + 7;
  return x;
}

double mean_of(const Matrix& row) { return row.cast<double>().mean(); }
double sd_of(const Matrix& row) {
  return std::sqrt((row.cast<double>().array() - mean_of(row)).square().mean());
}

TEST_CASE("the data a normaliser was fitted to gets mean 0 and standard deviation 1") {
  Normaliser normaliser;
  normaliser.fit(data(1000));
  const Matrix z = normaliser.normalise(data(1000));
  for (Index i = 0; i < 4; ++i) {
    CAPTURE(i);
    CHECK(std::abs(mean_of(z.row(i))) < 1e-5);
    CHECK(std::abs(sd_of(z.row(i)) - 1) < 1e-5);
  }
}

TEST_CASE("mean and standard deviation are the known ones of a small data set") {
  Matrix x(2, 4);
  x << 1, 3, 5, 7,  //
      -2, -2, 2, 2;
  Normaliser normaliser;
  normaliser.fit(x);
  CHECK(normaliser.mean(0) == 4);
  CHECK(normaliser.mean(1) == 0);
  CHECK(normaliser.sd(0) == doctest::Approx(std::sqrt(5.0)));  // of the population: divided by B
  CHECK(normaliser.sd(1) == 2);
}

TEST_CASE("B14: a row that does not vary passes unscaled, at any size and through rounding") {
  for (const Scalar constant : {Scalar(0), Scalar(0.1), Scalar(-3), Scalar(1e4), Scalar(1e-6)}) {
    CAPTURE(constant);
    Matrix x = Matrix::Constant(1, 333, constant);
    Normaliser normaliser;
    normaliser.fit(x);
    CHECK(normaliser.sd(0) == 1);
    CHECK(normaliser.normalise(x).cwiseAbs().maxCoeff() <= 100 * kEpsilon * std::abs(constant));
    // Some entries are off by one rounding.
    for (Index j = 0; j < 333; j += 3) x(j) = std::nextafter(constant, Scalar(1e9));
    normaliser.fit(x);
    CHECK(normaliser.sd(0) == 1);
  }
}

TEST_CASE("a single column of data gives a standard deviation of 1") {
  Normaliser normaliser;
  normaliser.fit(data(1));
  CHECK(normaliser.sd == Matrix::Ones(4, 1));
  CHECK(normaliser.normalise(data(1)) == Matrix::Zero(4, 1));
}

TEST_CASE("a spread of 0.1 around 10,000 is seen, also in float") {
  Rng rng(2, "test");
  Matrix x(2, 5000);
  for (Index j = 0; j < x.cols(); ++j) {
    x(0, j) = 10000 + rng.uniform(Scalar(-0.1), Scalar(0.1));
    x(1, j) = -10000 + (j % 2 ? Scalar(0.1) : Scalar(-0.1));
  }
  Normaliser normaliser;
  normaliser.fit(x);
  CHECK(std::abs(double(normaliser.sd(0)) / (0.1 / std::sqrt(3.0)) - 1) < 0.02);
  CHECK(std::abs(double(normaliser.sd(1)) / 0.1 - 1) < 0.01);
  const Matrix z = normaliser.normalise(x);
  for (const Index i : {0, 1}) {
    CHECK(std::abs(mean_of(z.row(i))) < 0.01);  // the mean itself is rounded to 0.001 in float
    CHECK(std::abs(sd_of(z.row(i)) - 1) < 1e-3);
  }
  CHECK((normaliser.restore(z) - x).cwiseAbs().maxCoeff() <= 10000 * kEpsilon);
}

TEST_CASE("restore undoes normalise, and normalise undoes restore") {
  Normaliser normaliser;
  normaliser.fit(data(500));
  const Matrix x = data(40);
  const Matrix back = normaliser.restore(normaliser.normalise(x));
  for (Index i = 0; i < 4; ++i)
    CHECK((back.row(i) - x.row(i)).cwiseAbs().maxCoeff() <
          4 * kEpsilon * x.row(i).cwiseAbs().maxCoeff());
  const Matrix z = Rng(3, "test").normal(4, 40);
  CHECK((normaliser.normalise(normaliser.restore(z)) - z).cwiseAbs().maxCoeff() < 100 * kEpsilon);
}

TEST_CASE("on a tape a normaliser gives the same bits, and the gradient 1 / sd or sd") {
  Normaliser normaliser;
  normaliser.fit(data(500));
  for (const Index B : {1, 5, 64}) {
    const Matrix x = data(B);
    Tape tape;
    const Var v = tape.parameter(x), z = normaliser.normalise(v), back = normaliser.restore(z);
    CHECK(z.value() == normaliser.normalise(x));
    CHECK(back.value() == normaliser.restore(normaliser.normalise(x)));
    tape.backward(sum(z));
    for (Index j = 0; j < B; ++j) CHECK(v.adjoint().col(j).isApprox(normaliser.sd.cwiseInverse()));
    tape.backward(sum(normaliser.restore(v)));
    for (Index j = 0; j < B; ++j) CHECK(v.adjoint().col(j).isApprox(normaliser.sd));
  }
}

}  // namespace test_normaliser
