#include "envs/half_cheetah.hpp"

#include <doctest/doctest.h>

#include "check_env.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace test_half_cheetah {

TEST_CASE("it is paid for its speed and pays for its actions, by hand") {
  const HalfCheetah task;
  Matrix s = Matrix::Zero(18, 1), s_next = s, a = Matrix::Constant(6, 1, Scalar(0.5));
  s(0) = 2, s_next(0) = Scalar(2.1);
  CHECK(double(task.reward(s, a, s_next)(0)) == doctest::Approx(0.1 / 0.05 - 0.1 * 6 * 0.25));
}

TEST_CASE("a network sees all but x, and an episode takes 1000 steps of 0.05 s") {
  const auto env = make_env("half_cheetah");
  CHECK(env->feature_dim() == 17);
  CHECK(env->spec.max_steps == 1000);
  CHECK(env->spec.seconds_per_step == doctest::Approx(0.05));
  Matrix s = Matrix::Constant(18, 1, Scalar(0.1)), far = s;
  far(0) += 100;
  CHECK(env->features(s) == env->features(far));
  CHECK_FALSE(env->terminated(s)(0));
}

}  // namespace test_half_cheetah
