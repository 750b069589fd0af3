// What every posterior promises, whatever is behind it: for the tests of each.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>

#include "dynamics/posterior.hpp"

namespace mbrl {

// |value - truth| as a share of |truth|. (doctest's Approx adds 1 to the scale, too much for what
// is small.)
inline double relative_error(double value, double truth) {
  return std::abs(value - truth) / std::abs(truth);
}

using MakePosterior = std::function<std::unique_ptr<Posterior>()>;

// Whether two lists of thetas hold the same bits.
inline bool same_bits(std::vector<Theta> a, std::vector<Theta> b) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.size(); ++k) {
    const std::vector<Matrix*> p = parameters(a[k], true), q = parameters(b[k], true);
    for (std::size_t i = 0; i < p.size(); ++i)
      if (*p[i] != *q[i]) return false;
  }
  return true;
}

inline std::vector<Theta> sampled(const Posterior& posterior, int n, std::uint64_t seed) {
  Rng rng(seed, "test");
  return posterior.sample(n, rng);
}

inline void check_samples_follow_the_rng(const MakePosterior& fresh, const RegressionData& data) {
  Workers one(1), three(3);
  const auto a = fresh(), b = fresh();
  a->fit(data, one), b->fit(data, three);
  const std::vector<Theta> first = sampled(*a, 7, 1);
  REQUIRE(first.size() == 7);
  CHECK(same_bits(first, sampled(*a, 7, 1)));
  CHECK(same_bits(first, sampled(*b, 7, 1)));  // fitted anew, on more threads
  CHECK_FALSE(same_bits(first, sampled(*a, 7, 2)));
  CHECK_FALSE(same_bits({first[0]}, {first[1]}));
}

inline void check_loaded_samples_are_the_same(const MakePosterior& fresh,
                                              const RegressionData& data) {
  Workers workers(1);
  const auto fitted = fresh(), loaded = fresh();
  fitted->fit(data, workers);
  CHECK_FALSE(same_bits(sampled(*fitted, 5, 1), sampled(*loaded, 5, 1)));
  const std::string path =
      (std::filesystem::temp_directory_path() / "mbrl-test-posterior.bin").string();
  Archive saved;
  fitted->archive(saved);
  saved.save(path);
  Archive archive(path);
  loaded->archive(archive);
  std::filesystem::remove(path);
  CHECK(same_bits(sampled(*fitted, 5, 1), sampled(*loaded, 5, 1)));
}

inline void check_stops_where_data_are_not_finite(const MakePosterior& fresh, RegressionData data,
                                                  const char* named) {
  Workers workers(1);
  data.y(0, 0) = NAN;
  CHECK_THROWS_WITH_AS(fresh()->fit(data, workers), doctest::Contains(named), Diverged);
}

// y = W x + b + noise of sd 0.5, two inputs that go together (correlation 0.8), N examples.
inline RegressionData correlated_line(Index N, std::uint64_t seed) {
  Rng rng(seed, "data");
  RegressionData data;
  data.x = rng.normal(2, N);
  data.x.row(1) = Scalar(0.8) * data.x.row(0) + Scalar(0.6) * data.x.row(1);
  const Matrix W{{Scalar(0.7), Scalar(-0.4)}}, b = Matrix::Constant(1, 1, Scalar(0.3));
  data.y = affine(W, data.x, b) + Scalar(0.5) * rng.normal(1, N);
  data.x_holdout = data.x, data.y_holdout = data.y;
  for (Index i = 0; i < N; ++i) data.row.push_back(i);
  return data;
}
constexpr double kNoiseOfTheLine = 0.5;

}  // namespace mbrl
