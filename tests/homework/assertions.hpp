// Included before everything else where exercises are compiled: what Eigen asserts (shapes that do
// not fit, an index out of bounds) becomes an error that the board can show, and the standard
// library checks the indices of its lists.
#pragma once

#define _GLIBCXX_ASSERTIONS

#include <stdexcept>
#include <string>

namespace mbrl {

struct EigenObjects : std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] inline void eigen_objects(const char* condition) {
  const std::string text = condition;
  const auto has = [&](const char* word) { return text.find(word) != std::string::npos; };
  // Of two matrices each has rows() and cols(); of an index it is asked whether it is below them.
  const bool index = has(">=0") || has(">= 0") || has("index");
  const bool shapes = has("rows() ==") || has("cols() ==") || has("size() ==");
  throw EigenObjects(std::string(shapes  ? "two matrices are put together whose shapes do not fit"
                                 : index ? "a row, column or entry is asked for that the matrix "
                                           "does not have: an index below 0 or too large"
                                         : "a matrix is used as it cannot be") +
                     " (Eigen expected " + text + ")");
}

}  // namespace mbrl

#define eigen_assert(condition)                        \
  do {                                                 \
    if (!(condition)) mbrl::eigen_objects(#condition); \
  } while (false)
