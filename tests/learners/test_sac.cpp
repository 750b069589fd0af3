#include "learners/sac.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "bandit.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace test_sac {

LearnerConfig small() {
  LearnerConfig config;
  config.hidden_width = 32;
  config.batch_size = 64;
  return config;
}

TEST_CASE("a time limit does not stop the bootstrap, the end of the world does") {
  Batch batch{Matrix::Zero(2, 3), Matrix::Zero(1, 3),         Row{{1, 2, 3}},
              Matrix::Zero(2, 3), Mask{{false, true, false}}, Mask{{false, false, true}}};
  const Row y = td_target(batch, Row{{10, 20, 30}}, 0.5);
  CHECK(y(0) == 6);
  CHECK(y(1) == 2);
  CHECK(y(2) == 18);
  batch.truncated.setConstant(true);
  CHECK((td_target(batch, Row{{10, 20, 30}}, 0.5) == y).all());
}

TEST_CASE("at a fixed temperature the policy of a bandit is the one that theory gives") {
  // pi(c) is proportional to exp(-(c - 0.3)^2 / alpha): mean 0.3, sd sqrt(alpha / 2)
  const auto env = make_env(Bandit{});
  LearnerConfig config = small();
  config.temperature = 0.02;
  config.learning_rate = 3e-3;
  Sac sac(*env, config, 1);
  Rng rng(1, "test");
  Workers workers(1);
  for (int k = 0; k < 1500; ++k) sac.update(random_batch(*env, 64, rng), workers);
  const Matrix s = rng.normal(2, 4000), c = sac.explore(s, rng);
  const double mean = double(c.mean());
  const double sd = std::sqrt(double((c.array() - c.mean()).square().mean()));
  CHECK(std::abs(mean - 0.3) < 0.03);
  CHECK(std::abs(sd - 0.1) < 0.02);
  CHECK((sac.act(s).array() - Scalar(0.3)).abs().maxCoeff() < 0.15);
  CHECK(sac.alpha() == doctest::Approx(0.02));
}

TEST_CASE("B39: the units of the actions do not enter: a wider box gives the same policy, wider") {
  const auto narrow = make_env(Bandit{}), wide = make_env(Bandit{0.3, 50, 7});
  Sac one(*narrow, small(), 1), other(*wide, small(), 1);
  Rng rng(1, "test");
  Workers workers(1);
  for (int k = 0; k < 20; ++k) {
    Batch batch = random_batch(*narrow, 64, rng);
    one.update(batch, workers);
    batch.a = wide->spec.from_unit_box(batch.a);
    other.update(batch, workers);
  }
  const Matrix s = rng.normal(2, 100);
  CHECK(wide->spec.to_unit_box(other.act(s)).isApprox(one.act(s), Scalar(1e-3)));
  CHECK(std::abs(one.alpha() - other.alpha()) < 1e-4);
  const Matrix a = other.explore(rng.normal(2, 5000), rng);
  CHECK(a.minCoeff() >= -43);
  CHECK(a.maxCoeff() <= 57);
}

TEST_CASE("B40: the temperature rises when the entropy is below its target, and else falls") {
  const auto env = make_env("reacher");  // two action dimensions: the target is 2 * -1
  Sac sac(*env, small(), 1);
  const Matrix s = Matrix::Zero(env->spec.state_dim(), 5), a = sac.act(s);
  const double before = sac.alpha();
  CHECK(before == 1);
  sac.update_temperature(2.5);  // entropy -2.5
  CHECK(sac.alpha() > before);
  for (int k = 0; k < 3; ++k) sac.update_temperature(1.5);  // entropy -1.5
  CHECK(sac.alpha() < before);
  CHECK(sac.act(s) == a);  // nothing of it reaches the policy
}

TEST_CASE("the temperature comes to hold the entropy of the policy at its target") {
  const auto env = make_env(Bandit{});
  LearnerConfig config = small();
  config.learning_rate = 3e-3;
  config.target_entropy = -0.5;
  Sac sac(*env, config, 1);
  Rng rng(1, "test");
  Workers workers(1);
  for (int k = 0; k < 2500; ++k) {
    sac.update(random_batch(*env, 64, rng), workers);
    if (k == 1999) sac.report();
  }
  CHECK(std::abs(sac.report().entropy + 0.5) < 0.1);
}

// A Sac whose two target networks have these output biases.
std::unique_ptr<Sac> with_biases(const Env& env, double first, double second) {
  auto made = std::make_unique<Sac>(env, small(), 1);
  Sac& sac = *made;
  Archive out;
  sac.archive(out);
  Matrix b = Matrix::Constant(1, 1, Scalar(first)), c = Matrix::Constant(1, 1, Scalar(second));
  out("target 0/5", b), out("target 1/5", c);
  const std::string path = (std::filesystem::temp_directory_path() / "mbrl-test-sac.bin").string();
  out.save(path);
  Archive in(path);
  sac.archive(in);
  return made;
}

TEST_CASE("V' is the lower of the two critics, without the price of the action's log-probability") {
  const auto env = make_env("pendulum");
  Workers workers(1);
  Rng rng(1, "test");
  const Matrix s = rng.normal(2, 40);
  const Row low = with_biases(*env, 0, 1000)->value(s, workers);
  const Row other = with_biases(*env, 1000, 0)->value(s, workers);
  const Row both = with_biases(*env, 1000, 1000)->value(s, workers);
  CHECK((low.abs() < 100).all());
  CHECK((other.abs() < 100).all());
  CHECK((both > 900).all());
  CHECK((low - other).abs().maxCoeff() > 1e-4);  // two critics, not one twice
  // alpha = 1 and a broad policy: the bonus, -log pi, is there.
  LearnerConfig cold = small();
  cold.temperature = 1e-9;
  Sac warm(*env, small(), 1), icy(*env, cold, 1);
  const Row bonus = warm.value(s, workers) - icy.value(s, workers);
  CHECK(bonus.mean() > 0.3);  // of a policy nearly uniform on [-1, 1]: at most log 2
  CHECK(bonus.mean() < 0.75);
}

TEST_CASE("target networks follow by tau, exactly") {
  Rng rng(1, "test");
  Mlp net = make_mlp(3, 2, {}, rng), target = make_mlp(3, 2, {}, rng);
  const Mlp before = target;
  soft_update(target, net, 0.25);
  for (std::size_t l = 0; l < net.layers.size(); ++l)
    CHECK(target.layers[l].W.isApprox(
        Scalar(0.75) * before.layers[l].W + Scalar(0.25) * net.layers[l].W, Scalar(1e-5)));
  soft_update(target, net, 1);
  CHECK(target.layers[0].W.isApprox(net.layers[0].W, Scalar(1e-5)));
}

TEST_CASE("the same updates give the same bits on 1, 2 and 4 threads") {
  const auto env = make_env("reacher");
  std::vector<Matrix> actions;
  for (const int threads : {1, 2, 4}) {
    Sac sac(*env, small(), 1);
    Rng rng(1, "test");
    Workers workers(threads);
    for (int k = 0; k < 20; ++k) sac.update(random_batch(*env, 50, rng), workers);
    actions.push_back(sac.act(Matrix::Ones(env->spec.state_dim(), 3)));
  }
  CHECK(actions[0] == actions[1]);
  CHECK(actions[0] == actions[2]);
}

TEST_CASE("a gradient that is not finite ends the training by name") {
  const auto env = make_env("pendulum");
  Sac sac(*env, small(), 1);
  Rng rng(1, "test");
  Workers workers(1);
  Batch batch = random_batch(*env, 50, rng);
  batch.reward(7) = std::numeric_limits<Scalar>::quiet_NaN();
  CHECK_THROWS_WITH_AS(sac.update(batch, workers), doctest::Contains("a critic"), Diverged);
}

}  // namespace test_sac
