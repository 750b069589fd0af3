#include "planning/random_shooting.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_random_shooting {

TEST_CASE("random shooting returns the best of its plans, and they fill the box uniformly") {
  Rng rng(1, "test");
  const Vector low = Vector::Constant(2, 1), high = Vector{{Scalar(3), Scalar(5)}};
  Matrix seen;
  SearchBuffers buffers;
  const Objective J = objective([&](const Matrix& plans) -> Row {
    seen = plans;
    return -(plans.row(0).array() - 2).square() - (plans.row(1).array() - 4).square();
  });
  const Vector plan = random_shooting(J, low, high, 20000, rng, buffers);
  Index best;
  Row scores;
  J(Matrix(seen), scores);
  scores.maxCoeff(&best);
  CHECK(plan == seen.col(best));
  for (const Index i : {0, 1}) {
    CHECK(seen.row(i).minCoeff() >= low(i));
    CHECK(seen.row(i).maxCoeff() < high(i));
    CHECK(seen.row(i).mean() == doctest::Approx(double(low(i) + high(i)) / 2).epsilon(0.01));
    const Row centred = seen.row(i).array() - seen.row(i).mean();
    const double width = double(high(i) - low(i));
    CHECK(double(centred.square().mean()) ==
          doctest::Approx(width * width / 12).epsilon(0.03).scale(0));
  }
}

TEST_CASE("B1: random shooting never returns a plan whose score is NaN") {
  Rng rng(2, "test");
  SearchBuffers buffers;
  const Objective J = objective([](const Matrix& plans) -> Row {
    const Row x = plans.row(0).array();
    return (x > 0).select(Scalar(NAN), -1000 + x);
  });
  for (int i = 0; i < 20; ++i)
    CHECK(random_shooting(J, Vector::Constant(1, -1), Vector::Constant(1, 1), 50, rng,
                          buffers)(0) <= 0);
}

}  // namespace test_random_shooting
