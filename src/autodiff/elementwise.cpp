// Operations that act on each entry by itself: value and adjoint, side by side.
//
// y is the result, dy its adjoint dL/dy, dx what is added to the adjoint of x. A plain twin stands
// above the taped operation.
#include "autodiff/operations.hpp"

#include <cmath>
#include <string>

namespace mbrl {

namespace {

void require_same_shape(const char* operation, const Var& a, const Var& b) {
  if (a.rows() == b.rows() && a.cols() == b.cols()) return;
  require_shape((std::string("second operand of ") + operation).c_str(), b.value(), a.rows(),
                a.cols());
}

// Shorthands for the lines below: entries of the value and of the adjoint.
Entries entries(const Node* x) { return x->value->array(); }
Entries adjoint_of(const Node& y) { return y.adjoint.array(); }

}  // namespace

// ---- sums, differences, products, quotients of two matrices of one shape ----

// y = a + b,  da = dy,  db = dy
Var operator+(const Var& a, const Var& b) {
  require_same_shape("+", a, b);
  Node& y = a.tape->append("+", {a.node, b.node});
  y.own = a.value() + b.value();
  y.pull = [](Node& y) {
    add_adjoint(*y.in[0], y.adjoint);
    add_adjoint(*y.in[1], y.adjoint);
  };
  return {a.tape, &y};
}

// y = a - b,  da = dy,  db = -dy
Var operator-(const Var& a, const Var& b) {
  require_same_shape("-", a, b);
  Node& y = a.tape->append("-", {a.node, b.node});
  y.own = a.value() - b.value();
  y.pull = [](Node& y) {
    add_adjoint(*y.in[0], y.adjoint);
    add_adjoint(*y.in[1], -y.adjoint);
  };
  return {a.tape, &y};
}

// y = a b (elementwise),  da = dy b,  db = dy a
Var operator*(const Var& a, const Var& b) {
  require_same_shape("*", a, b);
  Node& y = a.tape->append("*", {a.node, b.node});
  y.own = a.value().cwiseProduct(b.value());
  y.pull = [](Node& y) {
    add_adjoint(*y.in[0], adjoint_of(y) * entries(y.in[1]));
    add_adjoint(*y.in[1], adjoint_of(y) * entries(y.in[0]));
  };
  return {a.tape, &y};
}

// y = a / b (elementwise),  da = dy / b,  db = -dy y / b
Var operator/(const Var& a, const Var& b) {
  require_same_shape("/", a, b);
  Node& y = a.tape->append("/", {a.node, b.node});
  y.own = a.value().cwiseQuotient(b.value());
  y.pull = [](Node& y) {
    add_adjoint(*y.in[0], adjoint_of(y) / entries(y.in[1]));
    add_adjoint(*y.in[1], -adjoint_of(y) * y.own.array() / entries(y.in[1]));
  };
  return {a.tape, &y};
}

// ---- with a number ----

// y = x + c,  dx = dy
Var operator+(const Var& x, Scalar c) {
  Node& y = x.tape->append("+", {x.node});
  y.own = x.value().array() + c;
  y.pull = [](Node& y) { add_adjoint(*y.in[0], y.adjoint); };
  return {x.tape, &y};
}

// y = c x,  dx = c dy
Var operator*(Scalar c, const Var& x) {
  Node& y = x.tape->append("*", {x.node});
  y.constant[0] = c;
  y.own = c * x.value();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], y.constant[0] * y.adjoint); };
  return {x.tape, &y};
}

// y = c / x,  dx = -dy y / x
Var operator/(Scalar c, const Var& x) {
  Node& y = x.tape->append("/", {x.node});
  y.own = c / x.value().array();
  y.pull = [](Node& y) {
    add_adjoint(*y.in[0], -adjoint_of(y) * y.own.array() / entries(y.in[0]));
  };
  return {x.tape, &y};
}

// y = c - x,  dx = -dy
Var operator-(Scalar c, const Var& x) {
  Node& y = x.tape->append("-", {x.node});
  y.own = c - x.value().array();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], -y.adjoint); };
  return {x.tape, &y};
}

// y = x / c,  dx = dy / c
Var operator/(const Var& x, Scalar c) {
  Node& y = x.tape->append("/", {x.node});
  y.constant[0] = c;
  y.own = x.value() / c;
  y.pull = [](Node& y) { add_adjoint(*y.in[0], y.adjoint / y.constant[0]); };
  return {x.tape, &y};
}

Var operator+(Scalar c, const Var& x) { return x + c; }
Var operator-(const Var& x, Scalar c) { return x + (-c); }
Var operator*(const Var& x, Scalar c) { return c * x; }
Var operator-(const Var& x) { return Scalar(0) - x; }

// ---- functions of one matrix ----

// y = exp(x),  dx = dy y
Matrix exp(Matrix x) {
  x = x.array().exp();
  return x;
}
Var exp(const Var& x) {
  Node& y = x.tape->append("exp", {x.node});
  y.own = x.value().array().exp();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], adjoint_of(y) * y.own.array()); };
  return {x.tape, &y};
}

// y = log(x),  dx = dy / x
Var log(const Var& x) {
  Node& y = x.tape->append("log", {x.node});
  y.own = x.value().array().log();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], adjoint_of(y) / entries(y.in[0])); };
  return {x.tape, &y};
}

// y = sqrt(x),  dx = dy / (2 y): infinite at x = 0
Var sqrt(const Var& x) {
  Node& y = x.tape->append("sqrt", {x.node});
  y.own = x.value().array().sqrt();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], adjoint_of(y) / (2 * y.own.array())); };
  return {x.tape, &y};
}

// y = x^2,  dx = 2 x dy
Var square(const Var& x) {
  Node& y = x.tape->append("square", {x.node});
  y.own = x.value().array().square();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], 2 * entries(y.in[0]) * adjoint_of(y)); };
  return {x.tape, &y};
}

// y = |x|,  dx = dy sign(x), and 0 at x = 0
Var abs(const Var& x) {
  Node& y = x.tape->append("abs", {x.node});
  y.own = x.value().cwiseAbs();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], adjoint_of(y) * entries(y.in[0]).sign()); };
  return {x.tape, &y};
}

// y = sin(x),  dx = dy cos(x)
Var sin(const Var& x) {
  Node& y = x.tape->append("sin", {x.node});
  y.own = x.value().array().sin();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], adjoint_of(y) * entries(y.in[0]).cos()); };
  return {x.tape, &y};
}

// y = cos(x),  dx = -dy sin(x)
Var cos(const Var& x) {
  Node& y = x.tape->append("cos", {x.node});
  y.own = x.value().array().cos();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], -adjoint_of(y) * entries(y.in[0]).sin()); };
  return {x.tape, &y};
}

// y = tanh(x),  dx = dy (1 - y^2)
Matrix tanh(Matrix x) {
  x = x.array().tanh();
  return x;
}
Var tanh(const Var& x) {
  Node& y = x.tape->append("tanh", {x.node});
  y.own = x.value().array().tanh();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], adjoint_of(y) * (1 - y.own.array().square())); };
  return {x.tape, &y};
}

// y = max(x, 0),  dx = dy where x > 0
Var relu(const Var& x) {
  Node& y = x.tape->append("relu", {x.node});
  y.own = x.value().cwiseMax(Scalar(0));
  y.pull = [](Node& y) {
    add_adjoint(*y.in[0], adjoint_of(y) * (entries(y.in[0]) > 0).cast<Scalar>());
  };
  return {x.tape, &y};
}

// y = 1 / (1 + exp(-x)),  dx = dy y (1 - y)
Var sigmoid(const Var& x) {
  Node& y = x.tape->append("sigmoid", {x.node});
  // BEGIN SOLUTION hw1.1 (about 4 lines)
  y.own = x.value().array().logistic();
  y.pull = [](Node& y) {
    add_adjoint(*y.in[0], adjoint_of(y) * y.own.array() * (1 - y.own.array()));
  };
  // END SOLUTION
  return {x.tape, &y};
}

// y = x sigmoid(x), "swish";  dx = dy (p + y (1 - p)) with p = sigmoid(x)
Var silu(const Var& x) {
  Node& y = x.tape->append("silu", {x.node});
  y.saved = x.value().array().logistic();
  y.own = x.value().array() * y.saved.array();
  y.pull = [](Node& y) {
    const Entries p(y.saved);
    add_adjoint(*y.in[0], adjoint_of(y) * (p + y.own.array() * (1 - p)));
  };
  return {x.tape, &y};
}

// y = log(1 + exp(x)), written so that exp never overflows;  dx = dy sigmoid(x)
Matrix softplus(Matrix x) {
  x = x.array().cwiseMax(Scalar(0)) + (-x.array().abs()).exp().log1p();
  return x;
}
Var softplus(const Var& x) {
  Node& y = x.tape->append("softplus", {x.node});
  const Entries v = x.value().array();
  y.own = v.cwiseMax(Scalar(0)) + (-v.abs()).exp().log1p();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], adjoint_of(y) * entries(y.in[0]).logistic()); };
  return {x.tape, &y};
}

// y = x - 2 pi k, the same angle in [-pi, pi),  dx = dy
Row wrap_angle(const Row& x) { return x - 2 * kPi * ((x + kPi) / (2 * kPi)).floor(); }
Var wrap_angle(const Var& x) {
  Node& y = x.tape->append("wrap_angle", {x.node});
  const Entries v = x.value().array();
  y.own = v - 2 * kPi * ((v + kPi) / (2 * kPi)).floor();
  y.pull = [](Node& y) { add_adjoint(*y.in[0], y.adjoint); };
  return {x.tape, &y};
}

// ---- choices: the gradient follows what was chosen ----

// y = min(max(x, low), high),  dx = dy where low <= x <= high
Row clamp(const Row& x, Scalar low, Scalar high) { return x.cwiseMax(low).cwiseMin(high); }
Var clamp(const Var& x, Scalar low, Scalar high) {
  Node& y = x.tape->append("clamp", {x.node});
  y.constant = {low, high};
  y.own = x.value().cwiseMax(low).cwiseMin(high);
  y.pull = [](Node& y) {
    const Entries x = entries(y.in[0]);
    add_adjoint(*y.in[0],
                (x >= y.constant[0] && x <= y.constant[1]).select(adjoint_of(y), Scalar(0)));
  };
  return {x.tape, &y};
}

// y = a where the mask is true, b elsewhere. The mask is a decision and carries no gradient.
Row where(const Mask& mask, const Row& a, const Row& b) { return mask.select(a, b); }
Node& open_where(const Var& a, const Var& b, Index mask_rows, Index mask_cols) {
  require_same_shape("where", a, b);
  Node& y = a.tape->append("where", {a.node, b.node});
  y.saved.resize(mask_rows, mask_cols);  // the mask, as ones and zeros
  require_shape("mask of where", y.saved, a.rows(), a.cols());
  return y;
}
Var close_where(Tape* tape, Node& y) {
  y.own = (y.saved.array() > 0).select(entries(y.in[0]), entries(y.in[1]));
  y.pull = [](Node& y) {
    add_adjoint(*y.in[0], adjoint_of(y) * y.saved.array());
    add_adjoint(*y.in[1], adjoint_of(y) * (1 - y.saved.array()));
  };
  return {tape, &y};
}

// y = min(a, b) and max(a, b); a tie counts as a, and a NaN on either side stays one.
Var minimum(const Var& a, const Var& b) {
  require_same_shape("minimum", a, b);
  const Entries u = entries(a.node), v = entries(b.node);
  return where(u <= v || u.isNaN(), a, b);
}
Var maximum(const Var& a, const Var& b) {
  require_same_shape("maximum", a, b);
  const Entries u = entries(a.node), v = entries(b.node);
  return where(u >= v || u.isNaN(), a, b);
}

// The value of x as a constant: no gradient passes.
Var detach(const Var& x) { return x.tape->constant(x.value()); }

}  // namespace mbrl
