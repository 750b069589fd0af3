// Numbers and words as text: exact numbers, lists, and the known word nearest to a mistyped one.
#pragma once

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

namespace mbrl {

// The shortest text that reads back as exactly x, but whole numbers in full (200000, not 2e+05);
// "nan", "inf" and "-inf" where x is not finite.
template <class Number>
std::string number_text(Number x) {
  if constexpr (std::is_floating_point_v<Number>) {
    if (std::abs(x) < Number(1e15) && x == std::trunc(x) && !(x == 0 && std::signbit(x)))
      return std::to_string(static_cast<long long>(x));
  }
  char text[64];
  return {text, std::to_chars(text, text + sizeof text, x).ptr};
}

inline std::string lower_case(std::string word) {
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

// {"a", "b", "c"} becomes "a, b, c".
inline std::string join(const std::vector<std::string>& words, const std::string& between = ", ") {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

// How many letters must be inserted, deleted or replaced to turn a into b (Levenshtein 1966).
inline std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);  // distances from the first i letters of a
  std::iota(row.begin(), row.end(), std::size_t(0));
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

// The candidate that was probably meant: the first that contains the word, else the one that takes
// the fewest edits. Capitals do not count. Empty without candidates.
inline std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
  const std::string typed = lower_case(word);
  std::string best;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  for (const std::string& candidate : candidates) {
    const std::string known = lower_case(candidate);
    const bool contains = known.find(typed) != std::string::npos;
    const std::size_t edits = contains ? 0 : edit_distance(typed, known);
    if (edits < fewest) fewest = edits, best = candidate;
  }
  return best;
}

}  // namespace mbrl
