// Random numbers in named streams: the same seed gives the same draws, whatever else the program
// does.
//
// The generator and every distribution are our own, because the standard library's normal, uniform
// and shuffle differ between platforms. A stream is keyed by (seed, purpose, member), so that an
// extra draw in one place (an evaluation, a second ensemble member) never shifts the draws of
// another.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/errors.hpp"
#include "core/types.hpp"

namespace mbrl {

// One step of SplitMix64 (Steele, Lea & Flood 2014): a bijective scrambling of 64 bits.
inline std::uint64_t scramble(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

class Rng {
 public:
  // purpose: what the stream is for, e.g. "planner"; member: which ensemble member, episode, ...
  Rng(std::uint64_t seed, std::string_view purpose, std::uint64_t member = 0) {
    std::uint64_t key = scramble(seed);
    for (const char c : purpose) key = scramble(key ^ static_cast<unsigned char>(c));
    key = scramble(key ^ member);
    for (auto& word : state_) word = key = scramble(key);
  }

  // 64 uniform bits: xoshiro256++ (Blackman & Vigna 2019).
  std::uint64_t bits() {
    const auto rotate = [](std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
    auto& s = state_;
    const std::uint64_t result = rotate(s[0] + s[3], 23) + s[0];
    const std::uint64_t t = s[1] << 17;
    s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3];
    s[2] ^= t, s[3] = rotate(s[3], 45);
    return result;
  }

  // Uniform in [0, 1), or in [low, high).
  Scalar uniform() { return static_cast<Scalar>(bits() >> 40) * Scalar(0x1p-24); }
  Scalar uniform(Scalar low, Scalar high) {
    const Scalar x = low + (high - low) * uniform();
    return x < high ? x : std::nextafter(high, low);  // the sum may have been rounded up to high
  }

  // Uniform in {0, ..., n - 1}, without bias.
  Index below(Index n) {
    if (n < 1) throw UserError("a choice among " + std::to_string(n) + " things");
    const auto range = static_cast<std::uint64_t>(n);
    const std::uint64_t unbiased = -range % range;  // 2^64 mod n draws are rejected
    std::uint64_t draw = bits();
    while (draw < unbiased) draw = bits();
    return static_cast<Index>(draw % range);
  }

  // Fills x with independent N(0, 1) draws, by Box and Muller's transform on whole blocks.
  void fill_normal(Matrix& x);

  Matrix normal(Index rows, Index cols);

  Scalar normal();

  // Fills x with N(0, 1) draws cut at +-limit by redrawing what falls outside.
  void fill_truncated_normal(Matrix& x, Scalar limit = 2);

  // A uniformly random order of 0, ..., n - 1 (Fisher and Yates); or of as many as `order` has.
  std::vector<Index> permutation(Index n);
  void permute(std::vector<Index>& order);

  std::array<std::uint64_t, 4>& state() { return state_; }  // all there is to save in a checkpoint

 private:
  std::array<std::uint64_t, 4> state_;
  Eigen::Array<Scalar, Eigen::Dynamic, 1> radius_, angle_;  // workspace of fill_normal
};

}  // namespace mbrl
