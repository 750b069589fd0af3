// A robot in a plane as an environment: its mechanics for batches and on a tape, and its picture.
//
// State (q_1 ... q_n, v_1 ... v_n), as planar_bodies.hpp says; the actions are the hinges' motors
// in the order of the table.
#pragma once

#include "envs/env.hpp"
#include "envs/planar_bodies.hpp"

namespace mbrl {

template <int n>
class PlanarRobot {
 public:
  static constexpr int state_dim = 2 * n, action_dim = n - 3;
  static constexpr int inputs = state_dim + action_dim;

  explicit PlanarRobot(PlanarTable table) : bodies_(std::move(table)) {}
  const PlanarBodies<n>& bodies() const { return bodies_; }
  double seconds_per_step() const { return bodies_.table.steps * bodies_.table.dt; }

  // What all three tasks have in common.  hinges: their names, in the order of the table
  EnvSpec spec(const std::string& name, const std::string& summary,
               const std::vector<std::string>& hinges) const {
    EnvSpec spec;
    spec.name = name, spec.summary = summary;
    spec.state_names = {"x [m]", "z [m]", "pitch [rad]"};
    for (const std::string& hinge : hinges) spec.state_names.push_back(hinge + " [rad]");
    for (const char* speed : {"x speed [m/s]", "z speed [m/s]", "pitch speed [rad/s]"})
      spec.state_names.push_back(speed);
    for (const std::string& hinge : hinges) spec.state_names.push_back(hinge + " speed [rad/s]");
    spec.action_low = Vector::Constant(action_dim, -1);
    spec.action_high = Vector::Constant(action_dim, 1);
    spec.max_steps = 1000;
    spec.seconds_per_step = seconds_per_step();
    spec.noise_scale = Vector::Zero(state_dim);
    spec.noise_scale.tail<n>().setConstant(Scalar(0.5));
    return spec;
  }

  // How fast it went forward in a step [m/s].
  template <class M>
  RowOf<M> speed(const M& s, const M& s_next) const {
    return (row(s_next, 0) - row(s, 0)) / static_cast<Scalar>(seconds_per_step());
  }
  // |a|^2
  template <class M>
  static RowOf<M> effort(const M& a) {
    RowOf<M> sum = square(row(a, 0));
    for (Index i = 1; i < a.rows(); ++i) sum = sum + square(row(a, i));
    return sum;
  }

  // s: (2n, B)  a: (n - 3, B)  returns (2n, B)
  Matrix step(const Matrix& s, const Matrix& a) const {
    Matrix s_next;
    step(s, a, s_next);
    return s_next;
  }

  // The same on the tape. Where a gradient is wanted, the Jacobian J of each column, (2n, 3n - 3),
  // is found beside the value and kept: ds = J_s^T ds_next, da = J_a^T ds_next.
  Var step(const Var& s, const Var& a) const {
    Node& y = s.tape->append("robot", {s.node, a.node});
    if (!y.needs_adjoint) {
      step(s.value(), a.value(), y.own);
      return {s.tape, &y};
    }
    step_and_jacobians(s.value(), a.value(), y.own, y.saved);
    y.pull = [](Node& y) {
      const Index B = y.adjoint.cols();
      y.scratch.resize(inputs, B);
      for (Index j = 0; j < B; ++j)
        y.scratch.col(j).noalias() =
            y.saved.middleCols(j * inputs, inputs).transpose() * y.adjoint.col(j);
      add_adjoint(*y.in[0], y.scratch.topRows(state_dim));
      add_adjoint(*y.in[1], y.scratch.bottomRows(action_dim));
    };
    return {s.tape, &y};
  }

  // The robot from the side. The camera follows it; marks on the ground, half a metre apart, stay
  // where they are in the world; what touches the ground is red.
  Drawing draw(const Vector& s) const {
    const PlanarTable& table = bodies_.table;
    const Vec<double> q = s.head<n>().template cast<double>(), v = Vec<double>::Zero();
    const auto pose = bodies_.pose(q, v);
    const double middle = q(0);
    Drawing drawing{{middle - 1.5, -0.3}, {middle + 1.5, 1.8}, {}, Point{middle, q(1)}};
    drawing.shapes.push_back(box({middle - 1.5, -0.3}, {middle + 1.5, 0}, "#dddddd"));
    for (double x = std::ceil(2 * (middle - 1.5)) / 2; x <= middle + 1.5; x += 0.5)
      drawing.shapes.push_back(line({{x, -0.12}, {x, 0}}, "#777777", 3));
    const char* const colors[] = {"#4f81bd", "#9bbb59", "#8064a2"};  // the body, and its legs
    for (const Capsule& c : table.capsules) {
      int leg = c.link, color = 0;
      while (leg > 0 && table.links[leg].parent > 0) leg = table.links[leg].parent;
      if (leg > 0) color = leg == 1 ? 1 : 2;
      Point ends[2];
      for (const int end : {0, 1}) {
        const Arm at =
            pose.hinge[c.link] + pose.in_world(c.link, c.end_x(2 * end - 1), c.end_z(2 * end - 1));
        ends[end] = {at.x(), at.y()};
      }
      drawing.shapes.push_back(capsule(ends[0], ends[1], c.radius, colors[color]));
      for (const Point& end : ends)
        if (end.y - c.radius < table.margin)
          drawing.shapes.push_back(disc(end, c.radius, "#c0504d"));
    }
    return drawing;
  }

 private:
  template <class Number>
  using Vec = typename PlanarBodies<n>::template Vec<Number>;
  using Arm = typename PlanarBodies<n>::template Arm<double>;
  PlanarBodies<n> bodies_;

  void step(const Matrix& s, const Matrix& a, Matrix& s_next) const {
    require_shape("state of a robot", s, state_dim, -1);
    require_shape("action of a robot", a, action_dim, s.cols());
    s_next.resize(state_dim, s.cols());
    for (Index j = 0; j < s.cols(); ++j) {
      Vec<double> q = s.col(j).template head<n>().template cast<double>();
      Vec<double> v = s.col(j).template tail<n>().template cast<double>(), torque;
      torque << Eigen::Vector3d::Zero(), a.col(j).template cast<double>();
      bodies_.step(q, v, torque);
      s_next.col(j) << q.template cast<Scalar>(), v.template cast<Scalar>();
    }
  }

  // J: (2n, B (3n - 3)), one Jacobian beside the other; eight of its columns come with each step.
  void step_and_jacobians(const Matrix& s, const Matrix& a, Matrix& s_next, Matrix& J) const {
    step(s, a, s_next);
    J.resize(state_dim, s.cols() * inputs);
    for (Index j = 0; j < s.cols(); ++j)
      for (int first = 0; first < inputs; first += Dual::directions) {
        Vec<Dual> q, v, torque;
        const auto seed = [&](double x, int input) {
          Dual seeded(x);
          const int direction = input - first;
          if (direction >= 0 && direction < Dual::directions) seeded.slopes(direction) = 1;
          return seeded;
        };
        for (int i = 0; i < n; ++i) {
          q(i) = seed(double(s(i, j)), i), v(i) = seed(double(s(n + i, j)), n + i);
          torque(i) = i < 3 ? Dual(0) : seed(double(a(i - 3, j)), state_dim + i - 3);
        }
        bodies_.step(q, v, torque);
        for (int k = first; k < std::min(first + Dual::directions, inputs); ++k)
          for (int i = 0; i < n; ++i) {
            J(i, j * inputs + k) = Scalar(q(i).slopes(k - first));
            J(n + i, j * inputs + k) = Scalar(v(i).slopes(k - first));
          }
      }
  }
};

}  // namespace mbrl
