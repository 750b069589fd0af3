// Real experience in version 3.0 and later: the world, and the buffer B of transitions collected
// from it.
#pragma once

#include "algorithms/base_policy.hpp"
#include "learners/off_policy_learner.hpp"

namespace mbrl {

struct Experience {
  World world;
  Rng exploration;
  Replay replay;  // draws batches from B
  Dataset B;

  Experience(const Env& env, std::uint64_t seed)
      : world(env, Rng(seed, "world")),
        exploration(seed, "exploration"),
        replay(Rng(seed, "replay")),
        B(env.spec.state_dim(), env.spec.action_dim()) {}

  // Before there is anything to learn from: random actions.
  void collect_at_random(const Env& env, int steps, Recorder& record) {
    run_base_policy(env, world, steps, record, [this](const Transition& tr) { B.append(tr); });
  }

  // Takes an exploratory action of the learner, and observes (s, a, s', r).
  Transition step(const OffPolicyLearner& learner) {
    if (world.over()) world.reset();
    return world.step(learner.explore(world.s(), exploration).col(0));
  }

  void archive(Archive& ar) {
    ar("world", world), ar("exploration", exploration), ar("replay", replay), ar("B", B);
  }
};

}  // namespace mbrl
