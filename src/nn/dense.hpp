// A dense layer as one operation: y = g(W x + b) for every column of x.
//
// One operation and not two, because the entries before the nonlinearity g then need no place of
// their own: less memory to walk through, and half the operations on the tape.
#pragma once

#include <string>

#include "autodiff/operations.hpp"

namespace mbrl {

enum class Activation { linear, tanh, relu, silu };

Activation activation_from(const std::string& name);  // of a hidden layer: not linear

// g(x) by itself.
Var activate(Activation g, const Var& x);

// W: (out, in)  x: (in, B)  b: (out, 1)  returns (out, B)
Matrix dense(const Matrix& W, const Matrix& x, const Matrix& b, Activation g);
Var dense(const Var& W, const Var& x, const Var& b, Activation g);
// With weights that no gradient is wanted for; they stay outside the tape.
Var dense(const Matrix& W, const Var& x, const Matrix& b, Activation g);

}  // namespace mbrl
