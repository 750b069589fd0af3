#include "learners/ddpg.hpp"

#include <doctest/doctest.h>

#include "bandit.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace test_ddpg {

LearnerConfig small() {
  LearnerConfig config;
  config.kind = "ddpg";
  config.hidden_width = 32;
  config.learning_rate = 3e-3;
  return config;
}

TEST_CASE("DDPG finds the best action of a bandit, and explores inside the box") {
  const auto env = make_env(Bandit{0.3, 2, 1});  // the box is [-1, 3], the best action 1.6
  Ddpg ddpg(*env, small(), 1);
  Rng rng(1, "test");
  Workers workers(1);
  for (int k = 0; k < 1500; ++k) ddpg.update(random_batch(*env, 64, rng), workers);
  CHECK((ddpg.act(rng.normal(2, 200)).array() - Scalar(1.6)).abs().mean() < 0.1);
  const Matrix s = rng.normal(2, 5000), a = ddpg.explore(s, rng);
  const Matrix noise = a - ddpg.act(s);
  CHECK(a.minCoeff() >= -1);
  CHECK(a.maxCoeff() <= 3);
  CHECK(std::abs(std::sqrt(double(noise.array().square().mean())) - 0.2) < 0.01);  // 0.1 of a half
}

TEST_CASE("V' is by the target networks, which follow by tau") {
  const auto env = make_env(Bandit{});
  LearnerConfig config = small();
  config.target_rate = 0;
  Ddpg still(*env, config, 1);
  config.target_rate = 1;
  Ddpg at_once(*env, config, 1);
  Rng rng(1, "test");
  Workers workers(1);
  const Matrix s = rng.normal(2, 20);
  const Row before = still.value(s, workers);
  CHECK((before == at_once.value(s, workers)).all());
  for (int k = 0; k < 300; ++k) {
    const Batch batch = random_batch(*env, 64, rng);
    still.update(batch, workers), at_once.update(batch, workers);
  }
  CHECK((still.value(s, workers) == before).all());
  CHECK((at_once.value(s, workers) - before).abs().maxCoeff() > 0.01);
  CHECK(at_once.value(s, workers).abs().maxCoeff() < 0.1);  // the best reward is 0
}

TEST_CASE("the actor goes up Q: where the critic has learned of the bandit and the actor not yet") {
  const auto env = make_env(Bandit{});
  Ddpg ddpg(*env, small(), 1);
  Rng rng(1, "test");
  Workers workers(1);
  for (int k = 0; k < 800; ++k) {
    const Batch batch = random_batch(*env, 64, rng);
    ddpg.update_critic(batch.s, batch.a, batch.reward, workers);
  }
  const Matrix s = rng.normal(2, 200);
  const auto distance = [&] { return double((ddpg.act(s).array() - Scalar(0.3)).abs().mean()); };
  const double before = distance();
  for (int k = 0; k < 20; ++k) ddpg.update_actor(rng.normal(2, 64), workers);
  CHECK(distance() < 0.8 * before);
}

TEST_CASE("an actor at the walls comes back where the critic no longer keeps it there") {
  const auto env = make_env("pendulum");
  Ddpg ddpg(*env, small(), 1);
  Workers workers(1);
  Rng rng(1, "test");
  const auto learn = [&](Scalar slope, int updates) {
    for (int k = 0; k < updates; ++k) {
      const Matrix s = rng.normal(2, 64), a = 2 * (rng.normal(1, 64).array().tanh()).matrix();
      ddpg.update_critic(s, a, slope * a.row(0).array(), workers);
      ddpg.update_actor(s, workers);
    }
  };
  const Matrix s = rng.normal(2, 200);
  const auto size = [&] { return double(ddpg.act(s).cwiseAbs().mean()); };
  learn(5, 1000);
  CHECK(size() > 1.9);  // of 2
  learn(0, 3000);
  CHECK(size() < 1.2);
}

TEST_CASE("the same updates give the same bits on 1, 2 and 4 threads") {
  const auto env = make_env("reacher");
  std::vector<Matrix> actions;
  for (const int threads : {1, 2, 4}) {
    Ddpg ddpg(*env, small(), 1);
    Rng rng(1, "test");
    Workers workers(threads);
    for (int k = 0; k < 20; ++k) ddpg.update(random_batch(*env, 50, rng), workers);
    actions.push_back(ddpg.act(Matrix::Ones(env->spec.state_dim(), 3)));
  }
  CHECK(actions[0] == actions[1]);
  CHECK(actions[0] == actions[2]);
}

TEST_CASE("a Q that no return can reach has diverged, and the error says what to try") {
  const auto env = make_env("pendulum");
  LearnerConfig config;
  config.hidden_width = 8, config.discount = 0.99;
  Ddpg ddpg(*env, config, 1);
  Workers workers(1);
  Rng rng(1, "test");
  const Matrix s = rng.normal(2, 16), a = rng.normal(1, 16);
  ddpg.note_rewards(Row::Constant(16, -10));  // which add up to -1000
  CHECK_NOTHROW(ddpg.update_critic(s, a, Row::Constant(16, Scalar(-99000)), workers));
  try {
    ddpg.update_critic(s, a, Row::Constant(16, Scalar(-101000)), workers);
    FAIL("accepted");
  } catch (const Diverged& error) {
    CHECK(std::string(error.what()).find("Q is -101000 on average") == 0);
    CHECK(error.advice.find("--learner-learning-rate") != std::string::npos);
  }
  CHECK_THROWS_AS(ddpg.update_critic(s, a, Row::Constant(16, NAN), workers), Diverged);
}

TEST_CASE("the report holds the norms of the gradients") {
  const auto env = make_env("pendulum");
  LearnerConfig config;
  config.hidden_width = 8;
  for (const char* kind : {"sac", "ddpg", "naf"}) {
    config.kind = kind;
    const auto learner = make_learner(*env, config, 1);
    Workers workers(1);
    Rng rng(1, "test");
    const Matrix s = rng.normal(2, 16), a = rng.normal(1, 16);
    learner->update_critic(s, a, Row::Constant(16, 3), workers);
    learner->update_actor(s, workers);
    const LearnerReport report = learner->report();
    CAPTURE(kind);
    CHECK(report.critic_gradient > 0);
    CHECK((report.actor_gradient > 0) == (std::string(kind) != "naf"));
  }
}

}  // namespace test_ddpg
