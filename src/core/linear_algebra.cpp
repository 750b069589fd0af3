#include "core/linear_algebra.hpp"

#include <Eigen/Cholesky>

namespace mbrl {

RealMatrix product(const RealMatrix& A, const RealMatrix& B) { return A * B; }

RealMatrix transposed_product(const RealMatrix& A, const RealMatrix& B) {
  return A.transpose() * B;
}

RealVector transposed_product(const RealMatrix& A, const RealVector& x) {
  return A.transpose() * x;
}

RealMatrix product_transposed(const RealMatrix& A, const RealMatrix& B) {
  return A * B.transpose();
}

RealMatrix solve_symmetric(const RealMatrix& A, const RealMatrix& B) { return A.ldlt().solve(B); }

std::optional<RealMatrix> cholesky(const RealMatrix& A) {
  const Eigen::LLT<RealMatrix> llt(A);
  if (llt.info() != Eigen::Success) return {};
  return RealMatrix(llt.matrixL());
}

RealMatrix cholesky_solve(const RealMatrix& L, const RealMatrix& B) {
  RealMatrix x = B;
  L.triangularView<Eigen::Lower>().solveInPlace(x);
  L.transpose().triangularView<Eigen::Upper>().solveInPlace(x);
  return x;
}

RealVector cholesky_solve(const RealMatrix& L, const RealVector& b) {
  RealVector x = b;
  L.triangularView<Eigen::Lower>().solveInPlace(x);
  L.transpose().triangularView<Eigen::Upper>().solveInPlace(x);
  return x;
}

RealMatrix solve_upper(const RealMatrix& U, const RealMatrix& B) {
  return U.triangularView<Eigen::Upper>().solve(B);
}

}  // namespace mbrl
