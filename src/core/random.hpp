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
#include <numeric>
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
  void fill_normal(Matrix& x) {
    const Index n = x.size(), half = (n + 1) / 2;
    radius_.resize(half), angle_.resize(half);
    for (Index i = 0; i < half; ++i) {
      const std::uint64_t word = bits();
      radius_(i) =
          static_cast<Scalar>((word >> 40) + 1) * Scalar(0x1p-24);  // in (0, 1]: log is finite
      angle_(i) = static_cast<Scalar>((word >> 16) & 0xffffff) * Scalar(0x1p-24) * 2 * kPi;
    }
    radius_ = (-2 * radius_.log()).sqrt();
    Eigen::Map<Eigen::Array<Scalar, Eigen::Dynamic, 1>> flat(x.data(), n);
    flat.head(half) = radius_ * angle_.cos();
    flat.tail(n - half) = (radius_ * angle_.sin()).head(n - half);
  }

  Matrix normal(Index rows, Index cols) {
    Matrix x(rows, cols);
    fill_normal(x);
    return x;
  }

  Scalar normal() { return normal(1, 1)(0, 0); }

  // Fills x with N(0, 1) draws cut at +-limit by redrawing what falls outside.
  void fill_truncated_normal(Matrix& x, Scalar limit = 2) {
    fill_normal(x);
    for (Index i = 0; i < x.size(); ++i) {
      Scalar& z = x.data()[i];
      while (!(std::abs(z) <= limit)) {
        const Scalar radius = std::sqrt(-2 * std::log(1 - uniform()));
        z = radius * std::cos(2 * kPi * uniform());
      }
    }
  }

  // A uniformly random order of 0, ..., n - 1 (Fisher and Yates).
  std::vector<Index> permutation(Index n) {
    std::vector<Index> order(static_cast<std::size_t>(n));
    std::iota(order.begin(), order.end(), Index(0));
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[static_cast<std::size_t>(below(static_cast<Index>(i)))]);
    return order;
  }

  std::array<std::uint64_t, 4>& state() { return state_; }  // all there is to save in a checkpoint

 private:
  std::array<std::uint64_t, 4> state_;
  Eigen::Array<Scalar, Eigen::Dynamic, 1> radius_, angle_;  // workspace of fill_normal
};

}  // namespace mbrl
