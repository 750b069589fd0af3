#include "envs/walker2d.hpp"

#include <doctest/doctest.h>

#include "check_env.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace test_walker2d {

TEST_CASE("its episode ends when it is too low, too high, or leans") {
  const Walker2d task;
  const auto ended = [&](Index i, double x) {
    Matrix s = Matrix::Zero(18, 1);
    s(1) = Scalar(1.25), s(i) = Scalar(x);
    return task.terminated(s)(0);
  };
  CHECK_FALSE(ended(0, 1000));
  CHECK_FALSE(ended(1, 0.801));
  CHECK(ended(1, 0.8));
  CHECK_FALSE(ended(1, 1.999));
  CHECK(ended(1, 2));
  CHECK_FALSE(ended(2, 0.999));
  CHECK(ended(2, -1));
  CHECK_FALSE(ended(12, 500));
  CHECK(ended(2, NAN));
}

TEST_CASE("its feet differ in friction, and it is paid like the hopper") {
  const Walker2d task;
  const auto& capsules = task.robot.bodies().table.capsules;
  CHECK(capsules[3].friction == 0.9);
  CHECK(capsules[6].friction == 1.9);
  Matrix s = Matrix::Zero(18, 1), s_next = s, a = Matrix::Constant(6, 1, 1);
  s_next(0) = Scalar(0.008);
  CHECK(double(task.reward(s, a, s_next)(0)) == doctest::Approx(1 + 1 - 0.006));
}

}  // namespace test_walker2d
