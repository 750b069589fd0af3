// Operations that mix entries: products, reductions, broadcasts, blocks. Value and adjoint, side by
// side.
#include "autodiff/operations.hpp"

#include <algorithm>
#include <cmath>

namespace mbrl {

std::string Tape::first_not_finite() {
  for (std::size_t i = 0; i < used_; ++i)
    if (!nodes_[i].value->allFinite()) return nodes_[i].operation;
  // Once more backwards, from where backward() began, to see whose adjoints break.
  std::size_t last = used_;
  while (last > 0 && !nodes_[last - 1].reached) --last;
  for (std::size_t i = 0; i + 1 < last; ++i) nodes_[i].reached = false;
  const auto broken = [](const Node* x) { return x && x->reached && !x->adjoint.allFinite(); };
  for (std::size_t i = last; i-- > 0;) {
    Node& node = nodes_[i];
    if (!node.reached || !node.needs_adjoint || !node.pull) continue;
    node.pull(node);
    if (std::any_of(node.in.begin(), node.in.end(), broken) ||
        std::any_of(node.parts.begin(), node.parts.end(), broken))
      return std::string("the derivative of ") + node.operation;
  }
  return "";
}

// ---- products ----

namespace {

// y = A B has  dA = dy B^T,  dB = A^T dy
void pull_product(Node& A, Node& B, const Matrix& dy) {
  add_adjoint(A, dy * B.value->transpose());
  add_adjoint(B, A.value->transpose() * dy);
}

// y = W x + b for every column of x.  W: (out, in)  x: (in, B)  b: (out, 1)  y: (out, B)
void affine_into(Matrix& y, const Matrix& W, const Matrix& x, const Matrix& b) {
  require_shape("input of an affine map", x, W.cols(), -1);
  require_shape("bias of an affine map", b, W.rows(), 1);
  y.resize(W.rows(), x.cols());
  y.colwise() = b.col(0);
  y.noalias() += W * x;
}

}  // namespace

Matrix affine(const Matrix& W, const Matrix& x, const Matrix& b) {
  Matrix y;
  affine_into(y, W, x, b);
  return y;
}
// dW = dy x^T,  dx = W^T dy,  db = sum of dy over the batch
Var affine(const Var& W, const Var& x, const Var& b) {
  Node& y = W.tape->append("affine", {W.node, x.node, b.node});
  affine_into(y.own, W.value(), x.value(), b.value());
  y.pull = [](Node& y) { pull_affine(y, y.adjoint); };
  return {W.tape, &y};
}
void pull_affine(Node& y, const Matrix& dy) {
  pull_product(*y.in[0], *y.in[1], dy);
  add_adjoint(*y.in[2], dy.rowwise().sum());
}

// y = A B (matrix product),  dA = dy B^T,  dB = A^T dy
Var matmul(const Var& A, const Var& B) {
  require_shape("second factor of matmul", B.value(), A.cols(), -1);
  Node& y = A.tape->append("matmul", {A.node, B.node});
  y.own.noalias() = A.value() * B.value();
  y.pull = [](Node& y) { pull_product(*y.in[0], *y.in[1], y.adjoint); };
  return {A.tape, &y};
}

// ---- reductions ----

// y = the sum of all entries, (1, 1),  dx = dy everywhere
Var sum(const Var& x) {
  Node& y = x.tape->append("sum", {x.node});
  y.own.setConstant(1, 1, x.value().sum());
  y.pull = [](Node& y) {
    const Matrix& x = *y.in[0]->value;
    add_adjoint(*y.in[0], Matrix::Constant(x.rows(), x.cols(), y.adjoint(0, 0)));
  };
  return {x.tape, &y};
}

// y = the mean of all entries, (1, 1)
Var mean(const Var& x) { return sum(x) / static_cast<Scalar>(x.value().size()); }

// y = the sum over each column's rows.  x: (n, B)  y: (1, B),  dx = dy, repeated down the rows
Var sum_rows(const Var& x) {
  Node& y = x.tape->append("sum_rows", {x.node});
  y.own = x.value().colwise().sum();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], y.adjoint.replicate(y.in[0]->value->rows(), 1)); };
  return {x.tape, &y};
}

// y = log sum exp over each column's rows, however large or small the entries are.
// x: (n, B)  y: (1, B),  dx = dy softmax(x)
Var log_sum_exp(const Var& x) {
  Node& y = x.tape->append("log_sum_exp", {x.node});
  // BEGIN SOLUTION hw1.2 (about 12 lines)
  y.own.resize(1, x.cols());
  y.saved.resize(x.rows(), x.cols());  // softmax(x)
  for (Index j = 0; j < x.cols(); ++j) {
    const Scalar largest = x.value().col(j).maxCoeff();
    const Scalar top = std::isfinite(largest) ? largest : 0;  // all may be -infinity
    y.saved.col(j) = (x.value().col(j).array() - top).exp();
    const Scalar total = y.saved.col(j).sum();
    if (total > 0) y.saved.col(j) /= total;
    y.own(0, j) = top + std::log(total);
  }
  y.pull = [](Node& y) {
    add_adjoint(*y.in[0], y.saved.array().rowwise() * y.adjoint.row(0).array());
  };
  // END SOLUTION
  return {x.tape, &y};
}

// ---- broadcasts ----

// y = diag(factor) x,  dx = diag(factor) dy
Var scale_rows(const Eigen::Ref<const Matrix>& factor, const Var& x) {
  require_shape("factor of scale_rows", factor, x.rows(), 1);
  Node& y = x.tape->append("scale_rows", {x.node});
  y.saved = factor;
  y.own.resize(x.rows(), x.cols());
  for (Index i = 0; i < x.rows(); ++i) y.own.row(i) = factor(i, 0) * x.value().row(i);
  y.pull = [](Node& y) { add_adjoint(*y.in[0], y.saved.col(0).asDiagonal() * y.adjoint); };
  return {x.tape, &y};
}

// y = the column x repeated.  x: (n, 1)  y: (n, B),  dx = sum of dy over the batch
Matrix broadcast_columns(const Matrix& x, Index columns) {
  require_shape("input of broadcast_columns", x, -1, 1);
  Matrix y(x.rows(), columns);
  y.colwise() = x.col(0);
  return y;
}
Var broadcast_columns(const Var& x, Index columns) {
  require_shape("input of broadcast_columns", x.value(), -1, 1);
  Node& y = x.tape->append("broadcast_columns", {x.node});
  y.own.resize(x.rows(), columns);
  y.own.colwise() = x.value().col(0);
  y.pull = [](Node& y) { add_adjoint(*y.in[0], y.adjoint.rowwise().sum()); };
  return {x.tape, &y};
}

// y = the row x repeated.  x: (1, B)  y: (n, B),  dx = sum of dy over the rows
Var broadcast_rows(const Var& x, Index rows) {
  require_shape("input of broadcast_rows", x.value(), 1, -1);
  Node& y = x.tape->append("broadcast_rows", {x.node});
  y.own.resize(rows, x.cols());
  y.own.rowwise() = x.value().row(0);
  y.pull = [](Node& y) { add_adjoint(*y.in[0], y.adjoint.colwise().sum()); };
  return {x.tape, &y};
}

// ---- blocks ----

// `count` rows of x, from `first` on, into those of y from `at` on. A few rows are copied one after
// the other: down a column there would be too few entries for one vector of the processor.
static void copy_rows(const Matrix& x, Index first, Index count, Matrix& y, Index at) {
  if (count > 8)
    y.middleRows(at, count) = x.middleRows(first, count);
  else
    for (Index i = 0; i < count; ++i) y.row(at + i) = x.row(first + i);
}

// y = rows first, ..., first + count - 1 of x,  dx = dy there, 0 elsewhere
Matrix rows(const Matrix& x, Index first, Index count) {
  Matrix y(count, x.cols());
  copy_rows(x, first, count, y, 0);
  return y;
}
Var rows(const Var& x, Index first, Index count) {
  if (first < 0 || count < 0 || first + count > x.rows())
    throw UserError("rows " + std::to_string(first) + " to " + std::to_string(first + count - 1) +
                    " asked of a matrix with " + std::to_string(x.rows()) + " rows");
  Node& y = x.tape->append("rows", {x.node});
  y.first = first;
  y.own.resize(count, x.cols());
  copy_rows(x.value(), first, count, y.own, 0);
  y.pull = [](Node& y) {
    if (y.in[0]->needs_adjoint)
      open_adjoint(*y.in[0]).middleRows(y.first, y.own.rows()) += y.adjoint;
  };
  return {x.tape, &y};
}

// One coordinate of every state of a batch.  x: (n, B)  y: (1, B)
Row row(const Matrix& x, Index i) { return x.row(i).array(); }
Var row(const Var& x, Index i) { return rows(x, i, 1); }

// y = columns first, ..., first + count - 1 of x
Var columns(const Var& x, Index first, Index count) {
  if (first < 0 || count < 0 || first + count > x.cols())
    throw UserError("columns " + std::to_string(first) + " to " +
                    std::to_string(first + count - 1) + " asked of a matrix with " +
                    std::to_string(x.cols()) + " columns");
  Node& y = x.tape->append("columns", {x.node});
  y.first = first;
  y.own = x.value().middleCols(first, count);
  y.pull = [](Node& y) {
    if (y.in[0]->needs_adjoint)
      open_adjoint(*y.in[0]).middleCols(y.first, y.own.cols()) += y.adjoint;
  };
  return {x.tape, &y};
}

// y(:, j) = x(:, index[j]),  an index may come more than once
Var gather_columns(const Var& x, const std::vector<Index>& index) {
  for (const Index j : index)
    if (j < 0 || j >= x.cols())
      throw UserError("column " + std::to_string(j) + " asked of a matrix with " +
                      std::to_string(x.cols()) + " columns");
  Node& y = x.tape->append("gather_columns", {x.node});
  y.index = index;
  y.own.resize(x.rows(), static_cast<Index>(index.size()));
  for (std::size_t j = 0; j < index.size(); ++j)
    y.own.col(static_cast<Index>(j)) = x.value().col(index[j]);
  y.pull = [](Node& y) {
    // BEGIN SOLUTION hw1.5 (about 4 lines)
    if (!y.in[0]->needs_adjoint) return;
    Matrix& dx = open_adjoint(*y.in[0]);
    for (std::size_t j = 0; j < y.index.size(); ++j)
      dx.col(y.index[j]) += y.adjoint.col(static_cast<Index>(j));
    // END SOLUTION
  };
  return {x.tape, &y};
}

// y = the parts on top of each other, all of the same width.  Each part gets its own rows of dy.
Matrix stack(const Matrix& top, const Matrix& bottom) {
  require_shape("part of stack", bottom, -1, top.cols());
  Matrix y(top.rows() + bottom.rows(), top.cols());
  copy_rows(top, 0, top.rows(), y, 0);
  copy_rows(bottom, 0, bottom.rows(), y, top.rows());
  return y;
}
Var stack(std::span<const Var> parts) {
  if (parts.empty()) throw UserError("stack of no parts");
  Tape& tape = *parts.front().tape;
  Node& y = tape.append("stack", {});
  Index height = 0;
  for (const Var& part : parts) {
    require_shape("part of stack", part.value(), -1, parts.front().cols());
    y.parts.push_back(part.node);
    y.needs_adjoint = y.needs_adjoint || part.node->needs_adjoint;
    height += part.rows();
  }
  y.own.resize(height, parts.front().cols());
  Index first = 0;
  for (const Var& part : parts) {
    copy_rows(part.value(), 0, part.rows(), y.own, first);
    first += part.rows();
  }
  y.pull = [](Node& y) {
    Index first = 0;
    for (Node* part : y.parts) {
      add_adjoint(*part, y.adjoint.middleRows(first, part->value->rows()));
      first += part->value->rows();
    }
  };
  return {&tape, &y};
}
Var stack(const std::vector<Var>& parts) { return stack(std::span(parts)); }

// y = the rows on top of each other.
Matrix stack_rows(std::initializer_list<const Row*> parts) {
  Matrix y(static_cast<Index>(parts.size()), (*parts.begin())->size());
  Index i = 0;
  for (const Row* part : parts) y.row(i++) = part->matrix();
  return y;
}

}  // namespace mbrl
