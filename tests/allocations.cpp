// What runs at every step of model training and of a learner's update asks the heap for nothing,
// once its buffers are warm. A program of its own, because it watches malloc.

#include <doctest/doctest.h>

#include "dynamics/ensemble.hpp"
#include "envs/all.hpp"
#include "learners/off_policy_learner.hpp"

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

#include <atomic>

static std::atomic<long> calls{0};
extern "C" void* __libc_malloc(std::size_t);
extern "C" void* malloc(std::size_t bytes) {
  calls.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(bytes);
}

using namespace mbrl;

namespace {

template <class Action>
long allocations_of(const Action& action) {
  const long before = calls;
  action();
  return calls - before;
}

RegressionData random_data(Index rows) {
  Rng rng(1, "test");
  RegressionData data{
      rng.normal(3, rows), rng.normal(2, rows), {}, rng.normal(3, 8), rng.normal(2, 8)};
  for (Index i = 0; i < rows; ++i) data.row.push_back(i);
  return data;
}

TEST_CASE("the counter counts") {
  CHECK(allocations_of([] { const Matrix x = Matrix::Zero(50, 50), y = x + x; }) >= 2);
}

TEST_CASE("a training step of an ensemble allocates nothing: a longer pass asks for no more") {
  Workers workers(1);
  ModelConfig model;
  model.epochs = 1, model.batch_size = 32;
  const auto allocations_with = [&](Index rows) {
    Ensemble ensemble(3, 2, model, {}, 1);
    const RegressionData data = random_data(rows);
    for (int i = 0; i < 3; ++i) ensemble.fit(data, workers);
    return allocations_of([&] { ensemble.fit(data, workers); });
  };
  CHECK(allocations_with(32 * 20) == allocations_with(32 * 40));
}

TEST_CASE("an update of a learner allocates nothing, sampling included") {
  const auto env = make_env("cartpole_swingup");
  Dataset D(4, 1);
  World world(*env, Rng(1, "test"));
  Rng rng(1, "test");
  for (int i = 0; i < 500; ++i) {
    if (world.over()) world.reset();
    D.append(world.step(random_action(env->spec, rng)));
  }
  for (const char* kind : {"sac", "ddpg", "naf"}) {
    LearnerConfig config;
    config.kind = kind;
    const auto learner = make_learner(*env, config, 1);
    Replay replay(Rng(1, "replay"));
    Workers workers(2);
    const auto update = [&] { learner->update(replay.mixed(D, D, 256, 0.05), workers); };
    for (int i = 0; i < 5; ++i) update();
    CAPTURE(kind);
    CHECK(allocations_of([&] {
            for (int i = 0; i < 20; ++i) update();
          }) == 0);
  }
}

}  // namespace

#endif
