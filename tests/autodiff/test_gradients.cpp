// The value and the gradient of every operation in elementwise.hpp and shape.hpp, and the gradient
// check.
#include "autodiff/gradient_check.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "core/random.hpp"

using namespace mbrl;

namespace test_gradients {

static_assert(std::is_same_v<Scalar, double>, "differences need the digits of double");
constexpr double kTolerance = 1e-6;
constexpr int kDraws = 3;
struct Shape {
  Index n, B;
};
const Shape kShapes[] = {{1, 1}, {1, 7}, {5, 1}, {2, 3}, {4, 4}, {3, 9}};

Matrix uniform(Rng& rng, Index rows, Index cols, Scalar low = -2, Scalar high = 2) {
  Matrix x(rows, cols);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = rng.uniform(low, high);
  return x;
}

// A loss in which every entry of y counts differently.
Var weighted_sum(const Var& y) {
  Rng rng(1, "weights");
  return sum(y * y.tape->constant(uniform(rng, y.rows(), y.cols(), 0.5, 2)));
}

// The gradient error of y = f(inputs), for a matrix y.
double error_of(const std::function<Var(const std::vector<Var>&)>& f,
                const std::vector<Matrix>& x) {
  return gradient_error([&](const std::vector<Var>& in) { return weighted_sum(f(in)); }, x);
}

// f and the adjoint of x for dL/dy = 1, at given numbers.
template <class Function>
std::pair<Matrix, Matrix> value_and_adjoint(Function f, const Matrix& x) {
  Tape tape;
  const Var input = tape.parameter(x), y = f(input);
  tape.backward(y, Matrix::Ones(y.rows(), y.cols()));
  return {y.value(), input.adjoint()};
}

Matrix row_of(std::initializer_list<Scalar> entries) {
  Matrix x(1, static_cast<Index>(entries.size()));
  Index i = 0;
  for (const Scalar entry : entries) x(0, i++) = entry;
  return x;
}

double distance(const Matrix& a, const Matrix& b) { return (a - b).cwiseAbs().maxCoeff(); }

struct Unary {
  std::string name;
  Var (*taped)(const Var&);
  double (*truth)(double);
  double low, high;  // where the inputs are drawn
};

const Unary kUnary[] = {
    {"x + c", [](const Var& x) { return x + 0.7; }, [](double x) { return x + 0.7; }, -2, 2},
    {"c + x", [](const Var& x) { return 0.7 + x; }, [](double x) { return 0.7 + x; }, -2, 2},
    {"x - c", [](const Var& x) { return x - 0.7; }, [](double x) { return x - 0.7; }, -2, 2},
    {"c - x", [](const Var& x) { return 0.7 - x; }, [](double x) { return 0.7 - x; }, -2, 2},
    {"c x", [](const Var& x) { return 0.7 * x; }, [](double x) { return 0.7 * x; }, -2, 2},
    {"x c", [](const Var& x) { return x * 0.7; }, [](double x) { return 0.7 * x; }, -2, 2},
    {"x / c", [](const Var& x) { return x / 0.7; }, [](double x) { return x / 0.7; }, -2, 2},
    {"c / x, x > 0", [](const Var& x) { return 0.7 / x; }, [](double x) { return 0.7 / x; }, 0.3,
     2},
    {"c / x, x < 0", [](const Var& x) { return 0.7 / x; }, [](double x) { return 0.7 / x; }, -2,
     -0.3},
    {"-x", [](const Var& x) { return -x; }, [](double x) { return -x; }, -2, 2},
    {"exp", [](const Var& x) { return exp(x); }, [](double x) { return std::exp(x); }, -3, 3},
    {"log", [](const Var& x) { return log(x); }, [](double x) { return std::log(x); }, 0.2, 4},
    {"sqrt", [](const Var& x) { return sqrt(x); }, [](double x) { return std::sqrt(x); }, 0.2, 4},
    {"square", [](const Var& x) { return square(x); }, [](double x) { return x * x; }, -2, 2},
    {"abs", [](const Var& x) { return abs(x); }, [](double x) { return std::abs(x); }, -2, 2},
    {"sin", [](const Var& x) { return sin(x); }, [](double x) { return std::sin(x); }, -7, 7},
    {"cos", [](const Var& x) { return cos(x); }, [](double x) { return std::cos(x); }, -7, 7},
    {"tanh", [](const Var& x) { return tanh(x); }, [](double x) { return std::tanh(x); }, -3, 3},
    {"relu", [](const Var& x) { return relu(x); }, [](double x) { return x > 0 ? x : 0; }, -2, 2},
    {"sigmoid", [](const Var& x) { return sigmoid(x); },
     [](double x) { return 1 / (1 + std::exp(-x)); }, -4, 4},
    {"silu", [](const Var& x) { return silu(x); }, [](double x) { return x / (1 + std::exp(-x)); },
     -4, 4},
    {"softplus", [](const Var& x) { return softplus(x); },
     [](double x) { return std::log(1 + std::exp(x)); }, -4, 4},
    {"wrap_angle", [](const Var& x) { return wrap_angle(x); },
     [](double x) { return std::atan2(std::sin(x), std::cos(x)); }, -20, 20},
    {"clamp", [](const Var& x) { return clamp(x, -0.5, 1); },
     [](double x) { return x < -0.5 ? -0.5
                           : x > 1  ? 1
                                    : x; }, -2, 2},
};

struct Binary {
  std::string name;
  Var (*taped)(const Var&, const Var&);
  double (*truth)(double, double);
  double low, high;  // where the second operand is drawn
};

const Binary kBinary[] = {
    {"a + b", [](const Var& a, const Var& b) { return a + b; },
     [](double a, double b) { return a + b; }, -2, 2},
    {"a - b", [](const Var& a, const Var& b) { return a - b; },
     [](double a, double b) { return a - b; }, -2, 2},
    {"a b", [](const Var& a, const Var& b) { return a * b; },
     [](double a, double b) { return a * b; }, -2, 2},
    {"a / b, b > 0", [](const Var& a, const Var& b) { return a / b; },
     [](double a, double b) { return a / b; }, 0.4, 2},
    {"a / b, b < 0", [](const Var& a, const Var& b) { return a / b; },
     [](double a, double b) { return a / b; }, -2, -0.4},
    {"minimum", [](const Var& a, const Var& b) { return minimum(a, b); },
     [](double a, double b) { return a < b ? a : b; }, -2, 2},
    {"maximum", [](const Var& a, const Var& b) { return maximum(a, b); },
     [](double a, double b) { return a > b ? a : b; }, -2, 2},
};

// ---- every operation on random shapes ----

TEST_CASE("every function of one matrix has the right value and gradient") {
  Rng rng(1, "inputs");
  for (const Unary& op : kUnary) {
    CAPTURE(op.name);
    for (const Shape& shape : kShapes)
      for (int draw = 0; draw < kDraws; ++draw) {
        const Index n = shape.n, B = shape.B;
        CAPTURE(n);
        CAPTURE(B);
        const Matrix x = uniform(rng, n, B, op.low, op.high);
        Tape tape;
        CHECK(distance(op.taped(tape.parameter(x)).value(), x.unaryExpr(op.truth)) < 1e-13);
        CHECK(error_of([&](auto& in) { return op.taped(in[0]); }, {x}) < kTolerance);
      }
  }
}

TEST_CASE("every function of two matrices has the right value and gradient") {
  Rng rng(2, "inputs");
  for (const Binary& op : kBinary) {
    CAPTURE(op.name);
    for (const Shape& shape : kShapes)
      for (int draw = 0; draw < kDraws; ++draw) {
        const Index n = shape.n, B = shape.B;
        CAPTURE(n);
        CAPTURE(B);
        const Matrix a = uniform(rng, n, B), b = uniform(rng, n, B, op.low, op.high);
        Tape tape;
        const Var y = op.taped(tape.parameter(a), tape.parameter(b));
        CHECK(distance(y.value(), a.binaryExpr(b, op.truth)) < 1e-13);
        CHECK(error_of([&](auto& in) { return op.taped(in[0], in[1]); }, {a, b}) < kTolerance);
      }
  }
}

TEST_CASE("a function of a variable and a constant has the gradient of the variable alone") {
  Rng rng(3, "inputs");
  for (const Binary& op : kBinary) {
    CAPTURE(op.name);
    const Matrix a = uniform(rng, 3, 4), b = uniform(rng, 3, 4, op.low, op.high);
    const auto left = [&](const std::vector<Var>& in) {
      return op.taped(in[0], in[0].tape->constant(b));
    };
    const auto right = [&](const std::vector<Var>& in) {
      return op.taped(in[0].tape->constant(a), in[0]);
    };
    CHECK(error_of(left, {a}) < kTolerance);
    CHECK(error_of(right, {b}) < kTolerance);
  }
}

TEST_CASE("affine maps and matrix products have the right value and gradient") {
  Rng rng(4, "inputs");
  for (const Shape& shape : kShapes)
    for (const Index out : {1, 2, 6})
      for (int draw = 0; draw < kDraws; ++draw) {
        const Index n = shape.n, B = shape.B;
        CAPTURE(n);
        CAPTURE(B);
        CAPTURE(out);
        const Matrix W = uniform(rng, out, n), x = uniform(rng, n, B), b = uniform(rng, out, 1);
        Matrix product = Matrix::Zero(out, B);
        for (Index i = 0; i < out; ++i)
          for (Index j = 0; j < B; ++j)
            for (Index k = 0; k < n; ++k) product(i, j) += W(i, k) * x(k, j);
        Matrix shifted = product;
        for (Index j = 0; j < B; ++j) shifted.col(j) += b;

        Tape tape;
        const Var vW = tape.parameter(W), vx = tape.parameter(x), vb = tape.parameter(b);
        CHECK(distance(matmul(vW, vx).value(), product) < 1e-13);
        CHECK(distance(affine(vW, vx, vb).value(), shifted) < 1e-13);
        CHECK(error_of([](auto& in) { return matmul(in[0], in[1]); }, {W, x}) < kTolerance);
        CHECK(error_of([](auto& in) { return affine(in[0], in[1], in[2]); }, {W, x, b}) <
              kTolerance);
      }
}

TEST_CASE("reductions and broadcasts have the right value and gradient") {
  Rng rng(5, "inputs");
  for (const Shape& shape : kShapes)
    for (int draw = 0; draw < kDraws; ++draw) {
      const Index n = shape.n, B = shape.B;
      CAPTURE(n);
      CAPTURE(B);
      const Matrix x = uniform(rng, n, B), column = uniform(rng, n, 1), row = uniform(rng, 1, B);
      Matrix over_rows = Matrix::Zero(1, B);
      Matrix exponentials = Matrix::Zero(1, B), wide(n, B), tall(n, B);
      double total = 0;
      for (Index i = 0; i < n; ++i)
        for (Index j = 0; j < B; ++j) {
          total += x(i, j);
          over_rows(0, j) += x(i, j);
          exponentials(0, j) += std::exp(x(i, j));
          wide(i, j) = column(i);
          tall(i, j) = row(j);
        }

      Tape tape;
      const Var v = tape.parameter(x);
      CHECK(distance(sum(v).value(), row_of({total})) < 1e-12);
      CHECK(distance(mean(v).value(), row_of({total / double(n * B)})) < 1e-13);
      CHECK(distance(sum_rows(v).value(), over_rows) < 1e-13);
      CHECK(distance(log_sum_exp(v).value(), exponentials.array().log().matrix()) < 1e-13);
      CHECK(broadcast_columns(tape.parameter(column), B).value() == wide);
      CHECK(broadcast_rows(tape.parameter(row), n).value() == tall);
      CHECK(scale_rows(column, v).value() == Matrix(wide.cwiseProduct(x)));

      CHECK(error_of([](auto& in) { return sum(in[0]); }, {x}) < kTolerance);
      CHECK(error_of([](auto& in) { return mean(in[0]); }, {x}) < kTolerance);
      CHECK(error_of([](auto& in) { return sum_rows(in[0]); }, {x}) < kTolerance);
      CHECK(error_of([](auto& in) { return log_sum_exp(in[0]); }, {x}) < kTolerance);
      CHECK(error_of([=](auto& in) { return broadcast_columns(in[0], B); }, {column}) < kTolerance);
      CHECK(error_of([=](auto& in) { return broadcast_rows(in[0], n); }, {row}) < kTolerance);
      CHECK(error_of([=](auto& in) { return scale_rows(column, in[0]); }, {x}) < kTolerance);
    }
}

TEST_CASE("blocks, gathered columns and stacks have the right value and gradient") {
  Rng rng(6, "inputs");
  for (const Shape& shape : kShapes)
    for (int draw = 0; draw < kDraws; ++draw) {
      const Index n = shape.n, B = shape.B;
      CAPTURE(n);
      CAPTURE(B);
      const Matrix x = uniform(rng, n, B);
      const Index i = rng.below(n), count = 1 + rng.below(n - i);
      const Index j = rng.below(B), width = 1 + rng.below(B - j);
      std::vector<Index> taken = {B - 1, 0, B - 1};  // a column taken twice, and more
      for (int k = 0; k < 4; ++k) taken.push_back(rng.below(B));
      const Matrix below = uniform(rng, 2, B);

      Tape tape;
      const Var v = tape.parameter(x);
      const Matrix block = rows(v, i, count).value(), strip = columns(v, j, width).value();
      const Matrix picked = gather_columns(v, taken).value();
      CHECK(row(v, i).value() == Matrix(x.row(i)));
      CHECK(block.rows() == count);
      for (Index k = 0; k < count; ++k) CHECK(block.row(k) == x.row(i + k));
      CHECK(strip.cols() == width);
      for (Index k = 0; k < width; ++k) CHECK(strip.col(k) == x.col(j + k));
      CHECK(picked.cols() == 7);
      for (Index k = 0; k < 7; ++k)
        CHECK(picked.col(k) == x.col(taken[static_cast<std::size_t>(k)]));
      const Matrix on_top = stack({v, tape.parameter(below), v}).value();
      CHECK(on_top.rows() == 2 * n + 2);
      CHECK((on_top.topRows(n) == x && on_top.middleRows(n, 2) == below));
      CHECK(on_top.bottomRows(n) == x);

      CHECK(error_of([=](auto& in) { return rows(in[0], i, count); }, {x}) < kTolerance);
      CHECK(error_of([=](auto& in) { return row(in[0], i); }, {x}) < kTolerance);
      CHECK(error_of([=](auto& in) { return columns(in[0], j, width); }, {x}) < kTolerance);
      CHECK(error_of([=](auto& in) { return gather_columns(in[0], taken); }, {x}) < kTolerance);
      CHECK(error_of(
                [](auto& in) {
                  return stack({in[0], in[1], in[0]});
                },
                {x, below}) < kTolerance);
      CHECK(error_of([](auto& in) { return stack(in[0], in[1]); }, {x, below}) < kTolerance);
    }
}

TEST_CASE("where takes value and gradient from the chosen side only") {
  Rng rng(7, "inputs");
  for (const Shape& shape : kShapes) {
    const Index n = shape.n, B = shape.B;
    const Matrix a = uniform(rng, n, B), b = uniform(rng, n, B), coin = uniform(rng, n, B);
    const auto choose = [&](const std::vector<Var>& in) {
      return where(coin.array() > 0, in[0], in[1]);
    };
    CHECK(error_of(choose, {a, b}) < kTolerance);
    Tape tape;
    const Var va = tape.parameter(a), vb = tape.parameter(b), y = choose({va, vb});
    tape.backward(y, Matrix::Ones(n, B));
    for (Index i = 0; i < coin.size(); ++i) {
      const bool first = coin.data()[i] > 0;
      CHECK(y.value().data()[i] == (first ? a : b).data()[i]);
      CHECK(va.adjoint().data()[i] == (first ? 1 : 0));
      CHECK(vb.adjoint().data()[i] == (first ? 0 : 1));
    }
  }
}

TEST_CASE("a Var used several times gets the sum of its adjoints") {
  Rng rng(8, "inputs");
  for (const Shape& shape : kShapes) {
    const Index n = shape.n, B = shape.B;
    const Matrix x = uniform(rng, n, B, 0.5, 2), W = uniform(rng, n, n);
    CHECK(distance(value_and_adjoint([](auto& v) { return v * v; }, x).second, 2 * x) < 1e-14);
    CHECK(distance(value_and_adjoint([](auto& v) { return v + v; }, x).second,
                   Matrix::Constant(n, B, 2)) == 0);
    CHECK(value_and_adjoint([](auto& v) { return v - v; }, x).second.norm() == 0);
    CHECK(value_and_adjoint([](auto& v) { return v / v; }, x).second.norm() < 1e-14);
    CHECK(error_of([](auto& in) { return in[0] * in[0] * in[0] + exp(in[0]) / in[0]; }, {x}) <
          kTolerance);
    CHECK(error_of([](auto& in) { return matmul(in[0], in[0]); }, {W}) < kTolerance);
    CHECK(error_of([](auto& in) { return affine(in[0], in[0], columns(in[0], 0, 1)); }, {W}) <
          kTolerance);
    CHECK(error_of(
              [](auto& in) {
                return stack({in[0], in[0] * in[0], in[0]});
              },
              {x}) < kTolerance);
  }
}

TEST_CASE("no gradient passes a detached value") {
  const Matrix x = row_of({0.5, -1, 3});
  const auto [y, dx] = value_and_adjoint([](auto& v) { return v * detach(v); }, x);
  CHECK(distance(y, row_of({0.25, 1, 9})) == 0);
  CHECK(dx == x);  // not 2 x
}

TEST_CASE("a long composition of many operations has the right gradient") {
  Rng rng(9, "inputs");
  for (int draw = 0; draw < 5; ++draw) {
    const auto f = [](const std::vector<Var>& in) {
      const Var h = tanh(affine(in[0], in[1], in[2]));
      const Var top = rows(h, 0, 2), rest = rows(h, 2, 3);
      const Var scale = softplus(sum_rows(square(rest))) + 0.1;
      const Var z = stack(top / broadcast_rows(scale, 2), log_sum_exp(rest));
      return mean(silu(z) * sigmoid(z)) + sum(sqrt(scale)) / 10;
    };
    CHECK(gradient_error(f, {uniform(rng, 5, 3), uniform(rng, 3, 6), uniform(rng, 5, 1)}) <
          kTolerance);
  }
}

// ---- the edges ----

TEST_CASE("softplus is right and its gradient finite at +-100 and +-1000") {
  const auto [y, dx] = value_and_adjoint([](auto& v) { return softplus(v); },
                                         row_of({-1000, -100, -30, 0, 30, 100, 1000}));
  CHECK(y.allFinite());
  CHECK(y(0) == doctest::Approx(0));
  CHECK((y(1) >= 0 && y(1) < 1e-40));
  CHECK(std::abs(y(2) / std::exp(-30.0) - 1) < 1e-12);  // not rounded away beside the 1 of log1p
  CHECK(std::abs(y(3) - std::log(2.0)) < 1e-15);
  CHECK(std::abs(y(4) - (30 + std::exp(-30.0))) < 1e-13);
  CHECK((y(5) == 100 && y(6) == 1000));
  CHECK((y.rightCols(6).array() >= y.leftCols(6).array()).all());
  CHECK(dx.allFinite());
  CHECK((dx(0) >= 0 && dx(0) < 1e-40 && dx(1) < 1e-40));
  CHECK(std::abs(dx(2) / std::exp(-30.0) - 1) < 1e-12);
  CHECK((dx(3) == 0.5 && dx(5) == 1 && dx(6) == 1));
}

TEST_CASE("sigmoid, tanh and silu are right and their gradients finite at +-1000") {
  const Matrix x = row_of({-1000, -40, 40, 1000});
  const auto [p, dp] = value_and_adjoint([](auto& v) { return sigmoid(v); }, x);
  CHECK((p(0) < 1e-40 && p(0) >= 0 && p(3) == 1));
  CHECK(std::abs(p(1) / std::exp(-40.0) - 1) < 1e-12);
  CHECK((dp.allFinite() && dp(0) < 1e-40 && dp(3) == 0));
  const auto [t, dt] = value_and_adjoint([](auto& v) { return tanh(v); }, x);
  CHECK((t(0) == -1 && t(3) == 1));
  CHECK(dt.norm() < 1e-12);
  const auto [s, ds] = value_and_adjoint([](auto& v) { return silu(v); }, x);
  CHECK((std::abs(s(0)) < 1e-40 && s(2) == doctest::Approx(40) && s(3) == 1000));
  CHECK((ds.allFinite() && std::abs(ds(0)) < 1e-40 && ds(3) == 1));
}

TEST_CASE("log_sum_exp neither overflows at 1000 nor vanishes at -1000") {
  const auto f = [](const Var& v) { return log_sum_exp(v); };
  Matrix x(3, 4);
  x << 1000, -1000, 7, 1000,  //
      1000, -1000, 7, 0,      //
      1000, -1000, 7, -1000;
  const auto [y, dx] = value_and_adjoint(f, x);
  const double log3 = std::log(3.0);
  CHECK(distance(y, row_of({1000 + log3, -1000 + log3, 7 + log3, 1000})) < 1e-12);
  CHECK(distance(dx.leftCols(3), Matrix::Constant(3, 3, 1.0 / 3)) < 1e-15);  // equal entries
  CHECK(distance(dx.col(3), Matrix::Identity(3, 1)) < 1e-15);
  const double none = -std::numeric_limits<double>::infinity();  // exp(none) = 0
  const auto [empty, dempty] = value_and_adjoint(f, Matrix{{none, none}, {none, 3}});
  CHECK((empty == row_of({none, 3}) && dempty == Matrix{{0, 0}, {0, 1}}));
  const auto [one, done] = value_and_adjoint(f, row_of({5, -5}));  // the log of one exp
  CHECK((one == row_of({5, -5}) && done == row_of({1, 1})));
}

TEST_CASE("clamp passes the gradient inside and exactly at its bounds, and none outside") {
  const auto [y, dx] = value_and_adjoint([](auto& v) { return clamp(v, -1, 2); },
                                         row_of({-3, -1.001, -1, 0, 2, 2.001, 1e30}));
  CHECK(y == row_of({-1, -1, -1, 0, 2, 2, 2}));
  CHECK(dx == row_of({0, 0, 1, 1, 1, 0, 0}));
}

TEST_CASE("relu and abs have gradient 0 at 0") {
  const Matrix x = row_of({-2, -0.0, 0, 3});
  const auto [y, dx] = value_and_adjoint([](auto& v) { return relu(v); }, x);
  CHECK((y == row_of({0, 0, 0, 3}) && dx == row_of({0, 0, 0, 1})));
  const auto [z, dz] = value_and_adjoint([](auto& v) { return abs(v); }, x);
  CHECK((z == row_of({2, 0, 0, 3}) && dz == row_of({-1, 0, 0, 1})));
}

TEST_CASE(
    "a tie of minimum and maximum sends the whole gradient to the first, and a NaN stays one") {
  for (const auto f : {minimum, maximum}) {
    const Matrix a = row_of({1, 2}), b = row_of({1, 2}), none = row_of({NAN, NAN});
    Tape tape;
    const Var va = tape.parameter(a), vb = tape.parameter(b), vn = tape.constant(none);
    tape.backward(sum(f(va, vb)));
    CHECK(va.adjoint() == row_of({1, 1}));
    CHECK(vb.adjoint() == row_of({0, 0}));
    CHECK(f(va, vn).value().array().isNaN().all());
    CHECK(f(vn, va).value().array().isNaN().all());
  }
}

TEST_CASE("wrap_angle lands in [-pi, pi) and keeps the gradient across +-pi") {
  const double e = 1e-6;
  const Matrix x = row_of({kPi - e, kPi, kPi + e, -kPi, -kPi - e, 3 * kPi + e, 0, 100});
  const auto [y, dx] = value_and_adjoint([](auto& v) { return wrap_angle(v); }, x);
  CHECK(distance(y, row_of({kPi - e, -kPi, -kPi + e, -kPi, kPi - e, -kPi + e, 0, 100 - 32 * kPi})) <
        1e-12);
  CHECK((y.array() >= -kPi).all());
  CHECK((y.array() < kPi).all());
  CHECK(dx == Matrix::Ones(1, 8));
}

TEST_CASE("a column gathered three times gets three adjoints, and none gathered gets none") {
  Matrix x(2, 3);
  x << 1, 2, 3, 4, 5, 6;
  const auto [y, dx] = value_and_adjoint(
      [](auto& v) {
        return gather_columns(v, {2, 0, 2, 2});
      },
      x);
  Matrix expected(2, 3);
  expected << 1, 0, 3, 1, 0, 3;
  CHECK(dx == expected);
  const auto [none, dnone] = value_and_adjoint([](auto& v) { return gather_columns(v, {}); }, x);
  CHECK((none.rows() == 2 && none.cols() == 0));
  CHECK(dnone == Matrix::Zero(2, 3));
}

TEST_CASE("the gradient of sqrt at 0 is infinite, not a quiet number") {
  const auto [y, dx] = value_and_adjoint([](auto& v) { return sqrt(v); }, row_of({0, 4}));
  CHECK(std::isinf(dx(0)));
  CHECK(dx(1) == 0.25);
}

// ---- the check itself ----

TEST_CASE("the gradient check sees an adjoint that is wrong by one part in ten thousand") {
  const auto nearly_double = [](const std::vector<Var>& in) {
    Node& y = in[0].tape->append("wrong", {in[0].node});
    y.own = 2 * in[0].value();
    y.pull = [](Node& y) { add_adjoint(*y.in[0], 2.0002 * y.adjoint); };
    return sum(Var{in[0].tape, &y});
  };
  const double error = gradient_error(nearly_double, {row_of({1, 2, 3})});
  CHECK(error > 0.9e-4);
  CHECK(error < 1.1e-4);
}

TEST_CASE("the gradient check fails on an adjoint that is lost, NaN, or in one input only") {
  const auto lost = [](const std::vector<Var>& in) { return sum(detach(in[0]) * in[1]); };
  CHECK(gradient_error(lost, {row_of({1, 2}), row_of({3, 4})}) > 0.9);
  const auto nan = [](const std::vector<Var>& in) { return sum(sqrt(in[0])); };
  CHECK(gradient_error(nan, {row_of({-1, 2})}) > 1);
  const auto nothing = [](const std::vector<Var>& in) { return sum(0 * in[0]); };
  CHECK(gradient_error(nothing, {row_of({1, 2})}) == 0);
}

}  // namespace test_gradients
