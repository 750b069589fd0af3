#include "algorithms/06_dyna.hpp"

#include <doctest/doctest.h>

#include "check_run.hpp"

using namespace mbrl;

namespace test_dyna {

using namespace mbrl::dyna;

// Steps of each of the first episodes.
std::vector<double> lengths(const std::string& maze, const Config& config, int seed, int episodes) {
  const auto env = make_env(maze);
  RunOptions options = quietly(episodes);
  options.seed = seed;
  options.out = empty_folder("dyna");
  Recorder record(options, env->spec, "test");
  dyna::run(*env, config, record);
  return read_csv(options.out + "/progress.csv").column("length");
}

TEST_CASE("mean steps per episode of the Dyna maze are those of the reference, 100 runs") {
  struct Case {
    int K, episode;
    double reference;
  };
  for (const Case& c : {Case{0, 2, 696}, Case{0, 10, 129}, Case{5, 2, 150}, Case{5, 5, 24.0},
                        Case{50, 2, 39.8}, Case{50, 3, 17.5}}) {
    CAPTURE(c.K);
    CAPTURE(c.episode);
    double sum = 0, squares = 0;
    for (int seed = 1; seed <= 100; ++seed) {
      const double n = lengths("maze", {.K = c.K}, seed, c.episode).back();
      sum += n, squares += n * n;
    }
    const double mean = sum / 100, error = std::sqrt((squares / 100 - mean * mean) / 99);
    CAPTURE(mean);
    CAPTURE(error);
    CHECK(std::abs(mean - c.reference) < 3 * error);
  }
}

TEST_CASE("B37: every real step makes one real and K imagined updates") {
  Agent agent(dyna_maze(), {.K = 7}, 1);
  for (int k = 1; k <= 10; ++k) {
    agent.learn(k, 0, 0, k + 1, false);
    CHECK(agent.updates == 8 * k);
  }
}

// A chain 0 -> 1 -> 2 (the goal), one action.
TEST_CASE("expected updates on a chain, by hand; nothing comes from beyond the goal") {
  Agent agent(dyna_maze(), {.K = 0, .alpha = 0.5, .discount = 0.9}, 1);
  agent.table.Q.row(2).setConstant(100);  // a value at the goal must not matter
  agent.learn(1, 3, 1, 2, true);
  CHECK(agent.table.Q(1, 3) == doctest::Approx(0.5));
  agent.learn(0, 3, 0, 1, false);
  CHECK(agent.table.Q(0, 3) == doctest::Approx(0.5 * 0.9 * 0.5));
  // The move fails once: p-hat(1 | 0, 3) = 1/2. V(0) = 0.225, V(1) = 0.5.
  agent.learn(0, 3, 0, 0, false);
  CHECK(agent.table.Q(0, 3) ==
        doctest::Approx(0.225 + 0.5 * (0.9 * (0.5 * 0.5 + 0.5 * 0.225) - 0.225)));
}

TEST_CASE("a sample update takes the transition as it happened") {
  Agent agent(dyna_maze(), {.K = 0, .alpha = 0.5, .discount = 0.9, .update = "sample"}, 1);
  agent.learn(1, 3, 1, 2, true);
  agent.learn(0, 3, 0, 1, false);
  CHECK(agent.table.Q(0, 3) == doctest::Approx(0.5 * 0.9 * 0.5));
  agent.learn(0, 3, 0, 0, false);
  CHECK(agent.table.Q(0, 3) == doctest::Approx(0.225 + 0.5 * (0.9 * 0.225 - 0.225)));
}

TEST_CASE("K imagined updates spread a reward back to where it was not found") {
  Agent agent(dyna_maze(), {.K = 0}, 1), planning(dyna_maze(), {.K = 200}, 1);
  for (Agent* learner : {&agent, &planning}) {
    for (Index s = 0; s < 5; ++s) learner->learn(s, 3, 0, s + 1, false);
    learner->learn(5, 3, 1, 6, true);
  }
  CHECK(agent.table.Q(0, 3) == 0);
  CHECK(planning.table.Q(0, 3) > 0.01);
}

TEST_CASE("B37: the clock of Dyna-Q+ counts all real steps, and its bonus is never NaN") {
  const Config config{.K = 30, .alpha = 1, .remember = 0, .kappa = 0.01};
  Agent agent(dyna_maze(), config, 1);
  for (int episode = 0; episode < 20; ++episode) {
    agent.learn(0, 3, 0, 1, false);
    agent.learn(1, 3, 1, 2, true);
    CHECK(agent.now == 2 * (episode + 1));
    CHECK(agent.table.Q.allFinite());
  }
  // Action 0 in state 0 was never tried in 40 steps: kappa sqrt(40) and what it leads back to.
  const double bonus = 0.01 * std::sqrt(40.0);
  CHECK(agent.table.Q(0, 0) > 0.8 * (bonus + 0.95 * agent.table.value(0)));
  Agent plain(dyna_maze(), {.K = 30}, 1);
  plain.learn(0, 3, 0, 1, false);
  CHECK_FALSE(plain.model.knows(0, 0));
}

TEST_CASE("Dyna-Q+ finds the shortcut, Dyna-Q does not") {
  for (const double kappa : {0.0, 1e-3}) {
    const Config config{.K = 50, .alpha = 1, .remember = 0, .kappa = kappa};
    const auto env = make_env("maze_shortcut");
    RunOptions options = quietly(0);
    options.steps = 6000;
    options.out = empty_folder("dyna-shortcut");
    Recorder record(options, env->spec, "test");
    dyna::run(*env, config, record);
    const auto length = read_csv(options.out + "/progress.csv").column("length");
    double late = 0;
    for (std::size_t i = length.size() - 20; i < length.size(); ++i) late += length[i] / 20;
    if (kappa == 0)
      CHECK(late > 15);  // the long way is 16 steps
    else
      CHECK(late < 15);  // the short one 10
  }
}

TEST_CASE("a loaded run walks the shortest way") {
  const auto env = make_env("maze");
  RunOptions options = quietly(30);
  options.out = empty_folder("dyna-load");
  Recorder record(options, env->spec, "test");
  dyna::run(*env, {.K = 50}, record);
  Workers workers(1);
  Archive archive(options.out + "/checkpoint.bin");
  const Policy policy = dyna::load(*env, {}, 1, workers, archive);
  World world(*env, Rng(1, "test"));
  int steps = 0;
  for (; !world.over() && steps < 100; ++steps) world.step(policy.act(world.s()));
  CHECK(steps == 14);
}

TEST_CASE("Dyna refuses a world without a table") {
  const auto env = make_env("pendulum");
  Recorder record(quietly(1), env->spec, "test");
  CHECK_THROWS_WITH_AS(dyna::run(*env, {}, record), doctest::Contains("for the mazes"), UserError);
}

}  // namespace test_dyna
