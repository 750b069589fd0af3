#include <doctest/doctest.h>

#include "envs/all.hpp"

#include "envs/cart_pole_bodies.hpp"
#include "mujoco_steps.hpp"

using namespace mbrl;

namespace test_cart_pole_bodies {

// Kinetic and potential energy [J] of cart and pole, from the velocity of the pole's middle.
double energy(const CartPoleBodies& bodies, const Matrix& s) {
  const double theta = s(1), v = s(2), omega = s(3), l = bodies.l;
  const double across = v - l * std::cos(theta) * omega, up = l * std::sin(theta) * omega;
  return bodies.cart_mass * v * v / 2 + bodies.pole_mass * (across * across + up * up) / 2 +
         bodies.pole_inertia * omega * omega / 2 -
         bodies.pole_mass * bodies.g * l * std::cos(theta);
}

// Horizontal momentum [N s].
double momentum(const CartPoleBodies& bodies, const Matrix& s) {
  return bodies.cart_mass * s(2) + bodies.pole_mass * (s(2) - bodies.l * std::cos(s(1)) * s(3));
}

Matrix drift(const CartPoleBodies& bodies, Matrix s, double dt, double seconds) {
  const Row force = Row::Zero(1);
  const auto f = [&](const Matrix& now) { return bodies.derivative(now, force); };
  for (int i = 0; i * dt < seconds - dt / 2; ++i) s = runge_kutta_step(f, s, dt);
  return s;
}

const CartPoleBodies hanging{.l = 0.3, .rail = 2.5}, standing{.l = -0.3, .rail = 1};

TEST_CASE("the bodies weigh what capsules of density 1000 weigh") {
  CHECK(CartPoleBodies::cart_mass == doctest::Approx(10.472).epsilon(1e-4));
  CHECK(CartPoleBodies::pole_mass == doctest::Approx(5.0186).epsilon(1e-4));
  CHECK(CartPoleBodies::pole_inertia == doctest::Approx(0.18875).epsilon(1e-4));
}

TEST_CASE("without friction and force, cart and pole keep their energy and momentum") {
  for (CartPoleBodies bodies : {hanging, standing}) {
    bodies.damping = 0, bodies.rail = 1000;
    const Matrix s{{0.1}, {2.0}, {-0.3}, {1.5}};
    const Matrix later = drift(bodies, s, 0.001, 3);
    CHECK(std::abs(later(1) - s(1)) > 0.5);
    CHECK(energy(bodies, later) == doctest::Approx(energy(bodies, s)).epsilon(1e-9));
    CHECK(momentum(bodies, later) == doctest::Approx(momentum(bodies, s)).epsilon(1e-9));
  }
}

TEST_CASE("the energy changes by the power of the force less that of friction") {
  Rng rng(1, "power");
  for (const CartPoleBodies& bodies : {hanging, standing})
    for (int i = 0; i < 20; ++i) {
      Matrix s = rng.normal(4, 1);
      s(0) *= 0.1;  // on the rail
      const Row force = 100 * rng.normal(1, 1).array();
      const Matrix rate = bodies.derivative(s, force);
      const double h = 1e-6;
      const double power = (energy(bodies, s + h * rate) - energy(bodies, s - h * rate)) / (2 * h);
      CHECK(power == doctest::Approx(force(0) * s(2) - s(2) * s(2) - s(3) * s(3)).epsilon(1e-6));
    }
}

TEST_CASE("a step is two Runge-Kutta steps of 0.02 s, accurate to fourth order") {
  CartPoleBodies bodies = hanging;
  const Matrix s{{0.0}, {1.0}, {0.5}, {-1.0}}, none{{0.0}};
  const Matrix exact = drift(bodies, s, 0.0001, 0.04);
  CHECK((bodies.step(s, none) - exact).norm() < 1e-6);
  CHECK((bodies.step(s, none) - exact).norm() > 1e-12);
}

TEST_CASE("a pole at rest stays at rest hanging and upright, and falls from elsewhere") {
  for (const CartPoleBodies& bodies : {hanging, standing}) {
    CHECK(bodies.derivative(Matrix(Matrix::Zero(4, 1)), Row(Row::Zero(1))).norm() == 0);
    const Matrix other{{0.0}, {kPi}, {0.0}, {0.0}};
    CHECK(bodies.derivative(other, Row(Row::Zero(1))).norm() < 1e-12);
  }
  const Matrix leaning{{0.0}, {0.1}, {0.0}, {0.0}};
  CHECK(hanging.derivative(leaning, Row(Row::Zero(1)))(3) < 0);   // back down
  CHECK(standing.derivative(leaning, Row(Row::Zero(1)))(3) > 0);  // away from upright
}

TEST_CASE("the standing pole is the hanging pole half a turn on") {
  Rng rng(2, "turn");
  CartPoleBodies turned = standing;
  turned.rail = hanging.rail;
  for (int i = 0; i < 20; ++i) {
    const Matrix s = rng.normal(4, 1), half{{0.0}, {kPi}, {0.0}, {0.0}};
    const Matrix a = rng.normal(1, 1), on = s + half;
    CHECK((turned.step(s, a) + half - hanging.step(on, a)).norm() < 1e-10);
    const Point high = turned.tip(s.col(0)), same = hanging.tip(on.col(0));
    CHECK(high.x == doctest::Approx(same.x));
    CHECK(high.y == doctest::Approx(same.y));
  }
}

TEST_CASE("the world is the same in a mirror") {
  Rng rng(3, "mirror");
  for (int i = 0; i < 20; ++i) {
    const Matrix s = 2 * rng.normal(4, 1), a = rng.normal(1, 1);
    CHECK((hanging.step(s, a) + hanging.step(Matrix(-s), Matrix(-a))).norm() < 1e-10);
  }
}

TEST_CASE("the action is clipped at 3, and each unit of it is 100 N") {
  const Matrix s{{0.0}, {0.3}, {0.0}, {0.0}};
  CHECK(hanging.step(s, Matrix{{40.0}}) == hanging.step(s, Matrix{{3.0}}));
  CHECK(hanging.step(s, Matrix{{-40.0}}) == hanging.step(s, Matrix{{-3.0}}));
  // From rest, hanging: (M + m) v' - m l omega' = 100 and -m l v' + (I + m l^2) omega' = 0.
  const double ml = 5.01859 * 0.3, J = 0.18875 + ml * 0.3;
  const double v_dot = 100 / (15.49056 - ml * ml / J);
  const Matrix rate = hanging.derivative(Matrix(Matrix::Zero(4, 1)), Row(Row::Constant(1, 100)));
  CHECK(rate(2) == doctest::Approx(v_dot).epsilon(1e-4));
  CHECK(rate(3) == doctest::Approx(ml / J * v_dot).epsilon(1e-4));
  CHECK(hanging.step(Matrix(Matrix::Zero(4, 1)), Matrix{{1.0}})(2) ==
        doctest::Approx(0.04 * v_dot).epsilon(0.02).scale(0));
}

TEST_CASE("a step of a cart is MuJoCo's, on the rail and at its ends") {
  for (const char* name : {"inverted_pendulum", "cartpole_swingup"}) {
    CAPTURE(name);
    const auto env = make_env(name);
    const MujocoSteps truth(*env);
    const Matrix difference = env->dynamics(truth.steps.s, truth.steps.a) - truth.steps.s_next;
    CHECK(difference.topRows(2).cwiseAbs().maxCoeff() < 1e-11);
    CHECK(difference.bottomRows(2).cwiseAbs().maxCoeff() < 1e-9);
    CHECK(std::count(truth.kind.begin(), truth.kind.end(), "end") == 15);
  }
}

TEST_CASE("at the ends of the rail the tape's derivatives are those of central differences") {
  Rng rng(4, "ends");
  for (const char* name : {"inverted_pendulum", "cartpole_swingup"}) {
    CAPTURE(name);
    const auto env = make_env(name);
    const MujocoSteps truth(*env);
    check_taped_values(*env, truth.steps);
    int compared = 0;
    for (Index j = 0; j < 20; ++j) {
      const Matrix s = truth.steps.s.col(j), a = truth.steps.a.col(j), w = rng.normal(4, 1);
      if (std::abs(s(0)) == 1 || std::abs(s(0)) == 2.5) continue;  // where the end begins
      const auto weighted = [&](const std::vector<Var>& in) {
        const Var s_next = env->dynamics(in[0], in[1]);
        return sum(s_next * s_next.tape->constant(w));
      };
      CHECK(gradient_error(weighted, {s, a}) < 1e-6);
      ++compared;
    }
    CHECK(compared == 17);
  }
}

TEST_CASE("the impedance of a rail's end is that of every soft constraint") {
  for (const double depth : {-0.002, -0.001, -0.0007, -0.0004, 0.0, 0.0002, 0.0005, 0.0009, 0.5})
    CHECK(CartPoleBodies::impedance<Matrix>(Row::Constant(1, depth))(0) ==
          doctest::Approx(CartPoleBodies::rail_end.impedance(depth)).epsilon(1e-14).scale(0));
}

TEST_CASE("the end of the rail pushes inwards, in contact only, and never pulls") {
  const auto force = [](double x, double v, double v_dot) {
    const auto one = [](double y) { return Row(Row::Constant(1, y)); };
    return hanging.rail_end_force<Matrix>(one(x), one(v), one(v_dot), one(0.08))(0);
  };
  CHECK(force(2.49, 9, 30) == 0);
  CHECK(force(-2.49, -9, -30) == 0);
  CHECK(force(2.51, 2, 0) < force(2.51, 0, 0));
  CHECK(force(2.51, 0, 0) < 0);
  CHECK(force(-2.51, 2, 3) == doctest::Approx(-force(2.51, -2, -3)));
  CHECK(force(2.51, -2, 0) == 0);
  CHECK(force(-2.51, 2, 0) == 0);
  CHECK(force(2.51, 0, -30) == 0);  // it returns faster than the end wants already
}

TEST_CASE("the full force for ten seconds does not carry the cart past the end of its rail") {
  // At rest, R f = wanted: (1 - d) / d A 300 N = k d beyond, with the pole hanging.
  const double ml = 5.01859 * 0.3, J = 0.18875 + ml * 0.3, A = J / (15.49056 * J - ml * ml);
  const double d = 0.95, k = 1 / (d * 0.04 * d * 0.04);
  const double beyond = (1 - d) / (d * d) * A * 300 / k;
  for (const double side : {-3.0, 3.0}) {
    Matrix s = Matrix::Zero(4, 1);
    double farthest = 0;
    for (int t = 0; t < 250; ++t) {
      s = hanging.step(s, Matrix{{side}});
      farthest = std::max(farthest, std::abs(s(0)));
    }
    CHECK(farthest < 2.8);  // it arrives at 13 m/s
    CHECK(farthest > 2.5);
    CHECK(std::abs(s(0)) == doctest::Approx(2.5 + beyond).epsilon(2e-5).scale(0));
  }
}

TEST_CASE("B29: a state far off on the negative side ends an episode as one on the positive does") {
  for (const auto& name_and_row : std::vector<std::pair<std::string, Index>>{
           {"inverted_pendulum", 1}, {"cartpole_balance", 0}, {"cartpole_balance", 2}}) {
    const std::string name = name_and_row.first;
    const Index row = name_and_row.second;
    CAPTURE(name);
    CAPTURE(row);
    const auto env = make_env(name);
    Matrix s = Matrix::Zero(4, 3);
    s(row, 0) = -1000, s(row, 1) = 1000;
    const Mask ended = env->terminated(s);
    CHECK(ended(0));
    CHECK(ended(1));
    CHECK_FALSE(ended(2));
  }
}

}  // namespace test_cart_pole_bodies
