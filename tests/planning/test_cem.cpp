#include "planning/cem.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_cem {

// -|plan - target|^2 for every plan.
Row distances(const Vector& target, const Matrix& plans) {
  return -(plans.colwise() - target).colwise().squaredNorm().array();
}
Objective distance_to(const Vector& target) {
  return objective([target](const Matrix& plans) { return distances(target, plans); });
}

Vector cem(const Objective& J, const Vector& start, const Vector& low, const Vector& high,
           const CemConfig& config, Rng& rng, CemTrace* trace = nullptr,
           const Matrix& coloring = {}) {
  SearchBuffers buffers;
  return mbrl::cem(J, start, low, high, config, rng, buffers, trace, coloring);
}

Vector constant(Index n, double x) { return Vector::Constant(n, static_cast<Scalar>(x)); }

TEST_CASE("CEM finds the maximum of a quadratic inside the box") {
  Rng rng(1, "test");
  Vector target(6);
  target << Scalar(0.5), -1, Scalar(1.5), 0, Scalar(-0.3), Scalar(0.9);
  CemConfig config;
  config.iterations = 15;
  const Vector found =
      cem(distance_to(target), constant(6, 0), constant(6, -2), constant(6, 2), config, rng);
  CHECK((found - target).cwiseAbs().maxCoeff() < 0.05);
}

TEST_CASE("B4: no sample and no plan ever leaves the box, also with the mean near a wall") {
  Rng rng(2, "test");
  const Vector low = constant(4, 1), high = constant(4, 3);
  int scored = 0;
  for (const double start : {1.0, 1.0001, 2.0, 2.9999, 3.0}) {
    for (const double target : {-5.0, 2.0, 9.0}) {
      CemConfig config;
      config.min_sd = 0.3;  // a floor must not push samples out either
      config.candidates = 2000;
      const Objective J = objective([&](const Matrix& plans) -> Row {
        CHECK(plans.minCoeff() >= 1);
        CHECK(plans.maxCoeff() <= 3);
        scored += static_cast<int>(plans.cols());
        return distances(constant(4, target), plans);
      });
      const Vector plan = cem(J, constant(4, start), low, high, config, rng);
      CHECK(plan.minCoeff() >= 1);
      CHECK(plan.maxCoeff() <= 3);
    }
  }
  CHECK(scored >= 100000);
}

TEST_CASE("B1: a plan whose score is not finite never wins, even where all scores are negative") {
  for (const Scalar bad : {Scalar(NAN), Scalar(INFINITY), Scalar(-INFINITY)}) {
    Rng rng(3, "test");
    // Plans above 0.5 score `bad`; the best finite ones are at -1, the score of which is -100.
    const Objective J = objective([bad](const Matrix& plans) -> Row {
      const Row x = plans.row(0).array();
      return (x > Scalar(0.5)).select(bad, -100 - (x + 1).square());
    });
    for (const bool best : {false, true}) {
      CemConfig config;
      config.execute_best = best;
      const Vector plan = cem(J, constant(1, 0), constant(1, -2), constant(1, 2), config, rng);
      CHECK(std::abs(plan(0) + 1) < 0.1);
    }
  }
}

TEST_CASE("if every plan's score is not finite, the planner stops and says so") {
  Rng rng(4, "test");
  const Objective J =
      objective([](const Matrix& plans) -> Row { return Row::Constant(plans.cols(), NAN); });
  CHECK_THROWS_WITH_AS(cem(J, constant(1, 0), constant(1, -2), constant(1, 2), {}, rng),
                       doctest::Contains("every candidate plan"), Diverged);
}

TEST_CASE("B2: keep_old weighs the old statistics: 1 never moves, 0 jumps to the elites") {
  for (const double keep : {0.0, 0.5, 1.0}) {
    Rng rng(5, "test");
    CemConfig config;
    config.keep_old = keep;
    config.iterations = 1;
    config.elites = 1;
    config.candidates = 100;
    Vector best(1);
    const Objective J = objective([&](const Matrix& plans) -> Row {
      best(0) = plans.maxCoeff();
      return plans.row(0).array();
    });
    const Vector plan = cem(J, constant(1, 0), constant(1, -2), constant(1, 2), config, rng);
    CHECK(plan(0) == doctest::Approx((1 - keep) * double(best(0))));
  }
}

TEST_CASE("B3: the variance is smoothed between the old and the new one, by its closed form") {
  Rng rng(6, "test");
  CemConfig config;
  config.keep_old = 0.25;
  config.iterations = 2;
  config.elites = 10;
  config.candidates = 50;
  Scalar elite_variance = 0, second_sd = 0, first_mean = 0;
  int iteration = 0;
  const Objective J = objective([&](const Matrix& plans) -> Row {
    const Row x = plans.row(0).array();
    if (iteration++ == 0) {
      std::vector<Scalar> sorted(x.data(), x.data() + x.size());
      std::sort(sorted.begin(), sorted.end(),
                [](Scalar p, Scalar q) { return std::abs(p - 1) < std::abs(q - 1); });
      const Row top = Eigen::Map<Row>(sorted.data(), 10);
      elite_variance = (top - top.mean()).square().mean();
      first_mean = Scalar(0.75) * top.mean();
    }
    return -(x - 1).abs();
  });
  CemTrace trace;
  cem(J, constant(1, 0), constant(1, -20), constant(1, 20), config, rng, &trace);
  second_sd =
      std::sqrt(Scalar(0.25) * 100 + Scalar(0.75) * elite_variance);  // the old one: (40/4)^2
  CHECK(trace.mean_sd[0] == doctest::Approx(10));
  REQUIRE(second_sd < (20 - std::abs(first_mean)) / 2);  // the walls are too far to matter
  CHECK(trace.mean_sd[1] == doctest::Approx(second_sd).epsilon(1e-4));
}

TEST_CASE("B6: the first spread scales with the box: a quarter of its width") {
  for (const double width : {0.02, 2.0, 2000.0}) {
    Rng rng(7, "test");
    CemTrace trace;
    cem(distance_to(constant(2, 0)), constant(2, 0), constant(2, -width / 2),
        constant(2, width / 2), {}, rng, &trace);
    CHECK(trace.mean_sd[0] == doctest::Approx(width / 4));
  }
}

TEST_CASE("B4: two standard deviations fit between the mean and the nearer wall") {
  for (const double start : {1.1, 2.9}) {
    CemTrace trace;
    CemConfig config;
    config.iterations = 1;
    Rng rng(1, "test");
    cem(distance_to(constant(2, 2)), constant(2, start), constant(2, 1), constant(2, 3), config,
        rng, &trace);
    CHECK(trace.mean_sd[0] == doctest::Approx(0.05));  // not the quarter of the box, 0.5
  }
}

TEST_CASE("B9: execute_best returns the best plan ever scored, whichever iteration it was in") {
  for (const int best_iteration : {0, 2, 4}) {
    Rng rng(8, "test");
    int iteration = 0;
    Vector best;
    const Objective J = objective([&](const Matrix& plans) -> Row {
      const Row scores = distances(constant(3, 1), plans);
      Index k;
      scores.maxCoeff(&k);
      if (iteration++ != best_iteration) return scores - 100;
      best = plans.col(k);
      return scores;
    });
    CemConfig config;
    config.execute_best = true;
    CHECK(cem(J, constant(3, 0), constant(3, -2), constant(3, 2), config, rng) == best);
  }
}

TEST_CASE(
    "B5, B12: with random elites the spread shrinks but does not collapse, and min_sd is a floor") {
  Rng rng(9, "test");
  Rng noise(9, "scores");
  const Objective J =
      objective([&](const Matrix& plans) -> Row { return noise.normal(1, plans.cols()).array(); });
  CemTrace trace;
  cem(J, constant(10, 0), constant(10, -2), constant(10, 2), {}, rng, &trace);
  CHECK(trace.mean_sd[4] < trace.mean_sd[0]);  // B5: truncation at 2 sd alone has variance 0.774
  CHECK(trace.mean_sd[4] > 0.3 * trace.mean_sd[0]);

  CemConfig config;
  config.iterations = 40;
  config.min_sd = 0.1;
  CemTrace floored;
  cem(distance_to(constant(10, 0)), constant(10, 0), constant(10, -2), constant(10, 2), config, rng,
      &floored);
  CHECK(floored.mean_sd.back() == doctest::Approx(0.1 * 4 / 2));
}

TEST_CASE(
    "coloured noise has a power of 1 / f^color at frequency f, and the spread of white noise") {
  constexpr Index H = 16, n = 20000;
  CHECK(coloring(H, 0) == Matrix::Identity(H, H));
  for (const double color : {1.0, 2.0, 3.5}) {
    Rng rng(10, "test");
    const Matrix noise = coloring(H, color) * rng.normal(H, n);
    for (Index t = 0; t < H; ++t)
      CHECK(double(noise.row(t).squaredNorm()) / n == doctest::Approx(1).epsilon(0.05));
    const auto power = [&](int f) {
      Vector wave(H);
      for (Index t = 0; t < H; ++t) wave(t) = Scalar(std::cos(2 * M_PI * double(f * t) / H));
      return double((wave.transpose() * noise).squaredNorm());
    };
    for (const int f : {2, 3, 5})
      CHECK(power(f) / power(1) == doctest::Approx(std::pow(f, -color)).epsilon(0.1));
  }
}

TEST_CASE("coloured plans: the steps of a component go together, two components do not") {
  constexpr Index H = 10;
  Rng rng(11, "test");
  CemConfig config;
  config.candidates = 5000, config.iterations = 1;
  Matrix sampled;
  const Objective J = objective([&](const Matrix& plans) -> Row {
    sampled = plans;
    return Row::Zero(plans.cols());
  });
  const auto correlation = [&](Index i, Index j) {
    const Row x = sampled.row(i).array(), y = sampled.row(j).array();
    return double((x * y).mean() / std::sqrt(x.square().mean() * y.square().mean()));
  };
  const Vector wall = constant(2 * H, 2);
  cem(J, constant(2 * H, 0), -wall, wall, config, rng, nullptr, coloring(H, 2));
  // Component 0 at steps 0 and 1: the sum of S_f cos(2 pi f / H) over that of S_f.
  CHECK(correlation(0, 2) == doctest::Approx(0.659).epsilon(0.05));
  CHECK(std::abs(correlation(0, 1)) < 0.05);  // components 0 and 1 at step 0
  CHECK(sampled.cwiseAbs().maxCoeff() <= 2);
  cem(J, constant(2 * H, 0), -wall, wall, config, rng);
  CHECK(std::abs(correlation(0, 2)) < 0.05);  // white
}

TEST_CASE("elites that are kept are candidates of the next iteration and of the next search") {
  CemConfig config;
  config.candidates = 20, config.elites = 10, config.iterations = 3;
  for (const double share : {0.0, 0.3}) {
    config.keep_elites = share;
    Rng rng(12, "test");
    SearchBuffers buffers;
    Matrix best;  // of the iteration before, best first
    int again = 0, searches = 0;
    const Objective J = objective([&](const Matrix& plans) -> Row {
      for (Index k = 0; k < best.cols(); ++k) again += plans.col(k) == best.col(k);
      const Row scores = distances(constant(3, 1), plans);
      std::vector<Index> order(std::size_t(plans.cols()));
      std::iota(order.begin(), order.end(), Index(0));
      std::sort(order.begin(), order.end(),
                [&](Index i, Index j) { return scores(i) > scores(j); });
      best.resize(3, 3);
      for (Index k = 0; k < 3; ++k) best.col(k) = plans.col(order[std::size_t(k)]);
      ++searches;
      return scores;
    });
    for (int search = 0; search < 2; ++search)
      mbrl::cem(J, constant(3, 0), constant(3, -2), constant(3, 2), config, rng, buffers);
    CHECK(searches == 6);
    CHECK(again == (share > 0 ? 15 : 0));  // three in each iteration but the first
  }
}

TEST_CASE("shrink divides the number of candidates, but the elites are always that many") {
  CemConfig config;
  config.candidates = 100, config.elites = 40, config.iterations = 4, config.shrink = 2;
  std::vector<Index> counts;
  Rng rng(13, "test");
  cem(objective([&](const Matrix& plans) -> Row {
        counts.push_back(plans.cols());
        return Row::Zero(plans.cols());
      }),
      constant(1, 0), constant(1, -2), constant(1, 2), config, rng);
  CHECK(counts == std::vector<Index>{100, 50, 40, 40});
}

}  // namespace test_cem
