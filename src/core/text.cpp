#include "core/text.hpp"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <limits>
#include <numeric>

namespace mbrl {

std::string return_text(double x) {
  if (!std::isfinite(x)) return number_text(x);
  const double size = std::abs(x);
  char text[32];
  if (size != 0 && (size < 1e-4 || size >= 1e9)) {
    std::snprintf(text, sizeof text, "%.2e", x);
  } else {
    const int decimals =
        size == 0 ? 2 : std::max(2, 2 - static_cast<int>(std::floor(std::log10(size))));
    std::snprintf(text, sizeof text, "%.*f", decimals, size == 0 ? 0 : x);
  }
  return text;
}

std::string lower_case(std::string word) {
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

std::string join(const std::vector<std::string>& words, const std::string& between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts{""};
  for (const char c : text)
    if (c == at)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
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

std::string nearest(const std::string& word, const std::vector<std::string>& candidates) {
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
