// A cart on a rail and a pole hinged to it: the bodies that cartpole_swingup.hpp and
// inverted_pendulum.hpp have in common, and how they are drawn.
//
// State (x, theta, v, omega). The bodies are capsules of density 1000 kg/m^3, as in the MuJoCo
// models of those tasks; here their equations of motion are written out and integrated by
// Runge-Kutta, 2 steps of 0.02 s as there. The ends of the rail are soft constraints, by MuJoCo's
// rule.
#pragma once

#include "envs/env.hpp"
#include "envs/runge_kutta.hpp"
#include "envs/soft_constraints.hpp"

namespace mbrl {

// A cylinder of the given length with a half ball at each end: its mass [kg], and its moment of
// inertia [kg m^2] about an axis across it through its middle.
constexpr Scalar cylinder_mass(Scalar r, Scalar length) { return 1000 * kPi * r * r * length; }
constexpr Scalar ball_mass(Scalar r) { return 1000 * kPi * r * r * r * 4 / 3; }
constexpr Scalar capsule_mass(Scalar r, Scalar length) {
  return cylinder_mass(r, length) + ball_mass(r);
}
constexpr Scalar capsule_inertia(Scalar r, Scalar length) {
  return cylinder_mass(r, length) * (length * length / 12 + r * r / 4) +
         ball_mass(r) * (r * r * 2 / 5 + length * length / 4 + r * length * 3 / 8);
}

struct CartPoleBodies {
  static constexpr Scalar g = Scalar(9.81), dt = Scalar(0.02);
  static constexpr int substeps = 2;
  static constexpr Scalar max_action = 3, newtons_per_action = 100;
  static constexpr Scalar cart_mass = capsule_mass(Scalar(0.1), Scalar(0.2));
  static constexpr Scalar pole_mass = capsule_mass(Scalar(0.049), Scalar(0.6));
  static constexpr Scalar pole_inertia = capsule_inertia(Scalar(0.049), Scalar(0.6));
  // MuJoCo's default, but that no time constant may be below two of its time steps.
  static constexpr Softness rail_end{.time = 0.04};

  Scalar l;            // where the pole's middle is when theta = 0: so far below the hinge [m]
  Scalar rail;         // |x| at which the rail ends [m]
  Scalar damping = 1;  // of the slider [N s/m] and of the hinge [N m s]

  static constexpr Scalar mass = cart_mass + pole_mass;
  Scalar inertia() const { return pole_inertia + pole_mass * l * l; }  // of the pole at its hinge

  // The state one step later.  s: (4, B)  a: (1, B)  returns (4, B)
  template <class M>
  M step(const M& s, const M& a) const {
    const RowOf<M> force = newtons_per_action * clamp(row(a, 0), -max_action, max_action);
    M s_next = s;
    for (int i = 0; i < substeps; ++i)
      s_next = runge_kutta_step([&](const M& now) { return derivative(now, force); }, s_next, dt);
    return s_next;
  }

  // ds/dt under a force [N] on the cart. Lagrange's equations, with c = m l cos(theta):
  //
  //   (M + m) x'' -            c theta'' = F - d x' - m l sin(theta) theta'^2    the slider
  //       - c x'' + (I + m l^2) theta'' = - d theta' - m g l sin(theta)          the hinge
  template <class M>
  M derivative(const M& s, const RowOf<M>& force) const {
    const RowOf<M> x = row(s, 0), theta = row(s, 1), v = row(s, 2), omega = row(s, 3);
    const RowOf<M> lever = pole_mass * l * sin(theta), c = pole_mass * l * cos(theta);
    const RowOf<M> hinge = -damping * omega - g * lever;
    const RowOf<M> determinant = mass * inertia() - square(c);
    RowOf<M> slider = force - damping * v - lever * square(omega);
    if ((values(x).abs() > rail).any()) {
      const RowOf<M> v_dot = (inertia() * slider + c * hinge) / determinant;
      slider = slider + rail_end_force<M>(x, v, v_dot, inertia() / determinant);
    }
    const RowOf<M> v_dot = (inertia() * slider + c * hinge) / determinant;
    const RowOf<M> omega_dot = (c * slider + mass * hinge) / determinant;
    return stack(v, omega, v_dot, omega_dot);
  }

  // Beyond its end the rail wants the cart to accelerate by `wanted`, by the rule of SoftRows::add
  // with J = +-1. What x'' falls short of it, the end answers with a force of 1 / R. A force f adds
  // A f to x'', so that one row needs no rounds of Newton's method:
  //
  //   f = (wanted - x'') / R,  x'' = v_dot + A f   =>   f = (wanted - v_dot) / (R + A)
  //
  // if that points inwards, else none.  v_dot: x'' without the end; A: (M^-1)_xx
  template <class M>
  RowOf<M> rail_end_force(const RowOf<M>& x, const RowOf<M>& v, const RowOf<M>& v_dot,
                          const RowOf<M>& A) const {
    const RowOf<M> beyond = x - clamp(x, -rail, rail), d = impedance<M>(beyond);
    const RowOf<M> wanted = -Scalar(rail_end.b()) * v - Scalar(rail_end.k()) * d * beyond;
    const Scalar weight = inertia() / (mass * inertia() - pole_mass * l * pole_mass * l);
    const RowOf<M> R = weight * (Scalar(1) - d) / d;
    const RowOf<M> f = (wanted - v_dot) / (R + A), none = Scalar(0) * f;
    return where(values(beyond) * values(f) < 0, f, none);
  }

  // Softness::impedance for a batch. The S of two parabolas is 2 x^2 - 4 max(0, x - 1/2)^2.
  template <class M>
  static RowOf<M> impedance(const RowOf<M>& depth) {
    const RowOf<M> x = clamp(abs(depth) / Scalar(rail_end.width), 0, 1);
    const RowOf<M> second = clamp(x, Scalar(0.5), 1) - Scalar(0.5);
    const RowOf<M> y = Scalar(2) * square(x) - Scalar(4) * square(second);
    return Scalar(rail_end.d0) + Scalar(rail_end.d1 - rail_end.d0) * y;
  }

  // Where the end of the pole is.
  Point tip(const Vector& s) const {
    const double length = 2 * double(l), theta = double(s(1));
    return {double(s(0)) - length * std::sin(theta), -length * std::cos(theta)};
  }
};

// A cart at x on a rail that ends at +-rail, and a pole from its middle, at height 0, to the tip.
inline Drawing draw_cart_pole(double x, Point tip, double rail, double lowest) {
  const double length = std::hypot(tip.x - x, tip.y);
  return {{-rail - 0.4, lowest},
          {rail + 0.4, length + 0.2},
          {line({{-rail - 0.2, 0}, {rail + 0.2, 0}}, "#bbbbbb", 3),
           box({-rail - 0.25, -0.12}, {-rail - 0.2, 0.12}, "#bbbbbb"),
           box({rail + 0.2, -0.12}, {rail + 0.25, 0.12}, "#bbbbbb"),
           box({x - 0.2, -0.1}, {x + 0.2, 0.1}, "#4f81bd"), line({{x, 0}, tip}, "#c0504d", 8),
           disc(tip, 0.05, "#c0504d"), disc({x, 0}, 0.04, "#333333")},
          tip};
}

}  // namespace mbrl
