// One step of the half-cheetah with all that is in it kept, its landing, and how its forces are
// drawn.
#pragma once

#include "diagram.hpp"
#include "envs/half_cheetah.hpp"

namespace mbrl {

using Bodies = PlanarBodies<9>;
using Vec = Bodies::Vec<double>;  // by the coordinates: x, z, pitch, and six hinges
using Arm = Bodies::Arm<double>;  // (x, z)
using Rows = SoftRows<double, 9>;

// A foot in the ground, and the force on it: up, and forward.
struct Contact {
  int capsule;
  Arm at;
  double depth, normal, friction;
};

// One step of the integrator, with all that is in it kept.
struct RobotStep {
  Vec q, v, a;
  Bodies::Pose<double> pose;
  Bodies::Square<double> M;
  Vec by_itself, torque = Vec::Zero();  // weight and centrifugal force; what the hinges do
  Rows rows;                            // the soft constraints
  Vec acceleration;
  std::vector<Contact> contacts;

  double force(int row) const { return std::max(0.0, rows.row[row].force(acceleration)); }
};

// Each end of a capsule in the ground has three rows, J_up and J_up +- mu J_along; they stand after
// those of the limits.
inline void find_contacts(const Bodies& bodies, RobotStep& step) {
  int r = 0;
  while (r < step.rows.count && step.rows.row[r].capsule < 0) ++r;
  for (int c = 0; c < int(bodies.table.capsules.size()); ++c)
    for (const double end : {-1.0, 1.0}) {
      const Capsule& capsule = bodies.table.capsules[c];
      const Arm ball = step.pose.hinge[capsule.link] +
                       step.pose.in_world(capsule.link, capsule.end_x(end), capsule.end_z(end));
      const double height = ball.y() - capsule.radius;
      if (height >= 0) continue;
      const double up = step.force(r), forward = step.force(r + 1), back = step.force(r + 2);
      step.contacts.push_back({c,
                               {ball.x(), height / 2},
                               -height,
                               up + forward + back,
                               capsule.friction * (forward - back)});
      r += 3;
    }
}

inline RobotStep take_apart(const Bodies& bodies, const Vec& q, const Vec& v, const Vec& a) {
  RobotStep step;
  step.q = q, step.v = v, step.a = a, step.pose = bodies.pose(q, v);
  bodies.mass_and_force(step.pose, step.M, step.by_itself);
  step.M = Bodies::Square<double>(step.M.selfadjointView<Eigen::Lower>());
  bodies.add_hinge_torques(q, v, a, step.torque);
  bodies.add_limits(q, v, step.rows);
  bodies.add_contacts(step.pose, v, step.rows);
  Bodies::Square<double> M;
  step.acceleration = bodies.acceleration(q, v, a, M);
  find_contacts(bodies, step);
  return step;
}

// The landing, with the motors of thighs and shins at 0.6 of their strength.
inline std::vector<RobotStep> landing(const Bodies& bodies, double seconds) {
  Vec q = Vec::Zero(), v = Vec::Zero(), a = Vec::Zero();
  q(1) = 0.15, q(2) = 0.1, v(0) = 2, v(1) = -1;
  a(3) = a(4) = a(7) = -0.6, a(6) = 0.6;
  std::vector<RobotStep> steps;
  for (int t = 0; t * bodies.table.dt < seconds; ++t) {
    steps.push_back(take_apart(bodies, q, v, a));
    bodies.euler_step(q, v, a);
  }
  return steps;
}

inline const std::string kBlue = "#0072b2", kOrange = "#d55e00", kGreen = "#00795a",
                         kPurple = "#8a3d7c";
constexpr double kMetresPerNewton = 0.001;

inline std::string number(double x, const std::string& unit) {
  return std::to_string(int(std::lround(x))) + " " + unit;
}

// The robot in one of two windows, whose origin is on the ground under its torso's middle.
struct Stage {
  Diagram& picture;
  const Bodies& bodies;
  const RobotStep& step;
  Point origin;

  Point at(const Arm& p, double right = 0, double up = 0) const {
    return {origin.x + p.x() - step.q(0) + right, origin.y + p.y() + up};
  }
  void robot() const {
    picture.box({0, origin.y - 0.1}, {1.9, origin.y}, "#dddddd");
    for (const Capsule& c : bodies.table.capsules) {
      const auto end = [&](double which) {
        return at(step.pose.hinge[c.link] +
                  step.pose.in_world(c.link, c.end_x(which), c.end_z(which)));
      };
      picture.shape(capsule(end(-1), end(1), c.radius, "#c3cfdf"));
    }
  }
  void force(const Arm& p, double x, double z, const std::string& color) const {
    picture.arrow(at(p), at(p, kMetresPerNewton * x, kMetresPerNewton * z), color, 3);
  }
  // Three quarters of a circle about a link's hinge, clockwise if the torque is positive.
  void torque(int link, double torque) const {
    const auto on_circle = [&](int i) {
      const double angle = M_PI / 2 - (torque > 0 ? 1 : -1) * (i - 9) * M_PI / 12;
      return at(step.pose.hinge[link], 0.065 * std::cos(angle), 0.065 * std::sin(angle));
    };
    for (int i = 0; i < 17; ++i) picture.line(on_circle(i), on_circle(i + 1), kPurple, 2);
    picture.arrow(on_circle(16), on_circle(18), kPurple, 2);
    const Arm beside[] = {{},         {-0.17, 0}, {0.18, 0}, {-0.17, 0}, {0.16, -0.06},
                          {-0.15, 0}, {-0.15, 0}};
    picture.text(at(step.pose.hinge[link] + beside[link]), number(std::abs(torque), "N m"), 11,
                 kPurple);
  }
};

}  // namespace mbrl
