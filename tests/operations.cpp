// What holds of every operation, in the build's own Scalar: used again it allocates nothing, and it
// lets a NaN through. A program of its own, because it watches the heap.

#include <cstdlib>
#include <new>
#include <stdexcept>

// A heap allocation of Eigen's, where the test forbids it, becomes an exception.
[[noreturn]] inline void refuse(const char* condition) { throw std::logic_error(condition); }
#define EIGEN_RUNTIME_NO_MALLOC
#define eigen_assert(condition) ((condition) ? void() : refuse(#condition))

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "nn/adam.hpp"
#include "nn/losses.hpp"
#include "nn/mlp.hpp"

using namespace mbrl;

// ---- the allocations of everything but Eigen, which calls malloc itself ----

namespace {
long heap_allocations = 0;
}
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++heap_allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

// How often `action` asks the heap for memory through new; -1 if Eigen asks for any.
template <class Action>
long allocations_of(Action action) {
  const long before = heap_allocations;
  Eigen::internal::set_is_malloc_allowed(false);
  bool eigen_asked = false;
  try {
    action();
  } catch (const std::logic_error&) {
    eigen_asked = true;
  }
  Eigen::internal::set_is_malloc_allowed(true);
  return eigen_asked ? -1 : heap_allocations - before;
}

const std::vector<Index> kTaken = {3, 3, 0};
const Matrix kFactors = Matrix::Constant(6, 1, 2);

// Every operation, of u and of a positive v of the same shape.
using V = const Var&;
struct Operation {
  std::string name;
  Var (*f)(V u, V v);
  bool entrywise;  // each entry of the result depends on the same entry of u
};
const Operation kOperations[] = {
    {"a + b", [](V u, V v) { return u + v; }, true},
    {"a - b", [](V u, V v) { return u - v; }, true},
    {"a b", [](V u, V v) { return u * v; }, true},
    {"a / b", [](V u, V v) { return u / v; }, true},
    {"x + c", [](V u, V) { return u + Scalar(2); }, true},
    {"c x", [](V u, V) { return Scalar(2) * u; }, true},
    {"c / x", [](V u, V) { return Scalar(2) / u; }, true},
    {"c - x", [](V u, V) { return Scalar(2) - u; }, true},
    {"x / c", [](V u, V) { return u / Scalar(2); }, true},
    {"exp", [](V u, V) { return exp(u); }, true},
    {"log", [](V u, V) { return log(u); }, true},
    {"sqrt", [](V u, V) { return sqrt(u); }, true},
    {"square", [](V u, V) { return square(u); }, true},
    {"sin", [](V u, V) { return sin(u); }, true},
    {"cos", [](V u, V) { return cos(u); }, true},
    {"tanh", [](V u, V) { return tanh(u); }, true},
    {"relu", [](V u, V) { return relu(u); }, true},
    {"sigmoid", [](V u, V) { return sigmoid(u); }, true},
    {"silu", [](V u, V) { return silu(u); }, true},
    {"abs", [](V u, V) { return abs(u); }, true},
    {"softplus", [](V u, V) { return softplus(u); }, true},
    {"wrap_angle", [](V u, V) { return wrap_angle(u); }, true},
    {"clamp", [](V u, V) { return clamp(u, -1, 1); }, true},
    {"minimum(u, v)", [](V u, V v) { return minimum(u, v); }, true},
    {"minimum(v, u)", [](V u, V v) { return minimum(v, u); }, true},
    {"maximum(u, v)", [](V u, V v) { return maximum(u, v); }, true},
    {"maximum(v, u)", [](V u, V v) { return maximum(v, u); }, true},
    {"detach", [](V u, V) { return detach(u); }, true},
    {"where", [](V u, V v) { return where(values(u) > 0, u, v); }, false},
    {"affine", [](V u, V v) { return affine(columns(u, 0, 6), v, columns(u, 0, 1)); }, false},
    {"matmul", [](V u, V v) { return matmul(columns(u, 0, 6), v); }, false},
    {"sum", [](V u, V) { return sum(u); }, false},
    {"mean", [](V u, V) { return mean(u); }, false},
    {"sum_rows", [](V u, V) { return sum_rows(u); }, false},
    {"log_sum_exp", [](V u, V) { return log_sum_exp(u); }, false},
    {"broadcast_columns", [](V u, V) { return broadcast_columns(columns(u, 0, 1), 4); }, false},
    {"broadcast_rows", [](V u, V) { return broadcast_rows(row(u, 5), 4); }, false},
    {"scale_rows", [](V u, V) { return scale_rows(kFactors, u); }, false},
    {"dense",
     [](V u, V v) { return dense(columns(u, 0, 6), v, columns(u, 0, 1), Activation::silu); },
     false},
    {"gather_columns", [](V u, V) { return gather_columns(u, kTaken); }, false},
    {"stack", [](V u, V v) { return stack(u, v, u); }, false},
};

}  // namespace

TEST_CASE("from the second time on, a rollout of 1,000 steps allocates nothing") {
  Rng rng(1, "test");
  const Mlp net = make_mlp(4, 3, {.hidden_width = 16}, rng);
  const Matrix start = rng.normal(3, 8), actions = rng.normal(1, 8);
  Tape tape;
  Network<Var> taped;
  const auto roll_out = [&] {
    const Var a = tape.parameter(actions);
    Var s = tape.constant(start);
    for (int t = 0; t < 1000; ++t) s = s + Scalar(0.01) * forward(taped, stack(s, a));
    tape.backward(sum(s));
  };
  for (int repeat = 0; repeat < 3; ++repeat) {
    tape.clear();
    taped = on_tape(tape, net);
    if (repeat == 0) roll_out();
    if (repeat > 0) CHECK(allocations_of(roll_out) == 0);
  }
}

TEST_CASE("from the second step on, training a network allocates nothing") {
  for (const Activation activation : {Activation::tanh, Activation::relu, Activation::silu})
    for (const Index B : {1, 64}) {
      CAPTURE(B);
      Rng rng(1, "test");
      Mlp net = make_mlp(5, 3, {.hidden_width = 32, .activation = activation}, rng);
      const Matrix x = rng.normal(5, B), target = rng.normal(3, B);
      const std::vector<Matrix*> theta = parameters(net);
      const std::vector<Scalar> decay(3, Scalar(1e-3));
      Adam adam;
      Tape tape;
      Network<Var> taped;
      std::vector<Matrix*> gradient;

      const auto write = [&] { taped = on_tape(tape, net); };  // a few pointers per layer
      const auto learn = [&] {
        const Var y = forward(taped, tape.constant(x));
        tape.backward(mean_squared_error(y, tape.constant(target)));
      };
      const auto update = [&] {
        add_weight_decay(decay, theta, gradient);
        clip_gradients(Scalar(0.1), gradient);
        adam.step(theta, gradient);
      };
      for (int step = 0; step < 4; ++step) {
        tape.clear();
        write();
        const long in_learn = allocations_of(learn);
        gradient = gradients(taped);
        const long in_update = allocations_of(update);
        if (step == 0) {
          CHECK(in_learn != 0);  // the first step does, or the count would count nothing
          tape.clear();
          write();
          learn();
          gradient = gradients(taped);
          update();
        } else {
          CHECK(in_learn == 0);
          CHECK(in_update == 0);
        }
      }
    }
}

TEST_CASE("from the second time on, no operation allocates") {
  const Matrix a = Rng(1, "test").normal(6, 9), b = a.array().abs() + 1;
  for (const Operation& operation : kOperations) {
    CAPTURE(operation.name);
    Tape tape;
    const auto forth_and_back = [&] {
      tape.clear();
      const Var u = tape.parameter(a), v = tape.parameter(b);
      tape.backward(sum(operation.f(u, v)));
    };
    forth_and_back();
    CHECK(allocations_of(forth_and_back) == 0);
  }

  // A list of parts is a std::vector that the caller makes: one allocation, none of the tape's.
  Tape tape;
  const auto on_top = [&] {
    tape.clear();
    const Var u = tape.parameter(a);
    tape.backward(sum(stack({u, u})));
  };
  on_top();
  CHECK(allocations_of(on_top) == 1);
}

TEST_CASE("a NaN passes through every operation, and is not clipped or chosen away") {
  for (const Index B : {1, 3, 4, 8, 17})  // whole vector registers and what is left over
    for (const Index j : {Index(0), B - 1}) {
      Matrix x = Matrix::Constant(1, B, Scalar(0.5));
      const Matrix ones = Matrix::Ones(1, B);
      x(j) = std::numeric_limits<Scalar>::quiet_NaN();
      Tape tape;
      const Var u = tape.parameter(x), v = tape.parameter(ones);
      for (const Operation& operation : kOperations) {
        if (!operation.entrywise) continue;
        CAPTURE(operation.name);
        CHECK(std::isnan(operation.f(u, v).value()(j)));
      }
      CHECK(std::isnan(log_sum_exp(u).value()(j)));
      CHECK(std::isnan(sum(u).value()(0)));
    }
}
