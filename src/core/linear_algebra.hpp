// The linear algebra of the small exact solvers (least squares, LQR, iLQR), in double.
//
// Eigen's products and factorisations are templates, and every file that writes one compiles it
// anew, several seconds each. Here each is compiled once. Networks have their own product,
// `affine` in autodiff/.
#pragma once

#include <optional>

#include "core/types.hpp"

namespace mbrl {

using RealMatrix = Eigen::MatrixXd;
using RealVector = Eigen::VectorXd;

RealMatrix product(const RealMatrix& A, const RealMatrix& B);             // A B
RealMatrix transposed_product(const RealMatrix& A, const RealMatrix& B);  // A^T B
RealVector transposed_product(const RealMatrix& A, const RealVector& x);  // A^T x
RealMatrix product_transposed(const RealMatrix& A, const RealMatrix& B);  // A B^T

// x with A x = B, of a symmetric positive A (LDL^T, which bears rounding).
RealMatrix solve_symmetric(const RealMatrix& A, const RealMatrix& B);

// The lower triangle L with A = L L^T; nothing when A is not positive definite.
std::optional<RealMatrix> cholesky(const RealMatrix& A);
RealMatrix cholesky_solve(const RealMatrix& L, const RealMatrix& B);  // L L^T x = B
RealVector cholesky_solve(const RealMatrix& L, const RealVector& b);
// x with U x = B; below its diagonal U is not read.
RealMatrix solve_upper(const RealMatrix& U, const RealMatrix& B);

}  // namespace mbrl
