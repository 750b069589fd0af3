#include "core/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

using namespace mbrl;

namespace test_random {

// A generator whose next 64 bits are all ones or all zeros: the ends of every range.
Rng about_to_draw(bool ones) {
  Rng rng(1, "test");
  rng.state() = {0, 1, 2, ones ? ~std::uint64_t(0) : 0};
  return rng;
}

// The correlation of two streams over n uniform draws; its standard deviation is 1 / sqrt(n).
double correlation(Rng a, Rng b, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) sum += (double(a.uniform()) - 0.5) * (double(b.uniform()) - 0.5) * 12;
  return sum / n;
}

// Pearson's statistic of counts that should all be equal.
template <class Counts>
double chi_square(const Counts& counts, double expected) {
  double sum = 0;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

TEST_CASE("the generator is xoshiro256++: ten outputs from the state 1 2 3 4") {
  Rng rng(0, "");
  rng.state() = {1, 2, 3, 4};
  const std::uint64_t expected[] = {41943041u,
                                    58720359u,
                                    3588806011781223u,
                                    3591011842654386u,
                                    9228616714210784205u,
                                    9973669472204895162u,
                                    14011001112246962877u,
                                    12406186145184390807u,
                                    15849039046786891736u,
                                    10450023813501588000u};
  for (const std::uint64_t word : expected) CHECK(rng.bits() == word);
}

TEST_CASE("scramble is one step of SplitMix64") {
  CHECK(scramble(0) == 0xe220a8397b1dcdafu);
  CHECK(scramble(1477776061723855037u) == 1985237415132408290u);
}

TEST_CASE("a named stream gives the same integers on every machine and for every Scalar") {
  struct Golden {
    std::uint64_t seed;
    const char* purpose;
    std::uint64_t member;
    std::array<std::uint64_t, 4> words;
  };
  const std::uint64_t top = ~std::uint64_t(0);
  // Computed once by a second, independent implementation in another language.
  const Golden table[] = {
      {1,
       "planner",
       0,
       {0x42942abd0a90ba60u, 0x4135734061c2b7ffu, 0x5694bd8a9077c70au, 0xd56ff47a8e99d22eu}},
      {1,
       "planner",
       1,
       {0x1ed381fae3f69417u, 0xf9fb4797c6cee2e7u, 0x8f13ec4df338a46au, 0xd304b2f7bb0eddfcu}},
      {1,
       "policy",
       0,
       {0x24c82046753fcec6u, 0x07c2c74e382d440du, 0x173e89bdc1161feau, 0x6462a1c9cab87689u}},
      {2,
       "planner",
       0,
       {0xb4ce591eb50ab9b3u, 0xa31a59af153f89a9u, 0xc1ce95d5046a45c9u, 0x0ce7179d0eb42a2bu}},
      {top,
       "",
       top,
       {0xb14818daf1780b70u, 0xc280df879e707cefu, 0x6493d27804b89858u, 0xe36b8e9c5673c0d1u}},
  };
  for (const Golden& golden : table) {
    Rng rng(golden.seed, golden.purpose, golden.member);
    for (const std::uint64_t word : golden.words) CHECK(rng.bits() == word);
  }
  Rng rng(1, "planner");
  for (int i = 1; i < 1000000; ++i) rng.bits();
  CHECK(rng.bits() == 0x18f126db0c36127cu);
}

TEST_CASE("a uniform draw is the top 24 bits of one word, exactly") {
  Rng rng(1, "planner");
  CHECK(double(rng.uniform()) == double(0x42942a) / (1 << 24));
  CHECK(double(rng.uniform()) == double(0x413573) / (1 << 24));
}

TEST_CASE("two normal draws are Box and Muller's transform of two disjoint blocks of one word") {
  Rng rng(1, "planner");
  const Matrix z = rng.normal(2, 1);  // of the word 0x42942a'bd0a90'ba60
  CHECK(std::abs(double(z(0)) - (-0.119077622217)) < 1e-6);
  CHECK(std::abs(double(z(1)) - (-1.636888376966)) < 1e-6);
}

TEST_CASE("fifteen normal draws use eight words, whatever the Scalar") {
  Rng rng(1, "planner");
  rng.normal(3, 5);
  CHECK(rng.bits() == 0x3f35c018424fc95fu);
}

TEST_CASE("streams of another seed, purpose or member begin differently") {
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (const char* purpose : {"", "model", "planner", "policy"})
      for (std::uint64_t member = 0; member < 50; ++member)
        first.insert(Rng(seed, purpose, member).bits());
  CHECK(first.size() == 10 * 4 * 50);
}

TEST_CASE("streams of another seed, purpose or member are uncorrelated") {
  const int n = 100000;
  const double limit = 4.5 / std::sqrt(n);
  for (std::uint64_t k = 0; k < 8; ++k) {
    CHECK(std::abs(correlation(Rng(1, "model", k), Rng(1, "model", k + 1), n)) < limit);
    CHECK(std::abs(correlation(Rng(k, "model"), Rng(k + 1, "model"), n)) < limit);
    CHECK(std::abs(correlation(Rng(k, "model"), Rng(k, "policy"), n)) < limit);
  }
}

TEST_CASE("a stream goes on from its saved state with the same draws") {
  Rng rng(3, "model", 2);
  rng.normal(7, 3);
  Rng resumed(0, "other");
  resumed.state() = rng.state();
  CHECK(resumed.normal(4, 5) == rng.normal(4, 5));
  CHECK(resumed.permutation(20) == rng.permutation(20));
  CHECK(resumed.uniform() == rng.uniform());
}

TEST_CASE("uniform draws fill [0, 1) evenly and never reach 1") {
  CHECK(about_to_draw(true).uniform() < 1);
  CHECK(about_to_draw(false).uniform() == 0);
  Rng rng(5, "test");
  std::array<double, 20> counts{};
  const int n = 200000;
  for (int i = 0; i < n; ++i) {
    const double u = rng.uniform();
    REQUIRE((u >= 0 && u < 1));
    ++counts[static_cast<std::size_t>(u * 20)];
  }
  CHECK(chi_square(counts, n / 20.0) < 50.8);  // 19 degrees of freedom: once in 10,000 seeds
}

TEST_CASE("a uniform draw from [low, high) never reaches high, not even by rounding") {
  // In float, 1 + (1 - 2^-24) is rounded to 2.
  for (const auto& [low, high] : {std::pair<Scalar, Scalar>(1, 2), {-2, 2}, {1000, 1001}}) {
    CHECK(about_to_draw(true).uniform(low, high) < high);
    CHECK(about_to_draw(true).uniform(low, high) > high - Scalar(1e-3));
    CHECK(about_to_draw(false).uniform(low, high) == low);
  }
  CHECK(about_to_draw(true).uniform(3, 3) == 3);
}

TEST_CASE("below(n) is even over 0, ..., n - 1") {
  Rng rng(5, "test");
  std::array<double, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts.at(static_cast<std::size_t>(rng.below(7)));
  CHECK(chi_square(counts, 10000) < 27.9);  // 6 degrees of freedom: once in 10,000 seeds
  for (int i = 0; i < 100; ++i) CHECK(rng.below(1) == 0);
}

TEST_CASE("below(n) has no modulo bias where n is large") {
  // Of 2^64 words, three would fall on each number below 2^62, and two on each other one.
  const Index n = Index(3) << 61, quarter = Index(1) << 62;
  Rng rng(5, "test");
  int low = 0;
  for (int i = 0; i < 100000; ++i) low += rng.below(n) < quarter;
  CHECK(std::abs(low / 1e5 - 2.0 / 3) < 0.0075);  // the biased share would be 3/4
}

TEST_CASE("a choice among no things is refused") {
  Rng rng(1, "test");
  CHECK_THROWS_AS(rng.below(0), UserError);
  CHECK_THROWS_AS(rng.below(-3), UserError);
}

TEST_CASE("every order of three things is equally likely") {
  Rng rng(5, "test");
  std::map<std::vector<Index>, double> counts;
  for (int i = 0; i < 60000; ++i) ++counts[rng.permutation(3)];
  CHECK(counts.size() == 6);
  std::vector<double> each;
  for (const auto& [order, count] : counts) each.push_back(count);
  CHECK(chi_square(each, 10000) < 25.8);  // 5 degrees of freedom: once in 10,000 seeds
}

TEST_CASE("a permutation holds each index once, also of 0 and 1 things") {
  Rng rng(5, "test");
  for (const Index n : {0, 1, 2, 50}) {
    std::vector<Index> order = rng.permutation(n);
    std::sort(order.begin(), order.end());
    REQUIRE(order.size() == static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
  }
}

TEST_CASE("normal draws have the moments and tails of N(0, 1), and no NaN in ten million") {
  Rng rng(5, "test");
  Matrix x(1000, 1000);
  double moment[5] = {};
  double beyond[6] = {};
  const int blocks = 10;
  const double n = double(blocks) * double(x.size());
  bool finite = true;
  for (int block = 0; block < blocks; ++block) {
    rng.fill_normal(x);
    finite = finite && x.allFinite();
    for (Index i = 0; i < x.size(); ++i) {
      const double z = x.data()[i], size = std::abs(z);
      double power = 1;
      for (int k = 1; k <= 4; ++k) moment[k] += (power *= z);
      for (int k = 1; k <= 5; ++k) beyond[k] += size > k;
    }
  }
  CHECK(finite);
  // Within 4.5 standard deviations of an average of n draws.
  CHECK(std::abs(moment[1] / n) < 4.5 * std::sqrt(1 / n));
  CHECK(std::abs(moment[2] / n - 1) < 4.5 * std::sqrt(2 / n));
  CHECK(std::abs(moment[3] / n) < 4.5 * std::sqrt(15 / n));
  CHECK(std::abs(moment[4] / n - 3) < 4.5 * std::sqrt(96 / n));
  for (int k = 1; k <= 5; ++k) {
    const double expected = n * std::erfc(k / std::sqrt(2.0));
    CAPTURE(k);
    CHECK(std::abs(beyond[k] - expected) < 4.5 * std::sqrt(expected));
  }
}

TEST_CASE("the two draws made of one word are independent, in sign and in size") {
  Rng rng(5, "test");
  const Index half = 500000;
  const Matrix x = rng.normal(half, 2);  // column 0 holds the cosines, column 1 the sines
  const Eigen::ArrayXd a = x.col(0).cast<double>(), b = x.col(1).cast<double>();
  const double limit = 4.5 / std::sqrt(double(half));
  CHECK(std::abs((a * b).mean()) < limit);
  CHECK(std::abs(((a.square() - 1) * (b.square() - 1)).mean() / 2) < limit);
}

TEST_CASE("the smallest and the largest word make finite normal draws") {
  for (const bool ones : {false, true})
    for (const Index n : {1, 2, 7, 64}) {
      Rng rng = about_to_draw(ones);
      const Matrix x = rng.normal(n, 1);
      CHECK(x.allFinite());
      CHECK(x.cwiseAbs().maxCoeff() < Scalar(5.78));  // sqrt(2 log 2^24)
      if (ones) CHECK(x(0) == 0);
      if (!ones) CHECK(x(0) > Scalar(5.76));
    }
}

TEST_CASE("normal draws of no entries are allowed") {
  CHECK(Rng(1, "test").normal(0, 5).size() == 0);
}

TEST_CASE(
    "B11: truncated normal draws stay within two standard deviations and have variance 0.774") {
  Rng rng(5, "test");
  Matrix x(1000, 1000);
  rng.fill_truncated_normal(x);
  const Eigen::ArrayXXd z = x.array().cast<double>();
  CHECK(z.abs().maxCoeff() <= 2);
  CHECK(z.abs().maxCoeff() > 1.999);
  CHECK(std::abs(z.mean()) < 0.004);
  CHECK(std::abs(z.square().mean() - 0.77374) < 0.004);
  // P(|z| < 1 | |z| < 2): what falls outside is drawn again, not moved to the bound.
  CHECK(std::abs((z.abs() < 1).cast<double>().mean() - 0.71524) < 0.002);
  CHECK((z.abs() == 2).count() < 10);

  rng.fill_truncated_normal(x, Scalar(0.5));
  CHECK(x.cwiseAbs().maxCoeff() <= Scalar(0.5));
}

}  // namespace test_random
