// What stands in the place of an exercise until it is written (docs/homework/).
#pragma once

#include <stdexcept>
#include <string>

namespace mbrl {

struct NotWritten : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws NotWritten: which exercise, and in which file and line it is to be written.
[[noreturn]] inline void not_written(const char* exercise, const char* file = __builtin_FILE(),
                                     int line = __builtin_LINE()) {
  throw NotWritten(std::string(exercise) + " is not written yet: " + file + ", line " +
                   std::to_string(line));
}

}  // namespace mbrl
