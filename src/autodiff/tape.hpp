// Reverse-mode automatic differentiation on a tape of matrices.
//
// Every operation on a Var appends one Node: its value, and how an adjoint dL/dy of the result is
// pulled back to its inputs. backward() walks the tape once from the end, so that a node used many
// times costs one visit, and a rollout of any length needs no recursion. clear() keeps the nodes'
// buffers, so that the next step, which has the same shapes, allocates nothing.
//
//   Tape tape;
//   const Matrix x{{1, 2, 3}};
//   const Var v = tape.parameter(x), loss = sum(square(v));
//   tape.backward(loss);
//   std::cout << loss.value() << ": " << v.adjoint() << "\n";  // 14: 2 4 6
//
// operations.hpp lists the operations.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "core/types.hpp"

namespace mbrl {

struct Node {
  Matrix own;                        // the value, unless it lives outside the tape
  const Matrix* value = nullptr;     // &own, or the outside matrix
  Matrix adjoint;                    // dL/d(value), valid once `reached`
  bool needs_adjoint = false;        // some parameter lies upstream
  bool reached = false;              // some adjoint has arrived
  std::array<Node*, 3> in{};         // the inputs of an operation with at most three
  std::vector<Node*> parts;          // the inputs of stack
  std::vector<Index> index;          // the columns of gather_columns
  std::array<Scalar, 2> constant{};  // e.g. the bounds of clamp
  Index first = 0;                   // where a block starts
  Matrix saved;                      // what the value pass keeps for the adjoint
  Matrix scratch;                    // room for the adjoint pass
  void (*pull)(Node& y) = nullptr;   // adds the adjoints of the inputs, given y.adjoint
  const char* operation = "";        // its name, for what is said when something is not finite
};

class Tape;

// A matrix on a tape: a handle, cheap to copy, valid until the tape is cleared.
struct Var {
  Tape* tape = nullptr;
  Node* node = nullptr;

  const Matrix& value() const { return *node->value; }
  Index rows() const { return value().rows(); }
  Index cols() const { return value().cols(); }
  // dL/d(this) after backward(L); zero where L does not depend on it.
  const Matrix& adjoint() const {
    if (!node->reached) node->adjoint.setZero(rows(), cols());
    return node->adjoint;
  }
};

class Tape {
 public:
  Tape() = default;
  Tape(const Tape&) = delete;  // Vars point into it
  Tape& operator=(const Tape&) = delete;

  // A matrix that gradients are wanted for. It stays outside: keep it alive and unchanged until
  // clear().
  Var parameter(const Matrix& outside) { return refer(outside, true); }
  // A matrix that no gradient is wanted for; also kept outside.
  Var constant(const Matrix& outside) { return refer(outside, false); }
  // The same for a temporary, which moves onto the tape.
  Var parameter(Matrix&& x) { return keep(std::move(x), true); }
  Var constant(Matrix&& x) { return keep(std::move(x), false); }
  // A constant copied onto the tape, into a buffer that is kept: some columns, a row of rewards.
  template <class Derived>
  Var copy(const Eigen::DenseBase<Derived>& x) {
    Node& node = append("constant", {});
    node.own.resize(x.rows(), x.cols());
    node.own.array() = x.derived().array();
    return {this, &node};
  }

  // Fills the adjoints of everything that `loss`, a (1, 1) value, depends on.
  void backward(const Var& loss) {
    require_shape("loss", loss.value(), 1, 1);
    loss.node->adjoint.setOnes(1, 1);
    pull_back_from(*loss.node);
  }
  // The same for any y, given dL/dy: one row of the Jacobian at a time, for instance.
  void backward(const Var& y, const Matrix& dy) {
    require_shape("dL/dy", dy, y.rows(), y.cols());
    y.node->adjoint = dy;
    pull_back_from(*y.node);
  }

  // Forgets all nodes, or all but the first `size`, and keeps their memory.
  void clear() { used_ = 0; }
  void rewind(std::size_t size) { used_ = size; }
  std::size_t size() const { return used_; }

  // The operation that brought forth the first value that is not finite, or else, after backward(),
  // the one whose derivative did: "exp", "the derivative of sqrt". Empty if all is finite.
  std::string first_not_finite();

  // A fresh node whose inputs are given; the caller fills `own` and `pull`. For the operations
  // only.
  Node& append(const char* operation, std::initializer_list<Node*> inputs) {
    if (used_ == nodes_.size()) nodes_.emplace_back();
    Node& node = nodes_[used_++];
    node.value = &node.own;
    node.operation = operation;
    node.reached = node.needs_adjoint = false;
    node.pull = nullptr;
    node.in = {}, node.parts.clear();
    std::size_t slot = 0;
    for (Node* input : inputs) {
      node.in[slot++] = input;
      node.needs_adjoint = node.needs_adjoint || input->needs_adjoint;
    }
    return node;
  }

 private:
  // Visits every node once, the last first, beginning with the adjoint of y.
  void pull_back_from(Node& y) {
    for (std::size_t i = 0; i < used_; ++i) nodes_[i].reached = false;
    y.reached = true;
    for (std::size_t i = used_; i-- > 0;) {
      Node& node = nodes_[i];
      if (node.reached && node.needs_adjoint && node.pull) node.pull(node);
    }
  }
  Var refer(const Matrix& outside, bool needs_adjoint) {
    Node& node = append(needs_adjoint ? "parameter" : "constant", {});
    node.value = &outside;
    node.needs_adjoint = needs_adjoint;
    return {this, &node};
  }
  Var keep(Matrix&& x, bool needs_adjoint) {
    Node& node = append(needs_adjoint ? "parameter" : "constant", {});
    node.own = std::move(x);
    node.needs_adjoint = needs_adjoint;
    return {this, &node};
  }

  std::deque<Node> nodes_;  // a deque: growing it moves no node
  std::size_t used_ = 0;
};

// The adjoint of x to add to: zero at the first touch.
inline Matrix& open_adjoint(Node& x) {
  if (!x.reached) x.adjoint.setZero(x.value->rows(), x.value->cols());
  x.reached = true;
  return x.adjoint;
}

// The adjoints of several variables after backward(): zero where the loss does not depend on one.
inline void adjoints(const std::vector<Var>& leaves, std::vector<Matrix*>& all) {
  all.clear();
  for (const Var& leaf : leaves) all.push_back(&open_adjoint(*leaf.node));
}
inline std::vector<Matrix*> adjoints(const std::vector<Var>& leaves) {
  std::vector<Matrix*> all;
  adjoints(leaves, all);
  return all;
}

// Adds `amount` to the adjoint of x, if anyone wants it; the expression is evaluated only then.
template <class Derived>
void add_adjoint(Node& x, const Eigen::DenseBase<Derived>& amount) {
  if (!x.needs_adjoint) return;
  if (x.reached)
    x.adjoint.array() += amount.derived().array();
  else
    x.adjoint = amount.derived().array();
  x.reached = true;
}
// The same for a matrix product.
template <class Left, class Right>
void add_adjoint(Node& x, const Eigen::Product<Left, Right>& amount) {
  if (!x.needs_adjoint) return;
  if (x.reached)
    x.adjoint.noalias() += amount;
  else
    x.adjoint.noalias() = amount;
  x.reached = true;
}

// The entries of a matrix, to compute with one by one.
using Entries = Eigen::ArrayWrapper<const Matrix>;

// The numbers in a variable or a plain row, for decisions that carry no gradient: values(x) > 0.
inline Entries values(const Var& x) { return x.value().array(); }
inline const Row& values(const Row& x) { return x; }

}  // namespace mbrl
