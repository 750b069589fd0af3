#include "nn/init.hpp"

#include <Eigen/QR>

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
      // The Q of a tall Gaussian matrix, with the signs of R's diagonal, is uniform on the
      // orthogonal ones.
      const Matrix gaussian = rng.normal(std::max(out, in), std::min(out, in));
      const Eigen::HouseholderQR<Matrix> qr(gaussian);
      Matrix Q = qr.householderQ() * Matrix::Identity(gaussian.rows(), gaussian.cols());
      for (Index j = 0; j < Q.cols(); ++j)
        if (qr.matrixQR()(j, j) < 0) Q.col(j) *= -1;
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
