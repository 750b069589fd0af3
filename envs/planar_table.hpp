// A robot in a plane as a table of numbers: links, hinges and capsules, as planar_bodies.hpp reads
// them. Lengths in metres, angles in radians, forces in newtons.
#pragma once

#include <vector>

#include "core/errors.hpp"
#include "envs/soft_constraints.hpp"

namespace mbrl {

// A rigid link and the hinge that it hangs on. The first is the root: it hangs on nothing, and its
// x, z, hinge and motor are not used. Links stand after their parents.
struct PlanarLink {
  int parent;                // its number in the table; -1: the root
  double x, z;               // the hinge in the parent's frame, whose origin is its own hinge
  double low = 0, high = 0;  // the hinge's range [rad]
  double gear = 0;           // torque of an action of 1 [N m]
  double damping = 0;        // [N m s/rad]
  double stiffness = 0;      // of a spring that pulls the hinge to 0 [N m/rad]
  double armature = 0;       // inertia of the motor's own parts [kg m^2]
};

// A cylinder with a half ball at each end, of density 1000 kg/m^3, fixed to a link.
struct Capsule {
  int link;
  double x, z;   // its middle, in the link's frame
  double angle;  // of its axis, from the link's z axis [rad]
  double half;   // half the length of the cylinder
  double radius;
  double friction = 1;  // mu, on the ground

  // The middle of the half ball at one end.  end: -1 or 1
  double end_x(double end) const { return x + end * half * std::sin(angle); }
  double end_z(double end) const { return z + end * half * std::cos(angle); }

  // Its mass [kg], and its moment of inertia [kg m^2] about an axis across it through its middle.
  double cylinder() const { return 1000 * M_PI * radius * radius * 2 * half; }
  double balls() const { return 1000 * M_PI * radius * radius * radius * 4 / 3; }
  double mass() const { return cylinder() + balls(); }
  double inertia() const {
    const double r = radius, length = 2 * half;
    return cylinder() * (length * length / 12 + r * r / 4) +
           balls() * (r * r * 2 / 5 + length * length / 4 + r * length * 3 / 8);
  }
};

struct PlanarTable {
  std::vector<PlanarLink> links;
  std::vector<Capsule> capsules;
  double root_height = 0;     // of the root above the ground where its coordinate z is 0
  double hinge_sense = 1;     // -1: the hinges turn about -y (the root about +y all the same)
  double total_mass = 0;      // all masses are scaled to it [kg]; 0: as the density says
  Softness limits, contacts;  // of hinges at their limits, of feet on the ground
  double margin = 0;          // from what height on a foot counts as touching
  double g = 9.81;            // [m/s^2]
  double dt = 0.01;           // one step of the integrator [s]
  int steps = 5;              // of these per step of the environment
  bool runge_kutta = false;   // or Euler with implicit damping
};

}  // namespace mbrl
