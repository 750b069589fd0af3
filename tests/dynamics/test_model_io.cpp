#include "dynamics/model_io.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "envs/all.hpp"

using namespace mbrl;

namespace test_model_io {

struct Batch {
  Matrix s, a, s_next, reward;
};

// B random transitions of an environment, each from its own reset.
Batch random_batch(const Env& env, Index B, Rng& rng) {
  Batch batch{Matrix(env.spec.state_dim(), B), Matrix(env.spec.action_dim(), B), {}, Matrix(1, B)};
  for (Index j = 0; j < B; ++j) {
    batch.s.col(j) = env.reset(rng);
    for (Index i = 0; i < batch.a.rows(); ++i)
      batch.a(i, j) = rng.uniform(env.spec.action_low(i), env.spec.action_high(i));
  }
  batch.s_next = env.dynamics(batch.s, batch.a);
  batch.reward = env.reward(batch.s, batch.a, batch.s_next).matrix();
  return batch;
}

TEST_CASE("B13: decoding the target gives s' and the reward back, for every environment") {
  Rng rng(1, "test");
  for (const auto& env : all_envs()) {
    CAPTURE(env->spec.name);
    const Batch b = random_batch(*env, 100, rng);
    ModelIo io(*env, true);
    io.fit(b.s, b.a, b.s_next, b.reward, {});
    const Matrix output = io.target(b.s, b.s_next, b.reward);
    const Scalar scale = 1 + b.s_next.cwiseAbs().maxCoeff();
    CHECK((io.decode(b.s, output) - b.s_next).cwiseAbs().maxCoeff() < 1e-5 * scale);
    const Scalar reward_scale = 1 + b.reward.cwiseAbs().maxCoeff();
    CHECK((io.decode_reward(output).matrix() - b.reward).cwiseAbs().maxCoeff() <
          1e-5 * reward_scale);
  }
}

TEST_CASE("B14: inputs and targets have mean 0 and standard deviation 1, or are constant") {
  Rng rng(2, "test");
  for (const auto& env : all_envs()) {
    CAPTURE(env->spec.name);
    const Batch b = random_batch(*env, 500, rng);
    ModelIo io(*env);
    io.fit(b.s, b.a, b.s_next, b.reward, {});
    for (const Matrix& x : {io.encode(b.s, b.a), io.target(b.s, b.s_next, b.reward)}) {
      REQUIRE(x.allFinite());
      for (Index i = 0; i < x.rows(); ++i) {
        const Scalar mean = x.row(i).mean();
        const Scalar sd = std::sqrt((x.row(i).array() - mean).square().mean());
        CHECK(std::abs(mean) < 1e-3);
        CHECK((std::abs(sd - 1) < 1e-2 || sd < 1e-3));
      }
    }
  }
}

TEST_CASE("B16: an angle that is wrapped at pi changes by the short way round") {
  const auto env = make_env("pendulum");
  ModelIo io(*env);
  Matrix s(2, 1), s_next(2, 1);
  s << kPi - Scalar(0.05), 1;
  s_next << -kPi + Scalar(0.05), 1;  // 0.1 further, written in (-pi, pi]
  const Matrix delta = io.target(s, s_next, Matrix::Zero(1, 1));
  CHECK(delta(0, 0) == doctest::Approx(0.1).epsilon(1e-4));
}

TEST_CASE("B16: a whole turn of any angle of any environment is no change of state") {
  for (const auto& env : all_envs()) {
    CAPTURE(env->spec.name);
    const Matrix s = Matrix::Zero(env->spec.state_dim(), 1);
    Matrix s_next = s;
    for (const Index i : env->spec.angles) s_next(i, 0) = 2 * kPi;
    CHECK(ModelIo(*env).target(s, s_next, Matrix::Zero(1, 1)).cwiseAbs().maxCoeff() < 1e-5);
  }
}

TEST_CASE("targets that are not to be normalised are the changes of the state, whatever the data") {
  const auto env = make_env("cartpole_balance");
  Rng rng(4, "test");
  const Batch b = random_batch(*env, 200, rng);
  ModelIo io(*env, false, false);
  io.fit(b.s, b.a, b.s_next, b.reward, {});
  CHECK(io.target(b.s, b.s_next, b.reward).isApprox(b.s_next - b.s, Scalar(1e-4)));
  CHECK(io.decode(b.s, Matrix(b.s_next - b.s)).isApprox(b.s_next, Scalar(1e-4)));
  // The inputs are normalised all the same.
  CHECK(io.encode(b.s, b.a).rowwise().mean().cwiseAbs().maxCoeff() < 1e-4);
}

TEST_CASE("B15: new statistics leave the predictions of a trained network as they were") {
  const auto env = make_env("cartpole_swingup");
  Rng rng(3, "test");
  const Batch b = random_batch(*env, 200, rng), other = random_batch(*env, 50, rng);
  ModelIo io(*env);
  Mlp net = make_mlp(io.input_dim(), io.output_dim(), {}, rng);
  io.fit(b.s, b.a, b.s_next, b.reward, {&net});
  const Matrix before = io.decode(b.s, forward(net, io.encode(b.s, b.a)));
  io.fit(Matrix(3 * other.s), other.a, Matrix(3 * other.s_next), other.reward, {&net});
  const Matrix after = io.decode(b.s, forward(net, io.encode(b.s, b.a)));
  CHECK((after - before).cwiseAbs().maxCoeff() < 1e-4);
}

TEST_CASE("B15: new statistics leave the predicted standard deviations as they were, too") {
  const auto env = make_env("cartpole_swingup");
  Rng rng(5, "test");
  const Batch b = random_batch(*env, 200, rng), other = random_batch(*env, 50, rng);
  ModelIo io(*env);
  const Index n = io.output_dim();
  Mlp net = make_mlp(io.input_dim(), 2 * n, {}, rng);
  const auto sd = [&] {
    const Matrix log_var = forward(net, io.encode(b.s, b.a)).bottomRows(n);
    return Matrix(io.decode_sd((log_var / 2).array().exp()));
  };
  io.fit(b.s, b.a, b.s_next, b.reward, {&net});
  const Matrix before = sd();
  io.fit(Matrix(3 * other.s), other.a, Matrix(3 * other.s_next), other.reward, {&net});
  CHECK(((sd() - before).array() / before.array()).abs().maxCoeff() < 1e-3);
}

TEST_CASE(
    "decode_sd has the unit of the state: it is how far decode moves per standard deviation") {
  Rng rng(7, "test");
  for (const auto& env : all_envs()) {
    CAPTURE(env->spec.name);
    const Batch b = random_batch(*env, 100, rng);
    ModelIo io(*env, true);
    io.fit(b.s, b.a, b.s_next, b.reward, {});
    const Matrix zero = Matrix::Zero(io.output_dim(), 1),
                 sd = Matrix::Constant(io.output_dim(), 1, 3);
    const Matrix s = Matrix::Zero(env->spec.state_dim(), 1);
    CHECK(io.decode_sd(sd).isApprox(io.decode(s, sd) - io.decode(s, zero), Scalar(1e-4)));
  }
}

TEST_CASE("encoding and decoding on a tape give what they give on plain matrices") {
  Rng rng(4, "test");
  for (const auto& env : all_envs()) {
    CAPTURE(env->spec.name);
    const Batch b = random_batch(*env, 20, rng);
    ModelIo io(*env);
    io.fit(b.s, b.a, b.s_next, b.reward, {});
    const Matrix output = io.target(b.s, b.s_next, b.reward);
    Tape tape;
    const Var s = tape.constant(b.s), a = tape.constant(b.a);
    CHECK((io.encode(s, a).value() - io.encode(b.s, b.a)).cwiseAbs().maxCoeff() < 1e-4);
    CHECK((io.decode(s, tape.constant(output)).value() - io.decode(b.s, output))
              .cwiseAbs()
              .maxCoeff() < 1e-4);
  }
}

}  // namespace test_model_io
