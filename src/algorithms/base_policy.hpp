// Step 1 of the slides, the same in every algorithm: a base policy collects the first data.
#pragma once

#include "data/dataset.hpp"
#include "report/recorder.hpp"

namespace mbrl {

// Runs the base policy pi_0, uniformly random actions, for so many real steps; every transition
// goes to `append`. From then on what is recorded is of the learned policy, in a new episode.
template <class Append>
void run_base_policy(const Env& env, World& world, int steps, Recorder& record,
                     const Append& append) {
  if (record.learned()) return;  // a resumed run has been through this
  Rng chance(record.seed(), "base policy");
  record.begin("base");
  for (int t = 0; t < steps && record.running(); ++t) {
    if (world.over()) world.reset();
    const Transition tr = world.step(random_action(env.spec, chance));
    append(tr);
    record.step(tr);
  }
  if (!record.running()) return;
  world.reset();
  record.begin("learned");
}

}  // namespace mbrl
