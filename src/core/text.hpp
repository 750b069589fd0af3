// Numbers and words as text: exact numbers, lists, and the known word nearest to a mistyped one.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <vector>

namespace mbrl {

// The shortest text of %g that reads back as exactly x; and what number_text uses where the
// standard library has no std::to_chars of such a number (libc++, at least the older ones).
template <class Real>
std::string shortest_text(Real x) {
  char text[64];
  for (int digits = 1; digits <= 17; ++digits) {
    std::snprintf(text, sizeof text, "%.*g", digits, static_cast<double>(x));
    if (static_cast<Real>(std::strtod(text, nullptr)) == x) break;
  }
  return text;
}

// The shortest text that reads back as exactly x, but whole numbers in full (200000, not 2e+05);
// "nan", "inf" and "-inf" where x is not finite.
template <class Number>
std::string number_text(Number x) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (std::abs(x) < Number(1e15) && x == std::trunc(x) && !(x == 0 && std::signbit(x)))
      return std::to_string(static_cast<long long>(x));
  }
#ifndef __cpp_lib_to_chars
  if constexpr (std::is_floating_point_v<Number>)
    return shortest_text(x);
  else
#endif
  {
    char text[64];
    return {text, std::to_chars(text, text + sizeof text, x).ptr};
  }
}

// A return, or its spread, for people: three significant digits at least, two decimals where it is
// large, and no minus before a zero. -1459.38, 0.00, 0.0123, 1.23e-07
std::string return_text(double x);

std::string lower_case(std::string word);

// {"a", "b", "c"} becomes "a, b, c".
std::string join(const std::vector<std::string>& words, const std::string& between = ", ");
// "a,b,,c" at commas becomes {"a", "b", "", "c"}.
std::vector<std::string> split(const std::string& text, char at);

// How many letters must be inserted, deleted or replaced to turn a into b (Levenshtein 1966).
std::size_t edit_distance(const std::string& a, const std::string& b);

// The candidate that was probably meant: the first that contains the word, else the one that takes
// the fewest edits. Capitals do not count. Empty without candidates.
std::string nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace mbrl
