// What follows from a robot's table alone: which hinges turn which links, masses and inertias, and
// what a constraint meets when all coordinates are 0. The second half of planar_bodies.hpp.
#pragma once

#include "envs/planar_bodies.hpp"

namespace mbrl {

template <int n>
void PlanarBodies<n>::find_ways_up() {
  turns.setZero();
  for (int i = 0; i < links; ++i) {
    if (i > 0) turns.row(i) = turns.row(table.links[i].parent);
    turns(i, 2 + i) = i > 0 && table.hinge_sense < 0 ? -1 : 1;
  }
}

// Masses, centres and moments of inertia (Steiner's theorem for a link of several capsules).
template <int n>
void PlanarBodies<n>::weigh() {
  PerLink<double> inertia{};
  mass.fill(0), centre.fill(Arm<double>::Zero());
  for (const Capsule& c : table.capsules) {
    mass[c.link] += c.mass();
    centre[c.link] += c.mass() * Arm<double>(c.x, c.z);
  }
  double total = 0;
  for (int i = 0; i < links; ++i) centre[i] /= mass[i], total += mass[i];
  for (const Capsule& c : table.capsules)
    inertia[c.link] +=
        c.inertia() + c.mass() * (Arm<double>(c.x, c.z) - centre[c.link]).squaredNorm();
  const double scale = table.total_mass > 0 ? table.total_mass / total : 1;
  turning_inertia.setZero();
  for (int i = 0; i < links; ++i) {
    mass[i] *= scale;
    const Vec<double> W = turns.row(i).template cast<double>();
    turning_inertia += scale * inertia[i] * W * W.transpose();
    turning_inertia(2 + i, 2 + i) += table.links[i].armature;
  }
}

// The inverse inertia that a force meets when all coordinates are 0: (M^-1)_ii for a hinge, the
// mean over the three directions of space of J M^-1 J^T for the centre of a link.
template <int n>
void PlanarBodies<n>::meet_constraints_at_rest() {
  const Vec<double> zero = Vec<double>::Zero();
  const Pose<double> rest = pose(zero, zero);
  Square<double> M, inverse;
  Vec<double> f;
  mass_and_force(rest, M, f);
  for (int i = 0; i < n; ++i) inverse.col(i) = solve<double, n>(M, Vec<double>::Unit(i));
  hinge_weight = inverse.diagonal();
  for (int i = 0; i < links; ++i) {
    const Arm<double> d = rest.in_world(i, centre[i].x(), centre[i].y());
    const Jacobian<double> J = jacobian<double>(rest, i, rest.hinge[i] + d);
    link_weight[i] = (J * inverse * J.transpose()).trace() / 3;
  }
}

}  // namespace mbrl
