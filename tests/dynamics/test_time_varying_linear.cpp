#include "dynamics/time_varying_linear.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_time_varying_linear {

// s_{t+1} = s_t + A_t s_t + B_t a_t + c_t + noise, another A, B, c for every t.
struct System {
  Matrix A(Index t) const { return Matrix{{Scalar(-0.1), Scalar(0.05 * double(t))}, {0.2, -0.3}}; }
  Matrix B(Index t) const { return Matrix{{0}, {Scalar(0.5 + 0.1 * double(t))}}; }
  Vector c(Index t) const { return Vector{{Scalar(0.3), Scalar(-0.2 * double(t))}}; }

  Batch episode(Index T, double noise, Rng& rng) const {
    Dataset D(2, 1);
    Vector s = rng.normal(2, 1).col(0);
    for (Index t = 0; t < T; ++t) {
      const Vector a = rng.normal(1, 1).col(0);
      const Vector next =
          s + A(t) * s + B(t) * a + c(t) + Scalar(noise) * Vector(rng.normal(2, 1).col(0));
      D.append({s, a, 0, next, false, false});
      s = next;
    }
    return D.all();
  }
};

TEST_CASE("without noise A_t, B_t and c_t are found exactly, another one for every step") {
  const System world;
  Rng rng(1, "test");
  std::vector<Batch> episodes;
  for (int k = 0; k < 12; ++k) episodes.push_back(world.episode(10, 0, rng));
  TimeVaryingLinear model(0, 1e-9);
  model.fit(episodes);
  REQUIRE(model.length() == 10);
  for (Index t = 0; t < 10; ++t) {
    Matrix all(2, 4);
    all << world.A(t), world.B(t), world.c(t);
    CHECK((model.coefficients(t) - all).norm() < 1e-3);
    CHECK(model.sd(t).norm() < 1e-3);
    const Vector s{{Scalar(0.4), Scalar(-1)}}, a{{Scalar(2)}};
    CHECK((model.mean(t, s, a) - (s + world.A(t) * s + world.B(t) * a + world.c(t))).norm() < 2e-3);
  }
}

TEST_CASE("the noise is found, without bias from the number of coefficients") {
  const System world;
  Rng rng(1, "test");
  double sum = 0;
  for (int repeat = 0; repeat < 200; ++repeat) {
    std::vector<Batch> episodes;
    for (int k = 0; k < 8; ++k) episodes.push_back(world.episode(3, 0.2, rng));
    TimeVaryingLinear model(0, 1e-9);
    model.fit(episodes);
    for (Index t = 0; t < 3; ++t) sum += double(model.sd(t).array().square().mean()) / 600;
  }
  CHECK(std::abs(sum / 0.04 - 1) < 0.08);
}

TEST_CASE("a window lets few episodes suffice, and takes the steps around t, not others") {
  const System world;
  Rng rng(1, "test");
  const std::vector<Batch> episodes{world.episode(40, 0, rng)};  // one: hopeless step by step
  TimeVaryingLinear model(4, 1e-6);
  model.fit(episodes);
  // A_t and B_t change slowly: between those of t - 4 and t + 4.
  const double B_20 = double(model.coefficients(20)(1, 2));
  CHECK(B_20 > double(world.B(16)(1, 0)) - 0.3);
  CHECK(B_20 < double(world.B(24)(1, 0)) + 0.3);
}

TEST_CASE("what the data leave open the ridge sets to no change") {
  Dataset D(2, 1);
  for (int k = 0; k < 5; ++k)
    D.append({Vector::Ones(2), Vector::Ones(1), 0, Vector::Constant(2, 3), false, false});
  TimeVaryingLinear model;
  model.fit({D.all()});
  CHECK(model.coefficients(2).leftCols(3).norm() < 1e-6);
  CHECK(model.mean(2, Vector::Ones(2), Vector::Ones(1)).isApprox(Vector::Constant(2, 3)));
}

TEST_CASE("episodes of different lengths: there is a model as far as the longest, and no further") {
  const System world;
  Rng rng(1, "test");
  TimeVaryingLinear model;
  CHECK(model.length() == 0);
  model.fit({world.episode(4, 0, rng), world.episode(9, 0, rng)});
  CHECK(model.length() == 9);
  CHECK_THROWS_WITH_AS(model.mean(9, Vector::Ones(2), Vector::Ones(1)),
                       doctest::Contains("no data at time step 9"), UserError);
}

}  // namespace test_time_varying_linear
