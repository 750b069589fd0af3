#include "nn/dense.hpp"

namespace mbrl {

Activation activation_from(const std::string& name) {
  if (name == "tanh") return Activation::tanh;
  if (name == "relu") return Activation::relu;
  if (name == "silu") return Activation::silu;
  throw UserError("unknown activation '" + name + "': expected tanh, relu or silu");
}

Var activate(Activation g, const Var& x) {
  switch (g) {
    case Activation::linear:
      return x;
    case Activation::tanh:
      return tanh(x);
    case Activation::relu:
      return relu(x);
    case Activation::silu:
      return silu(x);
  }
  return x;
}

// y = g(z) in the place of z. silu keeps sigmoid(z) for the adjoint, if there will be one.
static void apply(Activation g, Matrix& z, Matrix* sigmoid = nullptr) {
  switch (g) {
    case Activation::linear:
      return;
    case Activation::tanh:
      z.array() = z.array().tanh();
      return;
    case Activation::relu:
      z.array() = z.array().cwiseMax(Scalar(0));
      return;
    case Activation::silu:
      if (sigmoid) {
        *sigmoid = z.array().logistic();
        z.array() *= sigmoid->array();
      } else {
        z.array() *= z.array().logistic();
      }
      return;
  }
}

// dz = dy g'(z), from y and, for silu, p = sigmoid(z).
static void pull_activation(Activation g, const Matrix& y, const Matrix& p, const Matrix& dy,
                            Matrix& dz) {
  switch (g) {
    case Activation::linear:
      dz = dy;
      return;
    case Activation::tanh:
      dz = dy.array() * (1 - y.array().square());
      return;
    case Activation::relu:
      dz = dy.binaryExpr(y, [](Scalar d, Scalar v) { return v > 0 ? d : Scalar(0); });
      return;
    case Activation::silu:
      dz = dy.array() * (p.array() + y.array() * (1 - p.array()));
      return;
  }
}

Matrix dense(const Matrix& W, const Matrix& x, const Matrix& b, Activation g) {
  Matrix y = affine(W, x, b);
  apply(g, y);
  return y;
}

// dW = dz x^T,  dx = W^T dz,  db = sum of dz over the batch
Var dense(const Var& W, const Var& x, const Var& b, Activation g) {
  Var y = affine(W, x, b);
  if (g == Activation::linear) return y;
  Node& node = *y.node;
  apply(g, node.own, node.needs_adjoint ? &node.saved : nullptr);
  node.first = static_cast<Index>(g);
  node.pull = [](Node& y) {
    pull_activation(static_cast<Activation>(y.first), y.own, y.saved, y.adjoint, y.scratch);
    pull_affine(y, y.scratch);
  };
  return y;
}

Var dense(const Matrix& W, const Var& x, const Matrix& b, Activation g) {
  return dense(x.tape->constant(W), x, x.tape->constant(b), g);
}

}  // namespace mbrl
