#include "envs/planar_bodies.hpp"

#include <doctest/doctest.h>

#include "check_env.hpp"
#include "envs/all.hpp"
#include "envs/half_cheetah.hpp"
#include "envs/hopper.hpp"
#include "mujoco_steps.hpp"

using namespace mbrl;

namespace test_planar_bodies {

const char* const kRobots[] = {"half_cheetah", "hopper", "walker2d"};

TEST_CASE("a step of every robot is MuJoCo's, in the air, at the limits and on the ground") {
  for (const char* name : kRobots) {
    CAPTURE(name);
    const auto env = make_env(name);
    const MujocoSteps truth(*env);
    const Matrix difference = env->dynamics(truth.steps.s, truth.steps.a) - truth.steps.s_next;
    const Index n = env->spec.state_dim() / 2;
    CHECK(difference.topRows(n).cwiseAbs().maxCoeff() < 1e-11);
    CHECK(difference.bottomRows(n).cwiseAbs().maxCoeff() < 1e-9);
    CHECK(std::count(truth.kind.begin(), truth.kind.end(), "contact") == 10);
  }
}

TEST_CASE(
    "the Jacobian of a step is that of central differences where no constraint comes or goes") {
  for (const char* name : kRobots) {
    CAPTURE(name);
    const auto env = make_env(name);
    const MujocoSteps truth(*env);
    int compared = 0;
    for (Index j = 0; j < 20; ++j) {
      const Matrix s = truth.steps.s.col(j), a = truth.steps.a.col(j);
      const Index n = s.rows(), m = a.rows();
      Tape tape;
      const Var s_now = tape.parameter(Matrix(s.replicate(1, n)));
      const Var a_now = tape.parameter(Matrix(a.replicate(1, n)));
      tape.backward(env->dynamics(s_now, a_now), Matrix::Identity(n, n));
      for (Index k = 0; k < n + m; ++k) {
        const auto moved = [&](double h) {
          Matrix s_h = s, a_h = a;
          (k < n ? s_h(k) : a_h(k - n)) += Scalar(h);
          return env->dynamics(s_h, a_h);
        };
        const double h = 1e-6;
        const Matrix ahead = (moved(h) - moved(0)) / Scalar(h);
        const Matrix behind = (moved(0) - moved(-h)) / Scalar(h);
        const double scale = 1 + double(ahead.cwiseAbs().maxCoeff());
        if (double((ahead - behind).cwiseAbs().maxCoeff()) > 1e-3 * scale) continue;  // a change
        const Matrix taped = k < n ? s_now.adjoint().row(k) : a_now.adjoint().row(k - n);
        const Matrix central = (moved(h) - moved(-h)) / Scalar(2 * h);
        CHECK(double((taped.transpose() - central).cwiseAbs().maxCoeff()) < 1e-6 * scale);
        ++compared;
      }
    }
    CHECK(compared > 20 * 12);
  }
}

TEST_CASE("where a foot meets the ground the derivative is that of the side that it is on") {
  // Straight down, the foot a hair above and a hair below the height at which it counts as
  // touching.
  const auto env = make_env("hopper");
  Matrix s = Matrix::Zero(12, 1), a = Matrix::Zero(3, 1);
  s(1) = Scalar(1.25), s(7) = Scalar(-0.1);
  const auto slope = [&](double z) {  // of the speed after the step by the height before it
    Matrix at = s;
    at(1) = Scalar(z);
    Tape tape;
    const Var s_now = tape.parameter(at);
    Matrix dy = Matrix::Zero(12, 1);
    dy(7) = 1;
    tape.backward(env->dynamics(s_now, tape.constant(a)), dy);
    return double(s_now.adjoint()(1, 0));
  };
  CHECK(std::abs(slope(1.25)) < 1e-9);  // in the air all the way: height does not matter
  CHECK(std::abs(slope(1.205)) > 1);    // on the ground it pushes back
  CHECK(std::isfinite(slope(1.21)));
}

TEST_CASE("in the air without motors, springs and friction a robot keeps its energy and momentum") {
  PlanarTable table = Hopper::table();
  for (PlanarLink& link : table.links)
    link.damping = link.stiffness = link.armature = 0, link.low = -10, link.high = 10;
  table.root_height = 100, table.dt = 0.0005, table.steps = 1, table.runge_kutta = true;
  const PlanarBodies<6> bodies(table);
  using Vec = PlanarBodies<6>::Vec<double>;
  Vec q{0, 0, 0.3, -0.2, 0.5, 0.1}, v{0.5, 1, 2, -3, 1, 2};
  double mass = 0;
  for (const double m : bodies.mass) mass += m;
  const auto energy = [&] {
    const auto pose = bodies.pose(q, v);
    PlanarBodies<6>::Square<double> M;
    Vec f;
    bodies.mass_and_force(pose, M, f);
    double height = 0;
    for (std::size_t i = 0; i < 4; ++i)
      height +=
          bodies.mass[i] *
          (pose.hinge[i] + pose.in_world(int(i), bodies.centre[i].x(), bodies.centre[i].y())).y();
    const PlanarBodies<6>::Square<double> full = M.selfadjointView<Eigen::Lower>();
    return 0.5 * v.dot(full * v) + table.g * height;
  };
  const double before = energy();
  for (int i = 0; i < 400; ++i) bodies.step(q, v, Vec(Vec::Zero()));
  CHECK(energy() == doctest::Approx(before).epsilon(1e-8));
  CHECK(mass > 3);
}

TEST_CASE("the masses are MuJoCo's: 14 kg of cheetah, and the hopper's as its density says") {
  const HalfCheetah task;
  double cheetah = 0;
  for (const double m : task.robot.bodies().mass) cheetah += m;
  CHECK(cheetah == doctest::Approx(14));
  // A cylinder of 0.4 m and a ball, both of radius 0.05 m: the hopper's torso.
  CHECK(Hopper().robot.bodies().mass[0] ==
        doctest::Approx(1000 * M_PI * (0.0025 * 0.4 + 0.000125 * 4 / 3)));
}

}  // namespace test_planar_bodies
