#include "planning/lqr.hpp"

#include <Eigen/Cholesky>

namespace mbrl {

LqrSolution lqr(const Matrix& A, const Matrix& B, const Matrix& Q, const Matrix& R, int H,
                const Matrix& Q_final) {
  const Index n = A.rows(), m = B.cols();
  require_shape("A of lqr", A, n, n);
  require_shape("B of lqr", B, n, m);
  require_shape("Q of lqr", Q, n, n);
  require_shape("R of lqr", R, m, m);
  if (H < 1) throw UserError("the horizon of lqr is " + std::to_string(H) + ", expected 1 or more");
  const std::size_t steps = static_cast<std::size_t>(H);
  LqrSolution best{std::vector<Matrix>(steps), std::vector<Matrix>(steps + 1)};
  best.P[steps] = Matrix::Zero(n, n);
  if (Q_final.size() > 0) {
    require_shape("Q_final of lqr", Q_final, n, n);
    best.P[steps] = Q_final;
  }
  for (std::size_t t = steps; t-- > 0;) {
    const Matrix& P = best.P[t + 1];
    const Matrix PA = P * A, curvature = R + B.transpose() * P * B;
    best.K[t] = -curvature.ldlt().solve(B.transpose() * PA);
    const Matrix cost = Q + A.transpose() * PA + PA.transpose() * B * best.K[t];
    best.P[t] = (cost + cost.transpose()) / 2;  // symmetric, but for rounding
  }
  return best;
}

}  // namespace mbrl
