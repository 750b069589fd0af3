// The mechanics of a robot in a plane, from a table of its links to its next state: what MuJoCo
// computes for half_cheetah, hopper and walker2d, written out.
//
//   links and capsules -> places and Jacobians -> mass matrix and forces (Lagrange) -> soft
//   constraints: hinges at their limits, feet on the ground -> accelerations (Newton) -> integrator
//
// The plane is x (forward) and z (up); angles turn about +y, so that a positive one tips the robot
// forward. Coordinates q: x, z and angle of the root link, then one hinge per further link; a robot
// of L links has n = L + 2. Its state is (q, v) with v = dq/dt.
//
// All functions are written for any kind of number: double gives the next state, Dual its
// derivatives too (planar_task.hpp). Which constraints act is a decision and carries no derivative.
#pragma once

#include "envs/planar_table.hpp"

namespace mbrl {

template <int n>
struct PlanarBodies {
  static constexpr int links = n - 2;
  template <class Number>
  using Vec = Eigen::Matrix<Number, n, 1>;  // by the coordinates: q, v, accelerations, forces
  template <class Number>
  using Square = Eigen::Matrix<Number, n, n>;
  template <class Number>
  using Jacobian = Eigen::Matrix<Number, 2, n>;  // of a point (x, z) by the coordinates
  template <class Number>
  using Arm = Eigen::Matrix<Number, 2, 1>;  // (x, z) [m]
  template <class Number>
  using PerLink = std::array<Number, links>;

  PlanarTable table;
  PerLink<double> mass;                // [kg]
  PerLink<Arm<double>> centre;         // of mass, in the link's frame
  Eigen::Matrix<int, links, n> turns;  // dphi_i/dq_k: 1 or -1 along the way up to the root, else 0
  Square<double> turning_inertia;      // what of M does not depend on q
  Vec<double> hinge_weight;            // inverse inertia that a limit meets at rest
  PerLink<double> link_weight;         // ... that a contact meets at rest

  explicit PlanarBodies(PlanarTable numbers) : table(std::move(numbers)) {
    if (int(table.links.size()) != links || table.links[0].parent != -1 ||
        6 * table.capsules.size() + table.links.size() > kMostRows)
      throw UserError("a robot of " + std::to_string(n) + " coordinates has a table of " +
                      std::to_string(links) + " links, the root first, and at most 9 capsules");
    find_ways_up();
    weigh();
    meet_constraints_at_rest();
  }

  // ---- places and Jacobians ----

  // Where the links are, and how they move.
  template <class Number>
  struct Pose {
    PerLink<Number> sine, cosine, omega;  // of the link's angle phi; its speed dphi/dt [rad/s]
    PerLink<Arm<Number>> hinge;           // the hinge's place
    PerLink<Arm<Number>> swing;           // the hinge's acceleration when no coordinate has one

    // R(phi) d, an arm given in a link's frame, as it stands in the world, with
    // R(phi) (x, z) = (cos phi x + sin phi z, -sin phi x + cos phi z).
    Arm<Number> in_world(int i, double x, double z) const {
      return {cosine[i] * x + sine[i] * z, cosine[i] * z - sine[i] * x};
    }
  };

  // Down the tree: a hinge is at the end of an arm d of the parent. Its angle adds to the parent's,
  // phi = phi_parent +- q. The end of an arm that turns accelerates by -omega^2 d.
  template <class Number>
  Pose<Number> pose(const Vec<Number>& q, const Vec<Number>& v) const {
    using std::cos, std::sin;
    Pose<Number> pose;
    PerLink<Number> phi;
    for (int i = 0; i < links; ++i) {
      const PlanarLink& link = table.links[i];
      const int up = link.parent, sense = turns(i, 2 + i);
      if (i == 0) {
        pose.hinge[0] = {q(0), q(1) + table.root_height};
        pose.swing[0] = {Number(0), Number(0)};
        phi[0] = q(2), pose.omega[0] = v(2);
      } else {
        const Arm<Number> d = pose.in_world(up, link.x, link.z);
        pose.hinge[i] = pose.hinge[up] + d;
        pose.swing[i] = pose.swing[up] - pose.omega[up] * pose.omega[up] * d;
        phi[i] = phi[up] + double(sense) * q(2 + i);
        pose.omega[i] = pose.omega[up] + double(sense) * v(2 + i);
      }
      pose.sine[i] = sin(phi[i]), pose.cosine[i] = cos(phi[i]);
    }
    return pose;
  }

  // J = dp/dq of a point p that a link carries. The root takes it along; each hinge on the way up
  // to the root turns it about itself: with d = p - hinge, the end of R(phi) moves by (d_z, -d_x)
  // per radian.
  template <class Number>
  Jacobian<Number> jacobian(const Pose<Number>& pose, int i, const Arm<Number>& p) const {
    Jacobian<Number> J;
    for (Number& entry : J.reshaped()) entry = Number(0);
    J(0, 0) = J(1, 1) = Number(1);
    for (int k = i; k >= 0; k = table.links[k].parent) {
      const double sense = turns(k, 2 + k);
      J(0, 2 + k) = sense * (p.y() - pose.hinge[k].y());
      J(1, 2 + k) = sense * (pose.hinge[k].x() - p.x());
    }
    return J;
  }

  // ---- mass matrix and forces: Lagrange's equations M(q) q'' = f(q, v) ----

  // M = sum over the links of m J^T J + I W^T W, plus the armatures.  J: of the centre of mass,
  //     W = dphi/dq. The second term is constant. Only the lower triangle is filled.
  // f = sum over the links of m J^T ((0, -g) - J' v): weight and centrifugal force; J' v is how the
  //     centre accelerates when q'' = 0.
  template <class Number>
  void mass_and_force(const Pose<Number>& pose, Square<Number>& M, Vec<Number>& f) const {
    M = turning_inertia.template cast<Number>();
    for (Number& entry : f) entry = Number(0);
    for (int i = 0; i < links; ++i) {
      const Arm<Number> d = pose.in_world(i, centre[i].x(), centre[i].y());
      const Arm<Number> swing = pose.swing[i] - pose.omega[i] * pose.omega[i] * d;
      const Jacobian<Number> J = jacobian<Number>(pose, i, pose.hinge[i] + d);
      const Number push_x = -mass[i] * swing.x(), push_z = -mass[i] * (table.g + swing.y());
      for (int k = 0; k < n; ++k) {
        if (k >= 2 && turns(i, k) == 0) continue;
        f(k) += J(0, k) * push_x + J(1, k) * push_z;
        const Number x = mass[i] * J(0, k), z = mass[i] * J(1, k);
        for (int l = k; l < 3 + i; ++l) M(l, k) += x * J(0, l) + z * J(1, l);
      }
    }
  }

  // What motors, springs and friction do in the hinges: gear a - stiffness q - damping v, with the
  // action a clipped to [-1, 1].
  template <class Number>
  void add_hinge_torques(const Vec<Number>& q, const Vec<Number>& v, const Vec<Number>& a,
                         Vec<Number>& f) const {
    for (int i = 1; i < links; ++i) {
      const PlanarLink& link = table.links[i];
      const double clipped = std::clamp(value_of(a(2 + i)), -1.0, 1.0);
      const Number action = clipped == value_of(a(2 + i)) ? a(2 + i) : Number(clipped);
      f(2 + i) += link.gear * action - link.stiffness * q(2 + i) - link.damping * v(2 + i);
    }
  }

  // ---- soft constraints (soft_constraints.hpp) ----

  // A hinge beyond its range: J = +-e_i turns it back.
  template <class Number>
  void add_limits(const Vec<Number>& q, const Vec<Number>& v, SoftRows<Number, n>& rows) const {
    for (int i = 1; i < links; ++i)
      for (const double side : {1.0, -1.0}) {
        const PlanarLink& link = table.links[i];
        const Number gap = side > 0 ? q(2 + i) - link.low : link.high - q(2 + i);
        if (value_of(gap) >= 0) continue;
        Vec<Number> J = Vec<double>::Zero().template cast<Number>();
        J(2 + i) = Number(side);
        rows.add(J, v, gap, table.limits, hinge_weight(2 + i), -1);
      }
  }

  // The ball at a capsule's end in the ground; it touches half way into the overlap. Friction makes
  // a pyramid of rows J_up +- mu J_along, one pair for each tangent of the ground. Nothing moves
  // along the one across the plane: both rows of its pair are J_up, here one of twice the weight.
  template <class Number>
  void add_contacts(const Pose<Number>& pose, const Vec<Number>& v,
                    SoftRows<Number, n>& rows) const {
    for (int c = 0; c < int(table.capsules.size()); ++c)
      for (const double end : {-1.0, 1.0}) {
        const Capsule& capsule = table.capsules[c];
        const int i = capsule.link;
        const Arm<Number> ball =
            pose.hinge[i] + pose.in_world(i, capsule.end_x(end), capsule.end_z(end));
        const Number height = ball.y() - capsule.radius, gap = height - table.margin;
        if (value_of(gap) >= 0) continue;
        const Jacobian<Number> J = jacobian<Number>(pose, i, {ball.x(), 0.5 * height});
        const double mu = capsule.friction, weight = 2 * mu * mu * (1 + mu * mu) * link_weight[i];
        const Vec<Number> up = J.row(1).transpose(), push = J.row(0).transpose() * Number(mu);
        rows.add(up, v, gap, table.contacts, weight / 2, c);
        rows.add(up + push, v, gap, table.contacts, weight, c);
        rows.add(up - push, v, gap, table.contacts, weight, c);
      }
  }

  // ---- one step ----

  // The accelerations in a state, and the mass matrix that they were found with.
  template <class Number>
  Vec<Number> acceleration(const Vec<Number>& q, const Vec<Number>& v, const Vec<Number>& a,
                           Square<Number>& M) const {
    const Pose<Number> now = pose(q, v);
    Vec<Number> f;
    mass_and_force(now, M, f);
    add_hinge_torques(q, v, a, f);
    SoftRows<Number, n> rows;
    add_limits(q, v, rows);
    add_contacts(now, v, rows);
    return constrained_acceleration<Number, n>(M, f, rows);
  }

  // Euler's step, with the velocity after it moving the coordinates, and with the damping D taken
  // at its end, where it cannot overshoot: (M + dt D) q'' = M q''_explicit.
  template <class Number>
  void euler_step(Vec<Number>& q, Vec<Number>& v, const Vec<Number>& a) const {
    Square<Number> M;
    const Vec<Number> explicit_one = acceleration(q, v, a, M);
    const Vec<Number> force = M.template selfadjointView<Eigen::Lower>() * explicit_one;
    for (int i = 1; i < links; ++i) M(2 + i, 2 + i) += table.dt * table.links[i].damping;
    v += Number(table.dt) * solve<Number, n>(M, force);
    q += Number(table.dt) * v;
  }

  // The classical step of Runge and Kutta: the slope at the start, twice in the middle, at the end.
  template <class Number>
  void runge_kutta_step(Vec<Number>& q, Vec<Number>& v, const Vec<Number>& a) const {
    Square<Number> M;
    Vec<Number> q_slope = v, v_slope = acceleration(q, v, a, M), q_sum = q_slope, v_sum = v_slope;
    for (const double ahead : {0.5, 0.5, 1.0}) {
      const double share = ahead < 1 ? 2 : 1;
      const Vec<Number> q_there = q + Number(ahead * table.dt) * q_slope;
      const Vec<Number> v_there = v + Number(ahead * table.dt) * v_slope;
      q_slope = v_there, v_slope = acceleration(q_there, v_there, a, M);
      q_sum += Number(share) * q_slope, v_sum += Number(share) * v_slope;
    }
    q += Number(table.dt / 6) * q_sum;
    v += Number(table.dt / 6) * v_sum;
  }

  // One step of the environment, from (q, v) to (q, v) in place.  a: on the coordinates (the
  // root's three are not used)
  template <class Number>
  void step(Vec<Number>& q, Vec<Number>& v, const Vec<Number>& a) const {
    for (int i = 0; i < table.steps; ++i)
      if (table.runge_kutta)
        runge_kutta_step(q, v, a);
      else
        euler_step(q, v, a);
  }

 private:
  void find_ways_up();
  void weigh();
  void meet_constraints_at_rest();
};

}  // namespace mbrl

#include "envs/planar_at_rest.hpp"

// What the tables of the robots say is worked out once, in robots.cpp, and not wherever one is
// used.
namespace mbrl {
extern template struct PlanarBodies<6>;
extern template struct PlanarBodies<9>;
}  // namespace mbrl
