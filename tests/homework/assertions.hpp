// Included before everything else where exercises are compiled: what Eigen asserts (shapes that do
// not fit, an index out of bounds) becomes an error that the board can show.
#pragma once

#include <stdexcept>
#include <string>

namespace mbrl {

[[noreturn]] inline void eigen_objects(const char* condition) {
  throw std::logic_error(std::string("Eigen expected ") + condition);
}

}  // namespace mbrl

#define eigen_assert(condition)                        \
  do {                                                 \
    if (!(condition)) mbrl::eigen_objects(#condition); \
  } while (false)
