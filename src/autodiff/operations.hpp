// Every operation on a tape, and its plain twin where environments and networks use it on plain
// matrices too, so that one source text serves both.
//
// Value and adjoint stand side by side in elementwise.cpp (each entry by itself) and shape.cpp
// (products, reductions, broadcasts, blocks).
#pragma once

#include <span>

#include "autodiff/tape.hpp"

namespace mbrl {

// ---- each entry by itself: elementwise.cpp ----

// Of two matrices of one shape; * and / are elementwise.
Var operator+(const Var& a, const Var& b);
Var operator-(const Var& a, const Var& b);
Var operator*(const Var& a, const Var& b);
Var operator/(const Var& a, const Var& b);

// With a number.
Var operator+(const Var& x, Scalar c);
Var operator+(Scalar c, const Var& x);
Var operator-(const Var& x, Scalar c);
Var operator-(Scalar c, const Var& x);
Var operator*(const Var& x, Scalar c);
Var operator*(Scalar c, const Var& x);
Var operator/(const Var& x, Scalar c);
Var operator/(Scalar c, const Var& x);
Var operator-(const Var& x);

Var exp(const Var& x);
Matrix exp(Matrix x);
Var log(const Var& x);
Var sqrt(const Var& x);
Var square(const Var& x);
Var abs(const Var& x);
Var sin(const Var& x);
Var cos(const Var& x);
Var tanh(const Var& x);
Matrix tanh(Matrix x);
Var relu(const Var& x);      // max(x, 0)
Var sigmoid(const Var& x);   // 1 / (1 + exp(-x)); in float, below -4, right to 1e-5 of itself
Var silu(const Var& x);      // x sigmoid(x), "swish"
Var softplus(const Var& x);  // log(1 + exp(x)), and never overflows
Matrix softplus(Matrix x);
Var wrap_angle(const Var& x);  // the same angle in [-pi, pi)
Row wrap_angle(const Row& x);

// Choices: the gradient follows what was chosen. A mask is a decision and carries none.
Var clamp(const Var& x, Scalar low, Scalar high);
Row clamp(const Row& x, Scalar low, Scalar high);
template <class Derived>
Matrix clamp(const Eigen::MatrixBase<Derived>& x, Scalar low, Scalar high) {
  return x.cwiseMax(low).cwiseMin(high);
}
// a where the mask is true, b elsewhere. mask: an expression such as values(x) > 0
Row where(const Mask& mask, const Row& a, const Row& b);
Node& open_where(const Var& a, const Var& b, Index mask_rows, Index mask_cols);
Var close_where(Tape* tape, Node& y);
template <class Decision>
Var where(const Eigen::ArrayBase<Decision>& mask, const Var& a, const Var& b) {
  Node& y = open_where(a, b, mask.rows(), mask.cols());
  y.saved = mask.template cast<Scalar>();
  return close_where(a.tape, y);
}
Var minimum(const Var& a, const Var& b);  // a tie counts as a; a NaN on either side stays one
Var maximum(const Var& a, const Var& b);

// The value of x as a constant: no gradient passes.
Var detach(const Var& x);

// ---- what mixes entries: shape.cpp ----

// W x + b for every column of x.  W: (out, in)  x: (in, B)  b: (out, 1)  returns (out, B)
Var affine(const Var& W, const Var& x, const Var& b);
Matrix affine(const Matrix& W, const Matrix& x, const Matrix& b);
void pull_affine(Node& y, const Matrix& dy);  // its adjoint, for what is built upon it
Var matmul(const Var& A, const Var& B);

Var sum(const Var& x);          // of all entries, (1, 1)
Var mean(const Var& x);         // of all entries, (1, 1)
Var sum_rows(const Var& x);     // (n, B) to (1, B): over the coordinates of each column
Var log_sum_exp(const Var& x);  // (n, B) to (1, B): log of the sum of exp over each column

// Row i times factor i, a constant.  factor: (n, 1)  x: (n, B)
Var scale_rows(const Eigen::Ref<const Matrix>& factor, const Var& x);

Var broadcast_columns(const Var& x, Index columns);  // (n, 1) to (n, columns)
Matrix broadcast_columns(const Matrix& x, Index columns);
Var broadcast_rows(const Var& x, Index rows);  // (1, B) to (rows, B)

Var rows(const Var& x, Index first, Index count);  // first, ..., first + count - 1
Matrix rows(const Matrix& x, Index first, Index count);
Var row(const Var& x, Index i);  // one coordinate of every state of a batch: (n, B) to (1, B)
Row row(const Matrix& x, Index i);
Var columns(const Var& x, Index first, Index count);
Var gather_columns(const Var& x, const std::vector<Index>& index);  // x(:, index[j])

// The parts on top of each other, all of the same width.
Var stack(std::span<const Var> parts);
Var stack(const std::vector<Var>& parts);
Matrix stack(const Matrix& top, const Matrix& bottom);
Matrix stack_rows(std::initializer_list<const Row*> parts);
// A batch of states from its coordinates: stack(x, y, z) has rows x, y, z.
template <class... Rows>
Matrix stack(const Row& first, const Rows&... rest) {
  return stack_rows({&first, &static_cast<const Row&>(rest)...});
}
template <class... Vars>
Var stack(const Var& first, const Vars&... rest) {
  return stack(std::span<const Var>(std::array{first, rest...}));
}

// What one coordinate of a batch is called in a function that serves both kinds of numbers:
// a Row for plain matrices, a Var of one row on the tape.
template <class M>
struct RowFor;
template <>
struct RowFor<Matrix> {
  using type = Row;
};
template <>
struct RowFor<Var> {
  using type = Var;
};
template <class M>
using RowOf = typename RowFor<M>::type;

}  // namespace mbrl
