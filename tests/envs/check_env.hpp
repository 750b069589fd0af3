// What every environment must pass: check_env(*make_env(MyEnv{})) inside a doctest TEST_CASE.
//
// Compile the test with MBRL_SCALAR double, and the derivatives are checked too.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "autodiff/gradient_check.hpp"
#include "envs/env.hpp"

namespace mbrl {

constexpr bool kInDouble = sizeof(Scalar) == sizeof(double);

// Whether a and b have one shape and differ by rounding at most.
template <class A, class B>
bool close(const Eigen::DenseBase<A>& a, const Eigen::DenseBase<B>& b,
           double tolerance = kInDouble ? 1e-10 : 2e-5) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (Index i = 0; i < a.rows(); ++i)
    for (Index j = 0; j < a.cols(); ++j) {
      const double x = double(a.derived().coeff(i, j)), y = double(b.derived().coeff(i, j));
      if (!(std::abs(x - y) <= tolerance * (1 + std::abs(x)))) return false;
    }
  return true;
}

// A batch of real steps, as a random policy meets them.
struct Steps {
  Matrix s, a, s_next;
};

inline Steps random_steps(const Env& env, Index count, Rng rng) {
  Steps steps{Matrix(env.spec.state_dim(), count), Matrix(env.spec.action_dim(), count),
              Matrix(env.spec.state_dim(), count)};
  World world(env, Rng(rng.bits(), "world"));
  for (Index i = 0; i < count; ++i) {
    if (world.over() || i % 25 == 0) world.reset();
    const Transition tr = world.step(random_action(env.spec, rng));
    steps.s.col(i) = tr.s, steps.a.col(i) = tr.a, steps.s_next.col(i) = tr.s_next;
  }
  return steps;
}

inline void check_spec(const EnvSpec& spec) {
  const Index n = spec.state_dim(), m = spec.action_dim();
  CHECK_FALSE(spec.name.empty());
  CHECK(spec.name.find(' ') == std::string::npos);
  CHECK_FALSE(spec.summary.empty());
  REQUIRE(n > 0);
  REQUIRE(m > 0);
  REQUIRE(spec.action_high.size() == m);
  CHECK(spec.action_low.allFinite());
  CHECK(spec.action_high.allFinite());
  CHECK((spec.action_low.array() < spec.action_high.array()).all());
  CHECK(spec.max_steps > 0);
  CHECK(spec.horizon > 0);
  CHECK(spec.seconds_per_step > 0);
  REQUIRE(spec.noise_scale.size() == n);
  CHECK((spec.noise_scale.array() >= 0).all());
  for (const Index i : spec.angles) REQUIRE((i >= 0 && i < n));
}

inline void check_shapes(const Env& env, const Steps& t) {
  const Index n = env.spec.state_dim(), batch = t.s.cols(), seen = env.features(t.s).rows();
  const Matrix s_next = env.dynamics(t.s, t.a);
  REQUIRE(s_next.rows() == n);
  REQUIRE(s_next.cols() == batch);
  REQUIRE(env.reward(t.s, t.a, s_next).size() == batch);
  REQUIRE(env.terminated(s_next).size() == batch);
  REQUIRE(seen > 0);
  REQUIRE(env.features(t.s).cols() == batch);
  CHECK(s_next.allFinite());
  CHECK(env.reward(t.s, t.a, s_next).isFinite().all());
  CHECK(env.features(t.s).allFinite());
}

// A batch is computed as its columns are, one by one.
inline void check_batch(const Env& env, const Steps& t) {
  const Matrix s_next = env.dynamics(t.s, t.a), seen = env.features(t.s);
  const Row reward = env.reward(t.s, t.a, t.s_next);
  const Mask terminated = env.terminated(t.s_next);
  for (Index i = 0; i < t.s.cols(); ++i) {
    const Matrix s = t.s.col(i), a = t.a.col(i), next = t.s_next.col(i);
    CHECK(close(env.dynamics(s, a), s_next.col(i)));
    CHECK(close(env.features(s), seen.col(i)));
    CHECK(close(env.reward(s, a, next), reward.segment(i, 1)));
    CHECK(env.terminated(next)(0) == terminated(i));
  }
}

inline void check_taped_values(const Env& env, const Steps& t) {
  Tape tape;
  const Var s = tape.parameter(t.s), a = tape.parameter(t.a), s_next = tape.parameter(t.s_next);
  CHECK(close(env.dynamics(s, a).value(), env.dynamics(t.s, t.a)));
  CHECK(close(env.reward(s, a, s_next).value(), env.reward(t.s, t.a, t.s_next)));
  CHECK(close(env.features(s).value(), env.features(t.s)));
}

// The tape's derivatives of dynamics, reward and features against central differences, one step at
// a time, each output weighted at random. In double only.
inline void check_gradients(const Env& env, const Steps& t, Rng& rng) {
  if (!kInDouble) return;
  for (Index i = 0; i < t.s.cols(); ++i) {
    const Matrix s = t.s.col(i), a = t.a.col(i), s_next = t.s_next.col(i);
    const Matrix w = rng.normal(s.rows(), 1), v = rng.normal(env.features(s).rows(), 1);
    const auto weighted = [](const Var& y, const Matrix& weights) {
      return sum(y * y.tape->constant(weights));
    };
    CHECK(gradient_error([&](const auto& in) { return weighted(env.dynamics(in[0], in[1]), w); },
                         {s, a}) < 1e-5);
    CHECK(gradient_error([&](const auto& in) { return env.reward(in[0], in[1], in[2]); },
                         {s, a, s_next}) < 1e-5);
    CHECK(gradient_error([&](const auto& in) { return weighted(env.features(in[0]), v); }, {s}) <
          1e-5);
  }
}

// An action from outside of the box moves the world as the nearest one in the box does: nothing
// else keeps a policy's noise, or a planner's rounding, from being stronger than the world allows.
inline void check_actions_are_clipped(const Env& env, const Steps& t) {
  if (env.spec.actions > 0) return;  // a number of an action, not a size
  const Matrix beyond = env.spec.from_unit_box(3 * env.spec.to_unit_box(t.a));
  Matrix inside = beyond;
  for (Index j = 0; j < beyond.cols(); ++j)
    inside.col(j) = beyond.col(j).cwiseMax(env.spec.action_low).cwiseMin(env.spec.action_high);
  CHECK(inside != beyond);
  CHECK(close(env.dynamics(t.s, beyond), env.dynamics(t.s, inside)));
}

// Some state ends the episode if spec.terminates, and none if not; looked for all around those that
// were visited, up to thirty times as far.
inline void check_that_it_ends(const Env& env, const Steps& t, Rng& rng) {
  const Vector low = t.s_next.rowwise().minCoeff(), high = t.s_next.rowwise().maxCoeff();
  Matrix s(low.size(), 20000);
  for (Index j = 0; j < s.cols(); ++j) {
    const Scalar how_far = std::exp(rng.uniform(0, Scalar(3.4)));
    for (Index i = 0; i < s.rows(); ++i)
      s(i, j) = (low(i) + high(i) + how_far * (high(i) - low(i)) * rng.uniform(-1, 1)) / 2;
  }
  if (env.spec.actions > 0) s = t.s_next;  // the places of a maze are numbers
  CHECK(env.terminated(s).any() == env.spec.terminates);
}

// A coordinate named in spec.angles may be counted on by whole turns, and nothing else changes.
inline void check_angles(const Env& env, const Steps& t) {
  for (const Index i : env.spec.angles) {
    Matrix s = t.s, s_next = t.s_next, expected = env.dynamics(t.s, t.a);
    for (Matrix* turned : {&s, &s_next, &expected}) turned->row(i).array() += 2 * kPi;
    const double rounding = kInDouble ? 1e-9 : 2e-4;
    CHECK(close(env.dynamics(s, t.a), expected, rounding));
    CHECK(close(env.reward(s, t.a, s_next), env.reward(t.s, t.a, t.s_next), rounding));
    CHECK(close(env.features(s), env.features(t.s), rounding));
    CHECK((env.terminated(s_next) == env.terminated(t.s_next)).all());
  }
}

// World::step says what the pure functions say, and an episode is over for exactly one reason.
inline void check_world(Env& env, Rng& rng) {
  const int max_steps = env.spec.max_steps;
  for (const int limit : {1, 3, max_steps}) {
    env.spec.max_steps = limit;
    World world(env, Rng(rng.bits(), "world"));
    for (int step = 1; !world.over(); ++step) {
      REQUIRE(step <= limit);
      const Vector s = world.s(), a = random_action(env.spec, rng);
      const Transition tr = world.step(a);
      REQUIRE(tr.s == s);
      REQUIRE(tr.a == a);
      REQUIRE(close(tr.s_next, env.dynamics(s, a)));
      REQUIRE(world.s() == tr.s_next);
      REQUIRE(close(Row::Constant(1, tr.reward), env.reward(s, a, tr.s_next)));
      REQUIRE(tr.terminated == env.terminated(tr.s_next)(0));
      REQUIRE((env.spec.terminates || !tr.terminated));
      REQUIRE(tr.truncated == (!tr.terminated && step == limit));
    }
    CHECK_THROWS_AS(world.step(random_action(env.spec, rng)), UserError);
  }
  env.spec.max_steps = max_steps;
}

inline void check_reset(const Env& env) {
  Rng one(1, "reset"), same(1, "reset");
  for (int i = 0; i < 50; ++i) {
    const Vector s = env.reset(one);
    CHECK(s == env.reset(same));
    CHECK(s.size() == env.spec.state_dim());
    CHECK(s.allFinite());
    CHECK_FALSE(env.terminated(s)(0));
  }
}

// The picture of a start lies inside its window (a little over the edge is allowed).
inline void check_drawing(const Env& env, const Steps& t, Rng& rng) {
  for (int i = 0; i < 20; ++i) {
    const Drawing drawing = env.draw(env.reset(rng));
    const double width = drawing.high.x - drawing.low.x, height = drawing.high.y - drawing.low.y;
    REQUIRE(width > 0);
    REQUIRE(height > 0);
    CHECK_FALSE(drawing.shapes.empty());
    for (const Shape& shape : drawing.shapes) {
      CHECK(shape.points.size() >= (shape.filled ? 3 : 2));
      CHECK(shape.color.size() == 7);
      for (const Point& p : shape.points) {
        CHECK(std::abs(p.x - (drawing.low.x + drawing.high.x) / 2) <= 0.55 * width);
        CHECK(std::abs(p.y - (drawing.low.y + drawing.high.y) / 2) <= 0.55 * height);
      }
    }
  }
  for (Index i = 0; i < t.s.cols(); ++i)
    for (const Shape& shape : env.draw(t.s_next.col(i)).shapes)
      for (const Point& p : shape.points) CHECK((std::isfinite(p.x) && std::isfinite(p.y)));
}

// process_noise = 0 is deterministic; otherwise s' spreads around the dynamics by noise_scale times
// its size, and never to where it may not be.
inline void check_noise(Env& env, const Steps& t, Rng& rng) {
  const double before = env.process_noise;
  const Index count = 20000;
  const Matrix s = env.reset(rng).replicate(1, count);
  const Matrix a = random_action(env.spec, rng).replicate(1, count);
  const Matrix expected = env.dynamics(s, a);
  env.process_noise = 0;
  CHECK(env.sample_next(s, a, rng) == expected);
  env.process_noise = 0.01;
  const Matrix deviation = env.sample_next(s, a, rng) - expected;
  for (Index i = 0; i < s.rows(); ++i) {
    const double sd = env.process_noise * double(env.spec.noise_scale(i));
    const double mean = double(deviation.row(i).mean());
    const double spread = std::sqrt(double(deviation.row(i).squaredNorm()) / double(count));
    CHECK(std::abs(mean) <= 0.05 * sd);
    CHECK(std::abs(spread - sd) <= 0.05 * sd);
  }
  env.process_noise = 3;
  const Matrix far = env.sample_next(t.s, t.a, rng);
  CHECK(far.allFinite());
  CHECK(env.legal(t.s, far) == far);
  CHECK(env.legal(t.s, t.s_next) == t.s_next);
  env.process_noise = before;
}

// The whole conformance test. (env is changed while it runs, and put back.)
inline void check_env(Env& env) {
  const std::string name = env.spec.name;  // CAPTURE keeps a reference
  CAPTURE(name);
  check_spec(env.spec);
  Rng rng(7, "check_env");
  const Steps steps = random_steps(env, 100, Rng(8, "check_env"));
  check_shapes(env, steps);
  check_batch(env, steps);
  check_taped_values(env, steps);
  check_gradients(env, steps, rng);
  check_actions_are_clipped(env, steps);
  check_that_it_ends(env, steps, rng);
  check_angles(env, steps);
  check_world(env, rng);
  check_reset(env);
  check_drawing(env, steps, rng);
  check_noise(env, steps, rng);
}

}  // namespace mbrl
