#include "nn/init.hpp"

namespace mbrl {

Matrix initial_weights(Init init, Index out, Index in, Rng& rng) {
  Matrix W(out, in);
  switch (init) {
    case Init::xavier: {
      const Scalar bound = std::sqrt(Scalar(6) / static_cast<Scalar>(in + out));
      for (Index i = 0; i < W.size(); ++i) W.data()[i] = rng.uniform(-bound, bound);
      break;
    }
    case Init::truncated_normal: {
      rng.fill_truncated_normal(W, 2);
      W /= 2 * std::sqrt(static_cast<Scalar>(in));
      break;
    }
    case Init::orthogonal: {
      // The Q of a tall Gaussian matrix, with a positive diagonal of R, is uniform on the
      // orthogonal ones. Gram-Schmidt gives just that; a second time takes away what rounding left.
      Matrix Q = rng.normal(std::max(out, in), std::min(out, in));
      for (Index j = 0; j < Q.cols(); ++j) {
        for (Index k = 0; k < 2 * j; ++k) Q.col(j) -= Q.col(k % j).dot(Q.col(j)) * Q.col(k % j);
        Q.col(j).normalize();
      }
      if (out >= in)
        W = Q;
      else
        W = Q.transpose();
      break;
    }
  }
  return W;
}

}  // namespace mbrl
