#include "core/random.hpp"

#include <numeric>

namespace mbrl {

void Rng::fill_normal(Matrix& x) {
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

Matrix Rng::normal(Index rows, Index cols) {
  Matrix x(rows, cols);
  fill_normal(x);
  return x;
}

void Rng::fill_truncated_normal(Matrix& x, Scalar limit) {
  fill_normal(x);
  for (Index i = 0; i < x.size(); ++i) {
    Scalar& z = x.data()[i];
    while (!(std::abs(z) <= limit)) {
      const Scalar radius = std::sqrt(-2 * std::log(1 - uniform()));
      z = radius * std::cos(2 * kPi * uniform());
    }
  }
}

std::vector<Index> Rng::permutation(Index n) {
  std::vector<Index> order(static_cast<std::size_t>(n));
  permute(order);
  return order;
}

void Rng::permute(std::vector<Index>& order) {
  std::iota(order.begin(), order.end(), Index(0));
  for (std::size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[static_cast<std::size_t>(below(static_cast<Index>(i)))]);
}

Scalar Rng::normal() { return normal(1, 1)(0, 0); }

}  // namespace mbrl
