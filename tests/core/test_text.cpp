#include <doctest/doctest.h>

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
