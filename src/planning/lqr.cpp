#include "planning/lqr.hpp"

#include "core/linear_algebra.hpp"

namespace mbrl {

LqrSolution lqr(const Matrix& A, const Matrix& B, const Matrix& Q, const Matrix& R, int H,
                const Matrix& Q_final) {
  const Index n = A.rows(), m = B.cols();
  require_shape("A of lqr", A, n, n);
  require_shape("B of lqr", B, n, m);
  require_shape("Q of lqr", Q, n, n);
  require_shape("R of lqr", R, m, m);
  if (H < 1) throw UserError("the horizon of lqr is " + std::to_string(H) + ", expected 1 or more");
  const RealMatrix a = A.cast<double>(), b = B.cast<double>();
  RealMatrix P = RealMatrix::Zero(n, n);
  const std::size_t steps = static_cast<std::size_t>(H);
  LqrSolution best{std::vector<Matrix>(steps), std::vector<Matrix>(steps + 1)};
  if (Q_final.size() > 0) {
    require_shape("Q_final of lqr", Q_final, n, n);
    P = Q_final.cast<double>();
  }
  best.P[steps] = P.cast<Scalar>();
  for (std::size_t t = steps; t-- > 0;) {
    // K = -(R + B^T P B)^-1 B^T P A,   P before = Q + A^T P A + A^T P B K
    const RealMatrix PA = product(P, a), BPA = transposed_product(b, PA);
    const RealMatrix curvature = R.cast<double>() + transposed_product(b, product(P, b));
    const RealMatrix K = -solve_symmetric(curvature, BPA);
    const RealMatrix cost =
        Q.cast<double>() + transposed_product(a, PA) + transposed_product(BPA, K);
    P = (cost + cost.transpose()) / 2;  // symmetric, but for rounding
    best.K[t] = K.cast<Scalar>(), best.P[t] = P.cast<Scalar>();
  }
  return best;
}

}  // namespace mbrl
