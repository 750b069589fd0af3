// Changes of state of the pendulum, an angle and a speed; the normaliser has seen no data, so that
// the target is the change itself. 2 pi is 6.2831853.
#include "dynamics/model_io.hpp"
#include "envs/all.hpp"
#include "exercise.hpp"

using namespace mbrl;

int main() {
  return judge({"hw2.5", 5, "Find the bug: one transition in twenty"}, [](Test& test) {
    const auto env = make_env("pendulum");
    const ModelIo io(*env), with_reward(*env, true);
    const Matrix none = Matrix::Zero(1, 3);

    // Upright, and to the left and to the right: nothing is crossed.
    test.equal(
        "the target where s = (0, 1.5, -2; 0, 1, 1), s' = (0.1, 1.25, -1.8; 1, -1, 8)",
        io.target(Matrix{{0, 1.5, -2}, {0, 1, 1}}, Matrix{{0.1, 1.25, -1.8}, {1, -1, 8}}, none),
        {{0.1, -0.25, 0.2}, {1, -2, 7}},
        {{{{0.1, -0.25, 0.2}, {1, -2, 7 - 2 * M_PI}},
          "a speed is no angle: 7 rad/s more is not 0.7 rad/s more. env_->spec.angles"},
         {{{-0.1, 0.25, -0.2}, {-1, 2, -7}}, "s - s': the sign of the change"}},
        "the target is what is to be added to s to come to s'");

    // Hanging down, where the world goes on counting: 3.1 to 3.2, and -3.1 to -3.2.
    test.equal(
        "the target of angles that go 3.1 to 3.2, -3.1 to -3.2 and 3.2 to 3.1",
        io.target(Matrix{{3.1, -3.1, 3.2}, {2, -2, -2}}, Matrix{{3.2, -3.2, 3.1}, {2, -2, -2}},
                  none),
        {{0.1, -0.1, -0.1}, {0, 0, 0}},
        {{{{0.1 - 2 * M_PI, 2 * M_PI - 0.1, 2 * M_PI - 0.1}, {0, 0, 0}},
          "a small step becomes a turn of 2 pi where the pendulum swings through the bottom"},
         {{{0.1 - 2 * M_PI, 2 * M_PI - 0.1, -0.1}, {0, 0, 0}},
          "a small step becomes a turn of 2 pi as soon as the angle has left -pi to pi"}},
        "the pendulum moved by 0.1 rad");

    // The same where somebody else's world counts from -pi to pi.
    const double jump = 2 * M_PI - 6.2;
    test.equal(
        "the target of angles that go 3.1 to -3.1, -3.1 to 3.1 and 9.3 to -9.3",
        io.target(Matrix{{3.1, -3.1, 9.3}, {2, -2, 2}}, Matrix{{-3.1, 3.1, -9.3}, {2, -2, 2}},
                  none),
        {{jump, -jump, 6 * M_PI - 18.6}, {0, 0, 0}},
        {{{{-6.2, 6.2, -18.6}, {0, 0, 0}},
          "an angle of -3.1 is the same as one of 3.18: the change of an angle is a small one"}},
        "a pendulum that passes the bottom has moved a little, not by a turn");

    // Turns more or less, of s and of s', change nothing.
    Matrix s = test.rng.normal(2, 3), s_next = s + Scalar(0.5) * test.rng.normal(2, 3);
    const Matrix reward = test.rng.normal(1, 3), target = with_reward.target(s, s_next, reward);
    for (Index j = 0; j < 3; ++j) {
      s(0, j) += 2 * kPi * Scalar(test.rng.below(5) - 2);
      s_next(0, j) += 2 * kPi * Scalar(test.rng.below(5) - 2);
    }
    test.equal("the target, reward and all, after whole turns were added to the angles",
               with_reward.target(s, s_next, reward), target, {},
               "theta and theta + 2 pi are the same state: the target must not tell them apart");
  });
}
