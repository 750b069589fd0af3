#include "algorithms/09_mbpo.hpp"

#include <doctest/doctest.h>

#include <set>

#include "check_run.hpp"

using namespace mbrl;

namespace test_mbpo {

using namespace mbrl::mbpo;

Config tiny() {
  Config config;
  config.initial_steps = 60, config.refit_every = 20;
  config.model.network.epochs = 3;
  config.model.ensemble.members = 3, config.model.ensemble.elite_members = 2;
  config.rollouts_per_step = 5, config.updates_per_step = 1;
  config.schedule = {.first_length = 1, .last_length = 0};
  config.learner.hidden_width = 16, config.learner.batch_size = 32;
  return config;
}

TEST_CASE("B33: the length of rollouts grows on a line between two points, and is level outside") {
  const RolloutSchedule hopper{1, 15, 20000, 150000};  // the paper's, in steps
  CHECK(hopper.length(0) == 1);
  CHECK(hopper.length(20000) == 1);
  CHECK(hopper.length(29285) == 1);
  CHECK(hopper.length(29286) == 2);  // 1 + 14 * 9286 / 130000 = 2.00003
  CHECK(hopper.length(85000) == 8);
  CHECK(hopper.length(149999) == 14);
  CHECK(hopper.length(150000) == 15);
  CHECK(hopper.length(1000000) == 15);
  const RolloutSchedule falling{10, 1, 0, 9};
  CHECK(falling.length(3) == 7);
  CHECK(falling.length(100) == 1);
  CHECK(RolloutSchedule{5, 0, 0, 1}.length(1000) == 5);  // no schedule
  // Whole numbers stay whole: 0.29 * 100 is a little less than 29 in binary.
  const RolloutSchedule one_a_step{1, 101, 0, 100};
  for (int step = 0; step <= 100; ++step) CHECK(one_a_step.length(step) == 1 + step);
}

// B with n random steps of a task.
Dataset random_steps(const Env& env, int n) {
  Dataset B(env.spec.state_dim(), env.spec.action_dim());
  World world(env, Rng(1, "test"));
  Rng rng(2, "test");
  while (B.size() < n) {
    if (world.over()) world.reset();
    B.append(world.step(random_action(env.spec, rng)));
  }
  return B;
}

Batch everything(const Dataset& D) {
  std::vector<Index> all;
  for (Index i = 0; i < D.size(); ++i) all.push_back(i);
  return D.batch(all);
}

TEST_CASE("B31: imagined transitions are kept for so many refits, also when rollouts grow longer") {
  Workers workers(1);
  const auto env = make_env("pendulum");
  Config config = tiny();
  config.keep_refits = 2;
  config.schedule = {1, 3, 100, 300};  // k = 1, 2, 3 at steps 100, 200, 300
  Agent agent(*env, config, 1);
  const Dataset B = random_steps(*env, 80);
  agent.imagine(B, 100, workers);
  CHECK(agent.imagined.size() == 100);  // 5 per step, 20 steps, k = 1
  agent.imagine(B, 100, workers);
  CHECK(agent.imagined.size() == 200);
  agent.imagine(B, 100, workers);
  CHECK(agent.imagined.size() == 200);  // the first have gone
  agent.imagine(B, 200, workers);
  CHECK(agent.imagined.size() == 400);  // the last two refits had room for 2 * 200
  CHECK(agent.imagined.capacity() == 400);
  agent.imagine(B, 300, workers);
  CHECK(agent.imagined.size() == 600);
  CHECK(agent.imagined.capacity() == 600);
}

TEST_CASE("B34: rollouts branch off from real states, and the policy is sampled, not its mean") {
  const auto env = make_env("pendulum");
  Config config = tiny();
  config.schedule = {.first_length = 3, .last_length = 0};
  Agent agent(*env, config, 1);
  const Dataset B = random_steps(*env, 80);
  Workers workers(1);
  agent.model.fit(B, workers);
  agent.imagine(B, 0, workers);
  const Batch made = everything(agent.imagined), real = everything(B);
  REQUIRE(made.size() == 300);
  std::set<Index> from;
  for (Index j = 0; j < 100; ++j) {  // the first steps
    Index nearest = 0;
    const Scalar distance =
        (real.s.colwise() - made.s.col(j)).colwise().squaredNorm().minCoeff(&nearest);
    CHECK(distance == 0);
    from.insert(nearest);
  }
  CHECK(from.size() > 40);  // of 80, drawn 100 times
  CHECK(made.s.middleCols(100, 100) == made.s_next.leftCols(100));
  CHECK((made.a - agent.learner->act(made.s)).array().abs().mean() > 0.1);
}

TEST_CASE("B24: only elites are imagined with, after a load too") {
  const auto env = make_env("pendulum");
  Config config = tiny();
  config.model.kind = "DE";
  Agent agent(*env, config, 1);
  const Dataset B = random_steps(*env, 80);
  Workers workers(1);
  agent.model.fit(B, workers);
  const auto& ensemble = dynamic_cast<const Ensemble&>(agent.model.posterior());
  const auto check = [&](Agent& imagining) {
    imagining.imagine(B, 0, workers);
    const Batch made = everything(imagining.imagined);
    std::vector<int> by(3, 0);
    for (int k = 0; k < 3; ++k) {
      const Matrix said = agent.model.predict(ensemble.member(k), made.s, made.a).mean;
      for (Index j = 0; j < made.size(); ++j)
        by[std::size_t(k)] += (said.col(j) - made.s_next.col(j)).norm() < 1e-5;
    }
    for (int k = 0; k < 3; ++k) {
      const bool elite = std::count(ensemble.elites().begin(), ensemble.elites().end(), k) > 0;
      CHECK(by[std::size_t(k)] == (elite ? 50 : 0));
    }
  };
  check(agent);
  const std::string path = empty_folder("mbpo-elites") + "/checkpoint.bin";
  Archive out;
  agent.archive(out);
  out.save(path);
  Agent loaded(*env, config, 2);
  Archive in(path);
  loaded.archive(in);
  CHECK(loaded.imagined.size() == agent.imagined.size());
  loaded.imagined = Dataset(env->spec.state_dim(), env->spec.action_dim(), 1);
  check(loaded);
}

TEST_CASE("B30: an imagined end is stored as one, and ends its rollout") {
  Workers workers(1);
  const auto env = make_env("cartpole_balance");
  Config config = tiny();
  config.true_dynamics = true;
  config.schedule = {.first_length = 30, .last_length = 0};
  config.keep_refits = 1;
  Agent agent(*env, config, 1);
  const Dataset B = random_steps(*env, 200);
  agent.imagine(B, 0, workers);
  const Batch made = everything(agent.imagined);
  CHECK((made.terminated == env->terminated(made.s_next)).all());
  CHECK(made.terminated.count() > 20);
  CHECK_FALSE(made.truncated.any());
  CHECK_FALSE(env->terminated(made.s).any());  // nothing goes on from beyond the end
  CHECK(made.size() < 100 * 30);
}

TEST_CASE("MBPO: so many updates per real step, and refits as often as asked") {
  const auto env = make_env("pendulum");
  Config config = tiny();
  config.updates_per_step = 3;
  RunOptions options = quietly(0);
  options.steps = 60 + 50;
  options.out = empty_folder("mbpo-counts");
  Recorder record(options, env->spec, "test");
  mbpo::run(*env, config, record);
  double updates = 0;
  for (const double n : read_csv(options.out + "/learner.csv").column("updates")) updates += n;
  CHECK(updates == 150);
  CHECK(read_csv(options.out + "/model.csv").column("env_steps") ==
        std::vector<double>{61, 81, 101});
}

TEST_CASE("MBPO: the same seed gives the same returns on 1, 2 and 4 threads") {
  check_same_on_all_threads(tiny(), mbpo::run);
}

TEST_CASE("MBPO: a loaded run acts as the policy that was saved, and imagines") {
  check_loads(tiny(), mbpo::run, mbpo::load, true);
}

}  // namespace test_mbpo
