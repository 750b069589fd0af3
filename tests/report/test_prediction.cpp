#include "report/prediction.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_prediction {

// One coordinate, two steps: the particles are N(0, model_sd^2), the truths N(shift, 1).
OpenLoop made_up(double model_sd, double shift, Index starts) {
  Rng rng(1, "test");
  OpenLoop open{{"x"}, {}, {}};
  for (int k = 0; k < 2; ++k) {
    open.truth.push_back(rng.normal(1, starts).array() + Scalar(shift));
    std::vector<Matrix> particles;
    for (Index j = 0; j < starts; ++j) particles.push_back(Scalar(model_sd) * rng.normal(1, 400));
    open.particles.push_back(particles);
  }
  return open;
}

TEST_CASE("a model that says what is true covers what it says, at every level") {
  const OpenLoop open = made_up(1, 0, 2000);
  for (const double level : {0.1, 0.5, 0.9})
    CHECK(coverage(open, 2, level) == doctest::Approx(level).epsilon(0.06).scale(0));
  const auto table = k_step_errors(open, Matrix::Zero(1, 2000));
  REQUIRE(table.size() == 2);
  CHECK(table[1].k == 2);
  CHECK(table[1].within_1sd == doctest::Approx(0.683).epsilon(0.04).scale(0));
  CHECK(table[1].within_2sd == doctest::Approx(0.954).epsilon(0.02).scale(0));
  CHECK(table[1].rmse == doctest::Approx(1).epsilon(0.05).scale(0));
  CHECK(table[1].sd == doctest::Approx(1).epsilon(0.02).scale(0));
}

TEST_CASE("a model that is too sure covers too little, a shy one too much") {
  CHECK(coverage(made_up(0.5, 0, 2000), 1, 0.5) < 0.35);
  CHECK(coverage(made_up(2, 0, 2000), 1, 0.5) > 0.7);
}

TEST_CASE("the k-step error is that of the mean, beside that of saying that nothing changes") {
  const OpenLoop open = made_up(1, 3, 2000);
  const auto table = k_step_errors(open, Matrix::Constant(1, 2000, 2));
  CHECK(table[0].rmse == doctest::Approx(std::sqrt(10)).epsilon(0.05).scale(0));      // 3^2 + 1
  CHECK(table[0].unchanged == doctest::Approx(std::sqrt(2)).epsilon(0.05).scale(0));  // 1^2 + 1
}

TEST_CASE("a deterministic model has no coverage to speak of") {
  CHECK(std::isnan(coverage(made_up(0, 0, 10), 1, 0.5)));
}

}  // namespace test_prediction
