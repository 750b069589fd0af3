#include "core/utf8.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_utf8 {

const std::string bad = "\xef\xbf\xbd";  // U+FFFD

TEST_CASE("text that is UTF-8 stays as it is, from one byte to four, at the ends of each range") {
  for (const std::string text :
       {"", "plain", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
        "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xcf\x83 \xc2\xb1 1"})
    CHECK(valid_utf8(text) == text);
}

TEST_CASE("each byte that belongs to no character becomes U+FFFD, and what follows is kept") {
  CHECK(valid_utf8("a\xff"
                   "b") == "a" + bad + "b");
  CHECK(valid_utf8("\xb0"
                   "C") == bad + "C");  // a degree sign of Latin-1
  CHECK(valid_utf8("\xc3") == bad);     // cut short
  CHECK(valid_utf8("\xe2\x82"
                   "x") == bad + bad + "x");              // the same in the middle
  CHECK(valid_utf8("\xc0\xaf") == bad + bad);             // a slash in two bytes
  CHECK(valid_utf8("\xe0\x80\xaf") == bad + bad + bad);   // in three
  CHECK(valid_utf8("\xed\xa0\x80") == bad + bad + bad);   // half of a pair
  CHECK(valid_utf8("\xf4\x90\x80\x80").size() == 4 * 3);  // beyond U+10FFFF
  CHECK(valid_utf8("\xf5\x80\x80\x80").size() == 4 * 3);
  CHECK(valid_utf8("\xc3\xc3\xa9") == bad + "\xc3\xa9");
}

}  // namespace test_utf8
