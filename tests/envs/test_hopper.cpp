#include "envs/hopper.hpp"

#include <doctest/doctest.h>

#include "check_env.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace test_hopper {

TEST_CASE("its episode ends when it is low, leans, or is anywhere near infinite") {
  const Hopper task;
  const auto ended = [&](Index i, double x) {
    Matrix s = Matrix::Zero(12, 1);
    s(1) = Scalar(1.25), s(i) = Scalar(x);
    return task.terminated(s)(0);
  };
  CHECK_FALSE(ended(0, 1000));  // x may be anything
  CHECK_FALSE(ended(1, 0.701));
  CHECK(ended(1, 0.7));
  CHECK_FALSE(ended(2, -0.199));
  CHECK(ended(2, -0.2));
  CHECK(ended(3, 100));
  CHECK(ended(11, -100));
  CHECK(ended(7, NAN));
  CHECK(ended(1, NAN));
}

TEST_CASE("it is paid for its speed and for being there, and pays for its actions, by hand") {
  const Hopper task;
  Matrix s = Matrix::Zero(12, 1), s_next = s, a = Matrix::Constant(3, 1, -1);
  s_next(0) = Scalar(0.004);
  CHECK(double(task.reward(s, a, s_next)(0)) == doctest::Approx(0.5 + 1 - 0.003));
  CHECK(task.robot.seconds_per_step() == doctest::Approx(0.008));
}

TEST_CASE("a network sees speeds up to 10, and begins near a stand") {
  const auto env = make_env("hopper");
  Matrix s = Matrix::Zero(12, 1);
  s(6) = 12, s(9) = -30, s(4) = 20;
  const Matrix seen = env->features(s);
  CHECK(seen.rows() == 11);
  CHECK(seen(5) == 10);
  CHECK(seen(8) == -10);
  CHECK(seen(3) == 20);
  Rng rng(1, "test");
  const Vector start = env->reset(rng);
  CHECK(std::abs(double(start(1)) - 1.25) <= 0.005);
  CHECK(start.tail(6).cwiseAbs().maxCoeff() <= 0.005);
}

}  // namespace test_hopper
