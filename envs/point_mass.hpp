// A point is pushed to the origin: the linear task with quadratic cost, whose best policy is known
// in closed form (src/planning/lqr.hpp). With process noise it is linear-Gaussian.
//
// State (x, y, vx, vy). Action: the acceleration, in a box that the best policy never leaves.
// s' = A s + B a. Reward: -(s^T Q s + a^T R a), of the state before the step. Never terminates.
#pragma once

#include "envs/env.hpp"

namespace mbrl {

struct PointMass {
  static constexpr Scalar dt = Scalar(0.1), max_action = 5;
  static constexpr Scalar far = 1, fast = Scalar(0.5);  // the box of states to start from
  Matrix A, B, Q, R;

  PointMass() {
    const Matrix I = Matrix::Identity(2, 2), none = Matrix::Zero(2, 2);
    A.resize(4, 4), B.resize(4, 2), Q.resize(4, 4);
    A << I, dt * I, none, I;
    B << dt * dt / 2 * I, dt * I;
    Q << I, none, none, Scalar(0.1) * I;
    R = Scalar(0.1) * I;
  }

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "point_mass";
    spec.summary = "push a point to the origin (linear-quadratic: the optimum is known)";
    spec.state_names = {"x [m]", "y [m]", "velocity x [m/s]", "velocity y [m/s]"};
    spec.action_low = Vector::Constant(2, -max_action);
    spec.action_high = Vector::Constant(2, max_action);
    spec.max_steps = 50;
    spec.seconds_per_step = dt;
    spec.horizon = 25;
    spec.random_return = -1024, spec.oracle_return = -7;
    spec.noise_scale = Vector{{Scalar(0), Scalar(0), Scalar(0.5), Scalar(0.5)}};
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    const RowOf<M> x = clamp(row(a, 0), -max_action, max_action);
    const RowOf<M> y = clamp(row(a, 1), -max_action, max_action);
    return times(A, s) + times(B, stack(x, y));
  }

  template <class M>
  RowOf<M> reward(const M& s, const M& a, const M&) const {
    return -(quadratic(Q, s) + quadratic(R, a));
  }

  Mask terminated(const Matrix& s_next) const { return Mask::Constant(s_next.cols(), false); }

  template <class M>
  M features(const M& s) const {
    return s;
  }

  Vector reset(Rng& rng) const {
    return Vector{{rng.uniform(-far, far), rng.uniform(-far, far), rng.uniform(-fast, fast),
                   rng.uniform(-fast, fast)}};
  }

  // G x, and x^T G x, of every column x of a batch.
  static Matrix times(const Matrix& G, const Matrix& x) { return G * x; }
  static Var times(const Matrix& G, const Var& x) { return matmul(x.tape->constant(G), x); }
  static Row quadratic(const Matrix& G, const Matrix& x) {
    return (x.array() * times(G, x).array()).colwise().sum();
  }
  static Var quadratic(const Matrix& G, const Var& x) { return sum_rows(x * times(G, x)); }

  Drawing draw(const Vector& s) const {
    const Point here{double(s(0)), double(s(1))};
    const Point ahead{here.x + 0.5 * double(s(2)), here.y + 0.5 * double(s(3))};
    return {{-1.6, -1.6},
            {1.6, 1.6},
            {line({{-1.6, 0}, {1.6, 0}}, "#dddddd", 2), line({{0, -1.6}, {0, 1.6}}, "#dddddd", 2),
             disc({0, 0}, 0.1, "#9bbb59"), line({here, ahead}, "#4f81bd", 4),
             disc(here, 0.07, "#c0504d")},
            here};
  }
};

}  // namespace mbrl
