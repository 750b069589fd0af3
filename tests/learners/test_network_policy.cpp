#include "learners/network_policy.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "envs/all.hpp"

using namespace mbrl;

namespace test_network_policy {

struct Fixture {
  std::unique_ptr<Env> env = make_env("reacher");
  Rng rng{1, "test"};
  NetworkPolicy pi = make_network_policy(*env, {}, rng);
  Matrix s = Matrix(env->spec.state_dim(), 5), eps = rng.normal(env->spec.action_dim(), 5);

  Fixture() {
    for (Index j = 0; j < 5; ++j) s.col(j) = env->reset(rng);
  }
};

TEST_CASE("squashed actions fill the box of every environment and never leave it") {
  for (const auto& env : all_envs()) {
    CAPTURE(env->spec.name);
    const EnvSpec& spec = env->spec;
    const Index m = spec.action_dim();
    CHECK(squash(spec, Matrix(Matrix::Constant(m, 1, 50))).isApprox(spec.action_high));
    CHECK(squash(spec, Matrix(Matrix::Constant(m, 1, -50))).isApprox(spec.action_low));
    const Matrix middle = (spec.action_low + spec.action_high) / 2;
    CHECK((squash(spec, Matrix(Matrix::Zero(m, 1))) - middle).norm() < 1e-6);
  }
  EnvSpec off_centre;
  off_centre.action_low = Vector{{Scalar(1)}}, off_centre.action_high = Vector{{Scalar(4)}};
  CHECK(squash(off_centre, Matrix(Matrix::Constant(1, 1, Scalar(0.5))))(0) ==
        doctest::Approx(2.5 + 1.5 * std::tanh(0.5)));
}

TEST_CASE_FIXTURE(Fixture, "a fresh policy begins near the middle of the box") {
  CHECK(mean_u(*env, pi, s).cwiseAbs().maxCoeff() < 0.3);
  CHECK(mean_u(*env, pi, s).cwiseAbs().maxCoeff() > 0);
}

TEST_CASE_FIXTURE(Fixture, "u = mu(s) + sd eps, and mu alone without noise") {
  pi.log_sd << std::log(Scalar(2)), std::log(Scalar(3));
  const Matrix mu = mean_u(*env, pi, s), u = sample_u(*env, pi, s, eps);
  CHECK((u.row(0) - mu.row(0) - 2 * eps.row(0)).norm() < 1e-5);
  CHECK((u.row(1) - mu.row(1) - 3 * eps.row(1)).norm() < 1e-5);
  CHECK(sample_u(*env, pi, s, Matrix::Zero(2, 5)) == mu);
}

TEST_CASE_FIXTURE(Fixture, "on a tape a policy says what it says on plain matrices") {
  Tape tape;
  const NetworkPolicyOf<Var> taped = on_tape(tape, pi);
  const Matrix u = sample_u(*env, pi, s, eps);
  const Var taped_u = sample_u(*env, taped, tape.constant(s), eps);
  CHECK((taped_u.value() - u).cwiseAbs().maxCoeff() < 1e-5);
  CHECK((squash(env->spec, taped_u).value() - squash(env->spec, u)).cwiseAbs().maxCoeff() < 1e-5);
}

TEST_CASE_FIXTURE(Fixture, "the log-density is that of the normal, summed over coordinates") {
  pi.log_sd << std::log(Scalar(2)), std::log(Scalar(3));
  const Matrix mu = mean_u(*env, pi, s), u = sample_u(*env, pi, s, eps);
  Tape tape;
  const Var log_pi = log_density(*env, on_tape(tape, pi), tape.constant(s), tape.constant(u));
  for (Index j = 0; j < 5; ++j) {
    double truth = 0;
    for (Index i = 0; i < 2; ++i) {
      const double sd = i == 0 ? 2 : 3, z = double(u(i, j) - mu(i, j)) / sd;
      truth += -z * z / 2 - std::log(sd * std::sqrt(2 * M_PI));
    }
    CHECK(double(log_pi.value()(0, j)) == doctest::Approx(truth).epsilon(1e-4));
  }
}

TEST_CASE_FIXTURE(Fixture, "a saved policy acts the same when it is loaded") {
  Rng other(2, "test");
  NetworkPolicy loaded = make_network_policy(*env, {}, other);
  CHECK(sample_u(*env, loaded, s, eps) != sample_u(*env, pi, s, eps));
  const std::string path =
      (std::filesystem::temp_directory_path() / "mbrl-test-policy.bin").string();
  pi.log_sd(0) = 2;
  Archive saved;
  archive(saved, pi);
  saved.save(path);
  Archive in(path);
  archive(in, loaded);
  std::filesystem::remove(path);
  CHECK(sample_u(*env, loaded, s, eps) == sample_u(*env, pi, s, eps));
}

}  // namespace test_network_policy
