#include <doctest/doctest.h>

#include "check_env.hpp"
#include "envs/cliff.hpp"
#include "random_policy.hpp"

using namespace mbrl;

namespace test_cliff {

const Cliff task;

Matrix state(Scalar x, Scalar y) { return Matrix{{x}, {y}}; }
Matrix step(Scalar x, Scalar y, Scalar right, Scalar up) {
  return task.dynamics(state(x, y), Matrix{{right}, {up}});
}
double wind(Scalar x, Scalar y) { return y - step(x, y, 0, 0)(1); }
bool falls(Scalar x, Scalar y) { return task.terminated(state(x, y))(0); }
double reward(Scalar x, Scalar y) { return task.reward(state(-1, 0), state(0, 0), state(x, y))(0); }

// A walk along straight lines, by someone who knows the wind and leans against it.
struct Walk {
  double total = 0, length = 0, nearest = INFINITY;  // the reward, the way, its clearance
  int steps = 0;
  bool arrived = false;
};
Walk walk(const std::vector<Point>& points) {
  Walk result;
  Matrix s = state(points[0].x, points[0].y);
  for (std::size_t i = 1; i < points.size(); ++i)
    while (result.steps < 100 && !falls(s(0), s(1))) {
      const Matrix way = state(points[i].x, points[i].y) - s;
      if (way.norm() < 1e-3) break;
      // The longest step s' - s towards the point that is not more than a stride against the wind.
      const double w = wind(s(0), s(1)), across = w * way(1) / way.norm();
      const double most = -across + std::sqrt(across * across + task.stride * task.stride - w * w);
      const Matrix a = (way * std::min(1.0, most / way.norm()) + state(0, w)) / task.stride;
      const Matrix s_next = task.dynamics(s, a);
      result.total += task.reward(s, a, s_next)(0);
      result.length += (s_next - s).norm();
      result.nearest = std::min(result.nearest, double(task.clearance(s_next)(0)));
      ++result.steps;
      s = s_next;
    }
  result.arrived = (s - state(points.back().x, points.back().y)).norm() < 1e-3;
  return result;
}
const std::vector<Point> short_way{{task.start, 0}, {task.goal, 0}};
const std::vector<Point> safe_way{{task.start, 0}, {0, task.detour}, {task.goal, 0}};

TEST_CASE("far from the edge a step is a tenth of the action, shortened to 1") {
  CHECK((step(Scalar(-0.5), 2, Scalar(0.3), Scalar(-0.8)) - state(-0.47, 1.92)).norm() < 1e-12);
  CHECK((step(Scalar(-0.5), 2, 1, 0) - state(-0.4, 2)).norm() < 1e-12);
  CHECK((step(0, 2, 3, -4) - state(std::sqrt(0.005), 2 - std::sqrt(0.005))).norm() < 1e-12);
  CHECK((step(0, 2, 1, 1) - step(0, 2, 9, 9)).norm() < 1e-12);
}

TEST_CASE("near the edge the wind takes what its formula says, computed by hand") {
  CHECK(wind(0, Scalar(-0.05)) == doctest::Approx(0.09));  // at the edge, in the middle of a gust
  CHECK(wind(0, 0) == doctest::Approx(0.09 * std::exp(-0.04)));
  CHECK(wind(0, Scalar(0.2)) == doctest::Approx(0.09 * std::exp(-1.0)));
  // x^4 = 0.0256, so 0.1 above y = 0 the edge is 0.1756 below; cos(8 * 0.4) = -0.9982948
  CHECK(wind(Scalar(0.4), Scalar(0.1)) ==
        doctest::Approx(0.09 * std::exp(-0.4933734) * 0.9965925).epsilon(1e-6));
  CHECK(wind(kPi / 16, 0) < 1e-12);                    // between two gusts, two steps on
  CHECK(wind(0, Scalar(0.7)) < 1e-4);                  // on the safe way
  CHECK(wind(Scalar(-1), 0) < 1e-8);                   // at the start
  CHECK(step(0, 0, 1, 0)(0) == doctest::Approx(0.1));  // it blows downwards only
  CHECK(Cliff().wind < Cliff::stride);                 // so that one can stand against it
}

TEST_CASE("a cliff with half the wind takes half as much, and one without it nothing") {
  const Matrix s{{0}, {0}};
  CHECK(Cliff{.wind = Scalar(0.045)}.wind_at(s)(0) == doctest::Approx(Cliff().wind_at(s)(0) / 2));
  CHECK(Cliff{.wind = 0}.wind_at(s)(0) == 0);
}

TEST_CASE("below the edge, and only there, the walk ends") {
  CHECK_FALSE(falls(0, Scalar(-0.049)));
  CHECK(falls(0, Scalar(-0.051)));
  for (const Scalar side : {-1, 1}) {  // 0.5^4 = 0.0625
    CHECK_FALSE(falls(side / 2, Scalar(-0.112)));
    CHECK(falls(side / 2, Scalar(-0.113)));
    CHECK_FALSE(falls(side, Scalar(-1.04)));
    CHECK(falls(side, Scalar(-1.06)));
  }
  CHECK_FALSE(falls(task.goal, 0));  // who arrives stays
  CHECK_FALSE(falls(0, 100));
  CHECK_FALSE(falls(-100, 0));
  CHECK_FALSE(falls(100, 0));
  CHECK(falls(0, -100));
}

TEST_CASE("the reward is minus the distance from the goal after the step, and -100 for a fall") {
  CHECK(reward(1, 0) == doctest::Approx(0));
  CHECK(reward(Scalar(0.4), Scalar(0.8)) == doctest::Approx(-1));
  CHECK(reward(1, Scalar(-1)) == doctest::Approx(-1));
  CHECK(reward(Scalar(0.25), Scalar(-1)) == doctest::Approx(-101.25));
}

TEST_CASE("the cliff passes the conformance test") { check_env(*make_env(task)); }

TEST_CASE("the derivatives are right where the wind blows, too") {
  Rng rng(1, "gradient");
  const auto env = make_env(task);
  Steps steps{Matrix(2, 50), Matrix(2, 50), Matrix(2, 50)};
  for (Index i = 0; i < 50; ++i) {
    steps.s.col(i) = Vector{{rng.uniform(Scalar(-0.6), Scalar(0.6)), rng.uniform(0, Scalar(0.3))}};
    steps.a.col(i) = random_action(env->spec, rng);
  }
  steps.s_next = env->dynamics(steps.s, steps.a);
  check_gradients(*env, steps, rng);
}

TEST_CASE("both ways lead to the goal; the safe one is a fifth longer and half a unit higher") {
  const Walk brief = walk(short_way), safe = walk(safe_way);
  CHECK(brief.arrived);
  CHECK(safe.arrived);
  CHECK(brief.length == doctest::Approx(2).epsilon(1e-3).scale(0));
  CHECK(safe.length == doctest::Approx(2 * std::sqrt(1.49)).epsilon(1e-3).scale(0));  // 2.44
  CHECK(brief.nearest < 0.06);
  CHECK(safe.nearest > 0.4);
  CHECK(safe.total / brief.total > 1.2);  // -26.5 and -21.6
  CHECK(safe.total / brief.total < 1.3);
}

// The slide: "expected reward under high-variance prediction is very low, even though mean is the
// same!"
TEST_CASE("a spread around a place on the short way costs 40, and around the safe way nothing") {
  const Index count = 10001;
  const Scalar sd = Scalar(0.2);
  Rng rng(1, "spread");
  Matrix noise = sd * rng.normal(2, count);
  noise.colwise() -= Vector(noise.rowwise().mean());  // the mean stays exactly where it is
  const auto loss = [&](Scalar x, Scalar y) {
    const Matrix spread = noise.colwise() + Vector{{x, y}};
    const Matrix a = Matrix::Zero(2, count);
    return reward(x, y) - double(task.reward(spread, a, spread).mean());
  };
  CHECK_FALSE(falls(0, 0));
  CHECK(loss(0, 0) > 35);
  CHECK(loss(0, 0) < 45);
  CHECK(loss(0, task.detour) < 0.1);
}

TEST_CASE("random steps from the start meet the wind now and then: in 1 to 6 of 100") {
  const auto env = make_env(task);
  World world(*env, Rng(1, "world"));
  Rng rng(1, "actions");
  int windy = 0;
  for (int t = 0; t < 20000; ++t) {
    if (world.over()) world.reset();
    windy += wind(world.s()(0), world.s()(1)) > 0.02;
    world.step(random_action(env->spec, rng));
  }
  CHECK(windy > 200);
  CHECK(windy < 1200);
}

TEST_CASE("random steps return about -101 +- 29 on the cliff") {
  for (const int seed : {1, 2, 3}) {
    const MeanAndSpread random = random_policy(task, task.spec(), 1000, Rng(seed, "random"));
    CHECK(random.mean == doctest::Approx(-101).epsilon(0.03).scale(0));
    CHECK(random.sd == doctest::Approx(29).epsilon(0.1).scale(0));
  }
}

}  // namespace test_cliff
