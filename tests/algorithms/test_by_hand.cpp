#include <doctest/doctest.h>

#include <filesystem>

#include "envs/all.hpp"
#include "tests/bench/by_hand.hpp"

using namespace mbrl;

namespace test_by_hand {

Batch some_steps(const Env& env, Index count, Rng& rng) {
  Dataset D(env.spec.state_dim(), env.spec.action_dim());
  World world(env, Rng(1, "world"));
  for (Index i = 0; i < count; ++i) {
    if (world.over()) world.reset();
    D.append(world.step(random_action(env.spec, rng)));
  }
  return D.all();
}

// The networks of a learner, by name.
Mlp network_of(Sac& sac, const std::string& name, Mlp shape) {
  const std::string path = std::filesystem::temp_directory_path() / "mbrl_test_by_hand.bin";
  Archive out;
  sac.archive(out);
  out.save(path);
  Archive in(path);
  if (name.rfind("target", 0) == 0)
    in(name, shape);
  else
    in.inside(name, [&] { in("weights", shape); });
  return shape;
}

double distance(const Mlp& one, const Mlp& other) {
  double worst = 0;
  for (std::size_t l = 0; l < one.layers.size(); ++l) {
    worst = std::max(worst, double((one.layers[l].W - other.layers[l].W).cwiseAbs().maxCoeff()));
    worst = std::max(worst, double((one.layers[l].b - other.layers[l].b).cwiseAbs().maxCoeff()));
  }
  return worst;
}

TEST_CASE("SAC with derivatives by hand learns the same weights as on the tape") {
  const auto env = make_env("cartpole_balance");  // which terminates
  LearnerConfig config;
  config.hidden_width = 32, config.learning_rate = 1e-3;
  Sac sac(*env, config, 1);
  Rng rng(1, "test"), noise(1, "noise of the learner");
  const MlpConfig shape{2, 32, Activation::relu, Init::xavier};
  const Mlp actor = make_mlp(4, 2, shape, rng), critic = make_mlp(5, 1, shape, rng);
  by_hand::Sac hand(network_of(sac, "actor", actor), network_of(sac, "critic 0", critic),
                    network_of(sac, "critic 1", critic), config);
  const Mlp before = hand.actor.net;
  Workers workers(1);
  for (int k = 0; k < 10; ++k) {
    const Batch batch = some_steps(*env, 64, rng);
    Matrix eps_next(1, 64), eps(1, 64);
    noise.fill_normal(eps_next), noise.fill_normal(eps);
    sac.update(batch, workers);
    hand.update(batch.s, batch.a, batch.reward, batch.terminated, batch.s_next, eps_next, eps);
  }
  CHECK(distance(before, hand.actor.net) > 5e-3);  // ten steps of Adam went somewhere
  CHECK(distance(network_of(sac, "actor", actor), hand.actor.net) < 1e-4);
  for (std::size_t i : {0, 1}) {
    const std::string number = std::to_string(i);
    CHECK(distance(network_of(sac, "critic " + number, critic), hand.critics[i].net) < 1e-4);
    CHECK(distance(network_of(sac, "target " + number, critic), hand.targets[i].net) < 1e-4);
  }
  CHECK(sac.alpha() == doctest::Approx(std::exp(double(hand.log_alpha(0, 0)))));
}

TEST_CASE("a member of an ensemble, trained by hand, comes to the same weights") {
  ModelConfig model;
  model.epochs = 1, model.batch_size = 32, model.hidden_width = 24;
  EnsembleConfig config;
  config.members = 1;
  Rng rng(1, "test"), shuffle(1, "minibatches of a member", 0);
  RegressionData data{
      rng.normal(3, 320), rng.normal(2, 320), {}, rng.normal(3, 8), rng.normal(2, 8)};
  for (Index i = 0; i < 320; ++i) data.row.push_back(i);
  Ensemble ensemble(3, 2, model, config, 1);
  by_hand::Member member(ensemble.member(0), model);
  const Mlp before = member.net.net;
  for_minibatches(320, 32, shuffle,
                  [&](const std::vector<Index>& batch) { member.step(data.x, data.y, batch); });
  data.x_holdout = data.x, data.y_holdout = data.y;  // so that the pass is kept
  Workers workers(1);
  ensemble.fit(data, workers);
  CHECK(distance(before, member.net.net) > 5e-3);
  CHECK(distance(ensemble.member(0).net, member.net.net) < 1e-4);
}

}  // namespace test_by_hand
