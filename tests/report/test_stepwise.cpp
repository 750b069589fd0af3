#include "report/stepwise.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"
#include "report/recorder.hpp"

using namespace mbrl;

namespace test_stepwise {

// Random actions, as any algorithm would take them; counts its real steps.
struct Walk {
  std::unique_ptr<Env> env = make_env("pendulum");
  RunOptions options;
  int steps = 0;
  double total = 0;
  bool was_interrupted = false;

  Walk() { options.quiet = true, options.steps = 25, options.episodes = 0; }
  void run(std::function<bool()> interrupted) {
    Recorder record(options, env->spec, "test", std::move(interrupted));
    World world(*env, Rng(1, "world"));
    Rng chance(1, "actions");
    record.keep([](Archive&) {});
    record.begin("learned");
    while (record.running()) {
      const Transition tr = world.step(random_action(env->spec, chance));
      record.step(tr);
      ++steps, total += double(tr.reward);
    }
    was_interrupted = record.was_interrupted();
  }
};

TEST_CASE("a loop that is advanced from outside takes one real step at a time, and the same ones") {
  Walk at_once, by_steps;
  at_once.run([] { return false; });
  CHECK(at_once.steps == 25);

  Stepwise stepwise([&](Stepwise::Pause pause) { by_steps.run(std::move(pause)); });
  CHECK(by_steps.steps == 0);  // nothing happens before the first step()
  for (int i = 0; i <= 25; ++i) {
    CHECK(stepwise.step());
    CHECK(by_steps.steps == i);
  }
  CHECK_FALSE(stepwise.step());
  CHECK_FALSE(stepwise.step());
  CHECK(by_steps.total == at_once.total);
  CHECK_FALSE(by_steps.was_interrupted);
}

TEST_CASE("a loop that nobody advances any more is stopped where it is") {
  Walk walk;
  {
    Stepwise stepwise([&](Stepwise::Pause pause) { walk.run(std::move(pause)); });
    for (int i = 0; i < 8; ++i) stepwise.step();
  }
  CHECK(walk.steps == 7);
  CHECK(walk.was_interrupted);
  {
    const Stepwise never_advanced([&](Stepwise::Pause) { walk.steps = -1; });
  }
  CHECK(walk.steps == 7);
}

TEST_CASE("what a loop throws reaches the one who advances it") {
  Stepwise stepwise([](Stepwise::Pause pause) {
    pause();
    throw UserError("enough");
  });
  CHECK(stepwise.step());
  CHECK_THROWS_WITH_AS(stepwise.step(), "enough", UserError);
  CHECK_FALSE(stepwise.step());
}

}  // namespace test_stepwise
