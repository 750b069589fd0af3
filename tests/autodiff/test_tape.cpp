// The tape's mechanics: order, reuse, length, errors. The operations are in test_gradients.cpp,
// their memory in ../operations.cpp.
#include "autodiff/tape.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <string>

#include "autodiff/operations.hpp"
#include "core/random.hpp"

using namespace mbrl;

namespace test_tape {

template <class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no UserError";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Matrix random_matrix(Index rows, Index cols) { return Rng(1, "test").normal(rows, cols); }

// The identity, which counts how often its adjoint is pulled.
long pulls = 0;
Var counted(const Var& x) {
  Node& y = x.tape->append("own", {x.node});
  y.own = x.value();
  y.pull = [](Node& y) {
    ++pulls;
    add_adjoint(*y.in[0], y.adjoint);
  };
  return {x.tape, &y};
}

// ---- the walk ----

TEST_CASE("a chain of 120 doublings x <- x + x pulls each node once") {
  const Matrix one = Matrix::Ones(1, 1);
  Tape tape;
  const Var x = tape.parameter(one);
  Var y = x;
  for (int i = 0; i < 120; ++i) y = counted(y + y);
  pulls = 0;
  tape.backward(y);
  CHECK(pulls == 120);
  CHECK(x.adjoint()(0) == std::ldexp(Scalar(1), 120));
}

TEST_CASE("what the loss does not depend on is not pulled and has adjoint zero") {
  const Matrix a = random_matrix(2, 3), b = random_matrix(4, 5);
  Tape tape;
  const Var va = tape.parameter(a), vb = tape.parameter(b), unused = counted(vb);
  const Var loss = sum(va);
  const Var later = counted(va);
  pulls = 0;
  tape.backward(loss);
  CHECK(pulls == 0);
  CHECK(va.adjoint() == Matrix::Ones(2, 3));
  CHECK(vb.adjoint() == Matrix::Zero(4, 5));
  CHECK(unused.adjoint() == Matrix::Zero(4, 5));
  CHECK(later.adjoint() == Matrix::Zero(2, 3));
}

TEST_CASE("nothing is pulled for constants, nor stored in them") {
  const Matrix a = random_matrix(2, 2);
  Tape tape;
  const Var c = tape.constant(a), x = tape.parameter(a);
  const Var loss = sum(counted(c * c) * x);
  pulls = 0;
  tape.backward(loss);
  CHECK(pulls == 0);
  CHECK(c.adjoint() == Matrix::Zero(2, 2));
  CHECK(c.node->reached == false);
  CHECK(x.adjoint() == Matrix(a.array().square()));
}

TEST_CASE("backward twice gives the same gradients, not their sum") {
  const Matrix a = random_matrix(3, 4);
  Tape tape;
  const Var x = tape.parameter(a);
  const Var loss = sum(square(x) * x + tanh(x));
  tape.backward(loss);
  const Matrix first = x.adjoint();
  tape.backward(loss);
  CHECK(x.adjoint() == first);
  CHECK(first.norm() > 0);
}

TEST_CASE("backward from another value forgets the gradients of the one before") {
  const Matrix a = random_matrix(3, 4), b = random_matrix(3, 4);
  Tape tape;
  const Var x = tape.parameter(a), y = tape.parameter(b);
  const Var of_x = sum(2 * x), of_y = sum(3 * y);
  tape.backward(of_x);
  tape.backward(of_y);
  CHECK(x.adjoint() == Matrix::Zero(3, 4));
  CHECK(y.adjoint() == Matrix::Constant(3, 4, 3));
}

TEST_CASE("backward with dL/dy gives rows of the Jacobian") {
  const Matrix A = random_matrix(3, 2), x = random_matrix(2, 1);
  Tape tape;
  const Var v = tape.parameter(x), y = matmul(tape.constant(A), v);
  for (Index i = 0; i < 3; ++i) {
    tape.backward(y, Matrix::Identity(3, 3).col(i));
    CHECK(v.adjoint().isApprox(A.row(i).transpose()));
  }
}

TEST_CASE("the adjoint of the loss itself is 1, also where the loss is a parameter or a constant") {
  const Matrix one = Matrix::Constant(1, 1, 5);
  Tape tape;
  const Var x = tape.parameter(one), c = tape.constant(one);
  tape.backward(x);
  CHECK(x.adjoint()(0) == 1);
  tape.backward(c);
  CHECK(x.adjoint()(0) == 0);
}

TEST_CASE("a cleared tape is empty, and takes other shapes and operations") {
  const Matrix a = random_matrix(3, 4), b = random_matrix(7, 2);
  Tape tape;
  tape.backward(sum(square(tape.parameter(a))));
  CHECK(tape.size() == 3);
  tape.clear();
  CHECK(tape.size() == 0);

  const Var x = tape.parameter(b);
  const Var y = stack({sum_rows(x), x, sum_rows(x)});
  tape.backward(y, Matrix::Ones(9, 2));
  CHECK(x.adjoint() == Matrix::Constant(7, 2, 3));

  tape.clear();
  const Var z = tape.parameter(a);
  CHECK(z.adjoint() == Matrix::Zero(3, 4));  // nothing is left of the node's earlier life
  tape.backward(sum(z));
  CHECK(z.adjoint() == Matrix::Ones(3, 4));
}

TEST_CASE("a parameter stays outside and a temporary moves onto the tape") {
  Matrix a = random_matrix(3, 4);
  const Matrix copy = a;
  Tape tape;
  CHECK(&tape.parameter(a).value() == &a);
  CHECK(&tape.constant(a).value() == &a);
  const Var moved = tape.parameter(std::move(a));
  CHECK(&moved.value() == &moved.node->own);
  CHECK(moved.value() == copy);
}

// ---- length ----

TEST_CASE("a rollout of 1,000 steps has the right gradient and needs no deep stack") {
  // s <- s - 0.01 s + 0.1 a, so ds_T/da_t = 0.1 * 0.99^(T - t - 1).
  const int T = 1000;
  const Matrix start = Matrix::Ones(1, 1), actions = Matrix::Zero(1, T);
  Tape tape;
  const auto roll_out = [&] {
    tape.clear();
    const Var a = tape.parameter(actions);
    Var s = tape.constant(start);
    for (Index t = 0; t < T; ++t) s = s + (Scalar(-0.01) * s) + (Scalar(0.1) * columns(a, t, 1));
    tape.backward(s);
    return a;
  };
  const Var a = roll_out();
  const std::size_t nodes = tape.size();
  for (const Index t : {0, 1, 500, 998, 999})
    CHECK(a.adjoint()(t) ==
          doctest::Approx(0.1 * std::pow(0.99, double(T - t - 1))).epsilon(0.001).scale(0));
  roll_out();
  CHECK(tape.size() == nodes);
}

TEST_CASE("a million nodes go back without recursion") {
  const Matrix start = Matrix::Ones(1, 1);
  const auto tape = std::make_unique<Tape>();
  const Var x = tape->parameter(start);
  Var y = x;
  for (int i = 0; i < 1000000; ++i) y = y + Scalar(1);
  tape->backward(y);
  CHECK(x.adjoint()(0) == 1);
}

// ---- errors ----

TEST_CASE("every operation of two matrices refuses two shapes and names both") {
  const Matrix a = random_matrix(2, 3), b = random_matrix(3, 2), wide = random_matrix(1, 3);
  Tape tape;
  const Var u = tape.parameter(a), v = tape.parameter(b), w = tape.parameter(wide);
  const std::function<void(const Var&)> operations[] = {
      [&](auto& other) { u + other; },
      [&](auto& other) { u - other; },
      [&](auto& other) { u* other; },
      [&](auto& other) { u / other; },
      [&](auto& other) { minimum(u, other); },
      [&](auto& other) { maximum(u, other); },
      [&](auto& other) { where(values(u) > 0, u, other); },
  };
  for (const auto& operation : operations) {
    CHECK(contains(message_of([&] { operation(v); }), "(3, 2), expected (2, 3)"));
    CHECK(contains(message_of([&] { operation(w); }), "(1, 3), expected (2, 3)"));
  }
  CHECK(contains(message_of([&] { u + v; }), "second operand of +"));
  CHECK(contains(message_of([&] { where(values(v) > 0, u, u); }),
                 "mask of where has shape (3, 2), expected (2, 3)"));
  CHECK(message_of([&] { matmul(u, u); }) ==
        "second factor of matmul has shape (2, 3), expected (3, any)");
  CHECK(message_of([&] { affine(u, u, v); }) ==
        "input of an affine map has shape (2, 3), expected (3, any)");
  CHECK(message_of([&] { affine(u, v, v); }) ==
        "bias of an affine map has shape (3, 2), expected (2, 1)");
  CHECK(message_of([&] { stack({u, v}); }) == "part of stack has shape (3, 2), expected (any, 3)");
  CHECK(message_of([&] { stack(u, v); }) == "part of stack has shape (3, 2), expected (any, 3)");
  CHECK(message_of([&] { broadcast_columns(u, 2); }) ==
        "input of broadcast_columns has shape (2, 3), expected (any, 1)");
  CHECK(message_of([&] { broadcast_rows(u, 2); }) ==
        "input of broadcast_rows has shape (2, 3), expected (1, any)");
  CHECK(message_of([&] { affine(a, a, b); }) ==
        "input of an affine map has shape (2, 3), expected (3, any)");
  CHECK(message_of([&] { stack(a, b); }) == "part of stack has shape (3, 2), expected (any, 3)");
}

TEST_CASE("rows and columns that are not there are refused, and nothing to stack too") {
  const Matrix a = random_matrix(2, 3);
  Tape tape;
  const Var u = tape.parameter(a);
  CHECK(message_of([&] { rows(u, 1, 2); }) == "rows 1 to 2 asked of a matrix with 2 rows");
  CHECK(message_of([&] { row(u, 2); }) == "rows 2 to 2 asked of a matrix with 2 rows");
  CHECK(message_of([&] { row(u, -1); }) == "rows -1 to -1 asked of a matrix with 2 rows");
  CHECK_THROWS_AS(rows(u, 1, -1), UserError);
  CHECK(message_of([&] { columns(u, 2, 2); }) == "columns 2 to 3 asked of a matrix with 3 columns");
  CHECK_THROWS_AS(columns(u, -1, 1), UserError);
  CHECK(message_of([&] {
          gather_columns(u, {0, 3});
        }) == "column 3 asked of a matrix with 3 columns");
  CHECK_THROWS_AS(gather_columns(u, {-1}), UserError);
  CHECK_THROWS_AS(stack(std::vector<Var>{}), UserError);
}

TEST_CASE("backward is refused for what is not one number, and for a dL/dy of another shape") {
  const Matrix a = random_matrix(2, 3);
  Tape tape;
  const Var u = tape.parameter(a);
  CHECK(message_of([&] { tape.backward(u); }) == "loss has shape (2, 3), expected (1, 1)");
  CHECK(message_of([&] { tape.backward(u, Matrix::Ones(3, 2)); }) ==
        "dL/dy has shape (3, 2), expected (2, 3)");
}

TEST_CASE("a tape goes on after a refused operation") {
  const Matrix a = random_matrix(2, 3), b = random_matrix(3, 2);
  Tape tape;
  const Var u = tape.parameter(a), v = tape.parameter(b);
  CHECK_THROWS_AS(stack({u, v}), UserError);
  CHECK_THROWS_AS(affine(u, u, u), UserError);
  tape.backward(sum(matmul(u, v)));
  CHECK(u.adjoint().isApprox(Matrix::Ones(2, 2) * b.transpose()));
}

TEST_CASE("a rewound tape keeps what came first, and takes up the rest again") {
  const Matrix a = random_matrix(2, 3), b = random_matrix(2, 3), c = random_matrix(2, 3);
  Tape tape;
  const Var u = tape.parameter(a);
  const std::size_t stays = tape.size();
  Var v = tape.parameter(b);
  tape.backward(sum(u * v));
  CHECK(u.adjoint().isApprox(b));
  tape.rewind(stays);
  v = tape.parameter(c);
  tape.backward(sum(u * v));  // nothing of the first gradient is left
  CHECK(u.adjoint().isApprox(c));
  CHECK(v.adjoint().isApprox(a));
}

TEST_CASE("a copy on the tape is a constant of its own") {
  Matrix a = random_matrix(2, 5);
  const Matrix old = a;
  Tape tape;
  const Var u = tape.copy(a.middleCols(1, 3));
  a.setZero();
  CHECK(u.value() == old.middleCols(1, 3));
  CHECK(!u.node->needs_adjoint);
}

TEST_CASE("a warm tape works in the same buffers again") {
  const Matrix a = random_matrix(2, 3);
  Tape tape;
  const auto places = [&] {
    tape.clear();
    const Var u = tape.copy(a), y = square(u);
    return std::pair(u.value().data(), y.value().data());
  };
  const auto first = places();
  CHECK(places() == first);
}

TEST_CASE("what is not finite is named by the operation that was the first to make it so") {
  const Matrix fine{{1, 2}}, large{{1, 1000}}, zero{{0, 4}};
  const auto first_in = [](const Matrix& x, const std::function<Var(const Var&)>& f) {
    Tape tape;
    tape.backward(sum(f(tape.parameter(x))));
    return tape.first_not_finite();
  };
  CHECK(first_in(fine, [](const Var& x) { return exp(x) * sqrt(x); }) == "");
  CHECK(first_in(large, [](const Var& x) { return log(exp(square(x))); }) == "exp");
  CHECK(first_in(zero, [](const Var& x) { return square(x) + Scalar(1) / x; }) == "/");
  CHECK(first_in(zero, [](const Var& x) { return exp(stack(sqrt(x), x)); }) ==
        "the derivative of sqrt");
}

TEST_CASE("the example at the top of the tape") {
  Tape tape;
  const Matrix x{{1, 2, 3}};
  const Var v = tape.parameter(x), loss = sum(square(v));
  tape.backward(loss);
  CHECK(loss.value()(0, 0) == 14);
  CHECK(v.adjoint() == Matrix{{2, 4, 6}});
}

}  // namespace test_tape
