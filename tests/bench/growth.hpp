// How time grows with the sizes, and what stays in memory.
#pragma once

#include "learners/sac.hpp"
#include "tests/bench/meter.hpp"
#include "tests/bench/setups.hpp"

namespace mbrl::bench {

inline void growths(Workers& workers, const Env& env) {
  const auto plan = [&](const auto& change) {
    return [&, change](int size) {
      pets::Config config = large_pets();
      config.planner.cem.iterations = 1;
      change(config, size);
      pets::Agent agent(env, config, 1);
      const Vector s = Vector::Zero(4);
      return measure([&] { agent.act(s, workers); }).seconds;
    };
  };
  growth("planning: candidates", {175, 350, 700},
         plan([](pets::Config& c, int n) { c.planner.cem.candidates = n; }));
  growth("planning: particles", {10, 20, 40},
         plan([](pets::Config& c, int n) { c.propagation.particles = n; }));
  growth("planning: horizon", {10, 20, 40},
         plan([](pets::Config& c, int n) { c.planner.horizon = n; }));
  growth("planning: members", {5, 10, 20},
         plan([](pets::Config& c, int n) { c.model.ensemble.members = n; }));
  growth("planning: width", {100, 200, 400},
         plan([](pets::Config& c, int n) { c.model.network.hidden_width = n; }));

  const auto train = [&](const auto& change) {
    return [&, change](int size) {
      Rng rng(1, "bench");
      ModelConfig network = four_by_200();
      network.epochs = 1;
      EnsembleConfig config;
      config.members = 6;
      change(network, config, size);
      const RegressionData data = random_data(6, 4, 5 * network.batch_size, rng);
      Ensemble ensemble(6, 4, network, config, 1);
      return measure([&] { ensemble.fit(data, workers); }).seconds / 5;
    };
  };
  growth("a training step: members", {3, 6, 12},
         train([](ModelConfig&, EnsembleConfig& c, int n) { c.members = n; }));
  growth("a training step: width", {100, 200, 400},
         train([](ModelConfig& c, EnsembleConfig&, int n) { c.hidden_width = n; }));
  growth("a training step: batch", {128, 256, 512},
         train([](ModelConfig& c, EnsembleConfig&, int n) { c.batch_size = n; }));

  growth("a SAC update: width", {128, 256, 512}, [&](int width) {
    const Dataset D = random_steps(env, 2000);
    LearnerConfig config;
    config.hidden_width = width;
    Sac sac(env, config, 1);
    Replay replay(Rng(1, "replay"));
    return measure([&] { sac.update(replay.sample(D, 256), workers); }).seconds;
  });
  growth("a SAC update: batch", {128, 256, 512}, [&](int batch) {
    const Dataset D = random_steps(env, 2000);
    LearnerConfig config;
    config.hidden_width = 256;
    Sac sac(env, config, 1);
    Replay replay(Rng(1, "replay"));
    return measure([&] { sac.update(replay.sample(D, batch), workers); }).seconds;
  });
}

inline void memories(Workers& workers, const Env& env) {
  memory("PETS agent, 4 x 200, after a planning step", [&] {
    auto agent = std::make_unique<pets::Agent>(env, large_pets(), 1);
    agent->act(Vector::Zero(4), workers);
    return agent;
  });
  memory("PETS agent, defaults, after a planning step", [&] {
    auto agent = std::make_unique<pets::Agent>(env, pets::Config{}, 1);
    agent->act(Vector::Zero(4), workers);
    return agent;
  });
  memory("7 members, 4 x 200, after a fit", [&] {
    Rng rng(1, "bench");
    ModelConfig network = four_by_200();
    network.epochs = 1;
    EnsembleConfig config;
    config.members = 7;
    auto ensemble = std::make_unique<Ensemble>(6, 4, network, config, 1);
    ensemble->fit(random_data(6, 4, 5120, rng), workers);
    return ensemble;
  });
  memory("SAC learner, 2 x 256, after an update", [&] {
    LearnerConfig config;
    config.hidden_width = 256;
    const Dataset D = random_steps(env, 300);
    auto sac = std::make_unique<Sac>(env, config, 1);
    sac->update(D.sample(256, *std::make_unique<Rng>(1, "bench")), workers);
    return sac;
  });
  memory("10,000 transitions", [&] { return std::make_unique<Dataset>(random_steps(env, 10000)); });
}

}  // namespace mbrl::bench
