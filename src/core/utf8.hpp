// Text that others will read as UTF-8 (RFC 3629), whatever bytes it was made of.
#pragma once

#include <cstddef>
#include <string>

namespace mbrl {

// How many bytes the character at text[at] takes; 0 if none begins there: a byte too many or too
// few, a longer form of what has a shorter one, half of a UTF-16 pair, or beyond U+10FFFF.
inline std::size_t utf8_length(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  // The second byte has a narrower range after these four.
  const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  return length;
}

// The text with U+FFFD, the replacement character, for each byte that is not part of a character.
inline std::string valid_utf8(const std::string& text) {
  std::string valid;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    valid += length > 0 ? text.substr(at, length) : "\xef\xbf\xbd";
    at += length > 0 ? length : 1;
  }
  return valid;
}

}  // namespace mbrl
