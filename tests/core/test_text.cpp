#include <doctest/doctest.h>

#include <cstring>

#include "core/random.hpp"
#include "core/text.hpp"

using namespace mbrl;

namespace test_text {

TEST_CASE("the edit distance counts insertions, deletions and replacements") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("sitting", "kitten") == 3);
  CHECK(edit_distance("horizon", "horizons") == 1);
  CHECK(edit_distance("abcd", "acd") == 1);
}

TEST_CASE("the nearest word is the one that was probably meant") {
  const std::vector<std::string> words{"pendulum", "cartpole_swingup", "cartpole_balance",
                                       "reacher"};
  CHECK(nearest("pendulm", words) == "pendulum");
  CHECK(nearest("Pendulum-v1", words) == "pendulum");
  CHECK(nearest("cartpole-balance", words) == "cartpole_balance");
  CHECK(nearest("cartpole", words) == "cartpole_swingup");  // part of a word, though far in edits
  CHECK(nearest("balance", words) == "cartpole_balance");
  CHECK(nearest("anything", {}) == "");
}

TEST_CASE("join puts the separator between the words only") {
  CHECK(join({}) == "");
  CHECK(join({"a"}) == "a");
  CHECK(join({"a", "b", "c"}) == "a, b, c");
  CHECK(join({"a", "b"}, " | ") == "a | b");
}

TEST_CASE("the shortest text of a number reads back as the same bits, with and without to_chars") {
  Rng rng(3, "bits of numbers");
  for (int i = 0; i < 20000; ++i) {
    const auto bits = rng.bits();
    double x = 0;
    float y = 0;
    std::memcpy(&x, &bits, sizeof x), std::memcpy(&y, &bits, sizeof y);
    if (std::isfinite(x)) CHECK(std::strtod(shortest_text(x).c_str(), nullptr) == x);
    if (std::isfinite(x)) CHECK(std::strtod(number_text(x).c_str(), nullptr) == x);
    if (std::isfinite(y)) CHECK(std::strtof(shortest_text(y).c_str(), nullptr) == y);
  }
  for (const double x : {0.1, 1e-300, 5e-324, 0.1 + 0.2, 1.7976931348623157e308})
    CHECK(std::strtod(shortest_text(x).c_str(), nullptr) == x);
  CHECK(shortest_text(0.1) == "0.1");
  CHECK(shortest_text(0.1f) == "0.1");
  CHECK(shortest_text(INFINITY) == "inf");
  CHECK(shortest_text(-0.0) == "-0");
}

TEST_CASE("a return has three significant digits at least, and a zero has no minus") {
  CHECK(return_text(-1459.376) == "-1459.38");
  CHECK(return_text(179.4) == "179.40");
  CHECK(return_text(1) == "1.00");
  CHECK(return_text(-0.012345) == "-0.0123");
  CHECK(return_text(0.5) == "0.500");
  CHECK(return_text(-0.00012345) == "-0.000123");
  CHECK(return_text(-1.2345e-7) == "-1.23e-07");
  CHECK(return_text(1.2345e12) == "1.23e+12");
  CHECK(return_text(0) == "0.00");
  CHECK(return_text(-0.0) == "0.00");
  CHECK(return_text(std::nan("")) == "nan");
  CHECK(return_text(-INFINITY) == "-inf");
}

}  // namespace test_text
