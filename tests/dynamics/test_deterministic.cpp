#include "dynamics/deterministic.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"
#include "envs/policy.hpp"

using namespace mbrl;

namespace test_deterministic {

Dataset collect_random(const Env& env, int steps, std::uint64_t seed) {
  World world(env, Rng(seed, "world"));
  Rng rng(seed, "actions");
  Dataset D(env.spec.state_dim(), env.spec.action_dim());
  while (D.size() < steps) {
    if (world.over()) world.reset();
    D.append(world.step(random_action(env.spec, rng)));
  }
  return D;
}

// The mean squared error of the predicted change of state, as a share of that of "nothing changes".
double share_unexplained(const DeterministicModel& f, const Dataset& D) {
  std::vector<Index> all;
  for (Index i = 0; i < D.size(); ++i) all.push_back(i);
  const Matrix s = D.s(all), s_next = D.s_next(all);
  return double((f.predict(s, D.a(all)).s_next - s_next).squaredNorm() /
                (s_next - s).squaredNorm());
}

TEST_CASE("the dataset keeps every transition, in order, as it grows") {
  const auto env = make_env("pendulum");
  World world(*env, Rng(1, "world"));
  Dataset D(2, 1);
  std::vector<Transition> told;
  for (int i = 0; i < 600; ++i) {
    if (world.over()) world.reset();
    told.push_back(world.step(Vector::Constant(1, Scalar(i % 3 - 1))));
    D.append(told.back());
  }
  REQUIRE(D.size() == 600);
  for (const Index i : {0, 255, 256, 511, 512, 599}) {
    const auto& tr = told[static_cast<std::size_t>(i)];
    CHECK(D.s({i}) == Matrix(tr.s));
    CHECK(D.a({i}) == Matrix(tr.a));
    CHECK(D.s_next({i}) == Matrix(tr.s_next));
    CHECK(D.reward({i})(0, 0) == tr.reward);
  }
}

TEST_CASE("the model explains 99 % of the change of state on data it has not seen") {
  for (const std::string name : {"pendulum", "cartpole_balance", "reacher", "point_mass"}) {
    CAPTURE(name);
    const auto env = make_env(name);
    DeterministicModel f(*env, {}, 1);
    f.fit(collect_random(*env, name == "reacher" ? 3000 : 1000, 1));
    CHECK(share_unexplained(f, collect_random(*env, 500, 2)) < (name == "reacher" ? 0.04 : 0.01));
  }
}

TEST_CASE("the model learns the reward when asked to, and uses the known one otherwise") {
  const auto env = make_env("pendulum");
  const Dataset D = collect_random(*env, 1000, 1), fresh = collect_random(*env, 300, 2);
  std::vector<Index> all;
  for (Index i = 0; i < fresh.size(); ++i) all.push_back(i);
  const Row truth = fresh.reward(all).row(0).array();
  for (const bool learned : {true, false}) {
    ModelConfig config;
    config.learned_reward = learned;
    DeterministicModel f(*env, config, 1);
    f.fit(D);
    const Row reward = f.predict(fresh.s(all), fresh.a(all)).reward;
    const double error = std::sqrt(double((reward - truth).square().mean()));
    CHECK(error < (learned ? 0.5 : 1e-5));  // the true reward has a standard deviation of about 5
    if (learned) CHECK(error > 1e-4);
  }
}

TEST_CASE("B22: the holdout is a fixed tenth of D, whatever D grows to") {
  const auto env = make_env("pendulum");
  DeterministicModel f(*env, {}, 7);
  const Dataset D = collect_random(*env, 900, 1);
  Dataset part(2, 1);
  Index held = 0;
  for (Index i = 0; i < D.size(); ++i) {
    part.append({D.s({i}), D.a({i}), D.reward({i})(0, 0), D.s_next({i}), false, false});
    held += f.held_out(i);
    if ((i + 1) % 300 != 0) continue;
    const FitReport report = f.fit(part);
    CHECK(report.holdout_rows == held);  // those that were held out before still are
    CHECK(report.train_rows == part.size() - held);
  }
  CHECK(held > 60);
  CHECK(held < 120);
}

TEST_CASE("another seed holds out other transitions") {
  const auto env = make_env("pendulum");
  const DeterministicModel f(*env, {}, 1), g(*env, {}, 2);
  int differ = 0;
  for (Index i = 0; i < 1000; ++i) differ += f.held_out(i) != g.held_out(i);
  CHECK(differ > 100);  // 180 expected: 2 * 0.1 * 0.9
}

TEST_CASE("B14: what is held out has no influence on the statistics or on a pass of training") {
  const auto env = make_env("pendulum");
  ModelConfig config;
  config.epochs = 1;
  const Dataset D = collect_random(*env, 300, 1);
  double train_loss = 0;
  for (const double error : {0.0, 100.0}) {
    DeterministicModel f(*env, config, 1);
    Dataset spoilt(2, 1);
    for (Index i = 0; i < D.size(); ++i) {
      Vector s_next = D.s_next({i});
      if (f.held_out(i)) s_next.array() += static_cast<Scalar>(error);
      spoilt.append({D.s({i}), D.a({i}), D.reward({i})(0, 0), s_next, false, false});
    }
    const FitReport report = f.fit(spoilt);
    if (error > 0)
      CHECK(report.train_loss == train_loss);
    else
      train_loss = report.train_loss;
    CHECK((report.holdout_loss > 100) == (error > 0));
  }
}

TEST_CASE("the holdout loss is the mean squared error per normalised output, of held-out data") {
  const auto env = make_env("reacher");
  DeterministicModel f(*env, {}, 1);
  const Dataset D = collect_random(*env, 300, 1);
  const FitReport report = f.fit(D);
  std::vector<Index> held;
  for (Index i = 0; i < D.size(); ++i)
    if (f.held_out(i)) held.push_back(i);
  const Matrix said = forward(f.network(), f.io().encode(D.s(held), D.a(held)));
  const Matrix truth = f.io().target(D.s(held), D.s_next(held), D.reward(held));
  CHECK(report.holdout_loss == doctest::Approx(double((said - truth).array().square().mean())));
}

TEST_CASE("a model has the layers, the activation and the learning rate that it was asked for") {
  const auto env = make_env("pendulum");
  ModelConfig config;
  config.hidden_layers = 3, config.hidden_width = 7, config.activation = "tanh";
  config.learning_rate = 1e-7, config.epochs = 1;
  DeterministicModel f(*env, config, 1);
  const Mlp before = f.network();
  REQUIRE(before.layers.size() == 4);
  CHECK(before.layers[1].W.rows() == 7);
  CHECK(before.activation == Activation::tanh);
  f.fit(collect_random(*env, 300, 1));
  CHECK((f.network().layers[1].W - before.layers[1].W).cwiseAbs().maxCoeff() < 1e-5);
}

TEST_CASE("weight decay makes the weights smaller") {
  const auto env = make_env("pendulum");
  const Dataset D = collect_random(*env, 300, 1);
  const auto size_with = [&](double decay) {
    ModelConfig config;
    config.weight_decay = decay, config.epochs = 10;
    DeterministicModel f(*env, config, 1);
    f.fit(D);
    return f.network().layers[1].W.norm();
  };
  CHECK(size_with(0.1) < 0.9 * size_with(0));
}

TEST_CASE("every fit goes on from the weights of the last one") {
  const auto env = make_env("pendulum");
  ModelConfig config;
  config.epochs = 3;
  DeterministicModel f(*env, config, 1);
  const Dataset D = collect_random(*env, 300, 1);
  const double first = f.fit(D).holdout_loss;
  for (int i = 0; i < 10; ++i) f.fit(D);
  CHECK(f.fit(D).holdout_loss < first / 4);
}

TEST_CASE("new statistics are folded into the network, or left for it to learn") {
  const auto env = make_env("pendulum");
  // How far the predictions move when the data become twenty times as many and hardly anything is
  // learned.
  const auto moves = [&](bool fold_statistics) {
    ModelConfig config;
    config.epochs = 1, config.learning_rate = 1e-7, config.fold_statistics = fold_statistics;
    DeterministicModel f(*env, config, 1);
    f.fit(collect_random(*env, 20, 1));
    Rng rng(1, "test");
    const Matrix s = collect_random(*env, 100, 2).random_states(50, rng), a = Matrix::Zero(1, 50);
    const Matrix before = f.predict(s, a).s_next;
    f.fit(collect_random(*env, 400, 1));
    return double((f.predict(s, a).s_next - before).cwiseAbs().maxCoeff());
  };
  CHECK(moves(true) < 1e-3);
  CHECK(moves(false) > 1e-2);
}

TEST_CASE("the first statistics leave the initial weights as they are, folded or not") {
  const auto env = make_env("pendulum");
  for (const bool fold_statistics : {true, false}) {
    ModelConfig config;
    config.epochs = 1, config.learning_rate = 1e-7, config.fold_statistics = fold_statistics;
    DeterministicModel f(*env, config, 1);
    const Matrix W = f.network().layers.front().W;
    f.fit(collect_random(*env, 100, 1));
    CHECK((f.network().layers.front().W - W).cwiseAbs().maxCoeff() < 1e-4);
  }
}

TEST_CASE("training stops after `patience` passes in a row that are no better, at the best one") {
  // The loss before the first pass, after it, after the next, ...
  const std::vector<double> losses{5, 6, 4, 4, 6, 2, 7, 7, 7, 1};
  for (const int epochs : {100, 4}) {
    int passes = 0, kept = -1, weights = 0;
    const StoppedAt at = train_until_it_stops_improving(
        epochs, 3, [&] { weights = ++passes; },
        [&] { return losses.at(static_cast<std::size_t>(passes)); }, [&] { kept = weights; },
        [&] { weights = kept; });
    CHECK(at.epochs == (epochs == 100 ? 8 : 4));
    CHECK(at.best_loss == (epochs == 100 ? 2 : 4));
    CHECK(weights == (epochs == 100 ? 5 : 2));
  }
}

TEST_CASE("minibatches take every row once, in an order that is new with every pass") {
  Rng rng(1, "test");
  std::vector<std::vector<Index>> passes(2);
  for (auto& rows : passes) {
    std::vector<std::size_t> sizes;
    for_minibatches(23, 10, rng, [&](const std::vector<Index>& batch) {
      rows.insert(rows.end(), batch.begin(), batch.end());
      sizes.push_back(batch.size());
    });
    CHECK(sizes == std::vector<std::size_t>{10, 10, 3});
  }
  CHECK(passes[0] != passes[1]);
  for (auto& rows : passes) {
    std::sort(rows.begin(), rows.end());
    for (Index i = 0; i < 23; ++i) CHECK(rows.at(static_cast<std::size_t>(i)) == i);
  }
}

TEST_CASE("B23: fitting keeps the weights with the best holdout loss, not the last ones") {
  const auto env = make_env("pendulum");
  ModelConfig config;
  config.learning_rate = 0.5;  // so large that training makes things worse
  config.epochs = 3;
  DeterministicModel f(*env, config, 1);
  const Dataset D = collect_random(*env, 300, 1);
  f.fit(D);
  const double first = share_unexplained(f, D);
  const FitReport again = f.fit(D);
  CHECK(share_unexplained(f, D) <= first * 1.05);
  CHECK(again.holdout_loss < again.train_loss);
}

TEST_CASE("fitting twice from the same seed gives the same bits, and another seed does not") {
  const auto env = make_env("cartpole_balance");
  const Dataset D = collect_random(*env, 200, 1);
  Matrix first;
  for (const std::uint64_t seed : {1, 1, 2}) {
    DeterministicModel f(*env, {}, seed);
    f.fit(D);
    const Matrix W = f.network().layers.front().W;
    if (first.size() == 0)
      first = W;
    else
      CHECK((W == first) == (seed == 1));
  }
}

TEST_CASE("a model with data that are not finite stops with the name of what broke") {
  const auto env = make_env("pendulum");
  Dataset D(2, 1);
  for (int i = 0; i < 50; ++i)
    D.append({Vector::Constant(2, NAN), Vector::Zero(1), 0, Vector::Zero(2), false, false});
  DeterministicModel f(*env, {}, 1);
  CHECK_THROWS_WITH_AS(f.fit(D), doctest::Contains("dynamics model"), Diverged);
}

TEST_CASE("a saved model predicts the same bits when it is loaded") {
  const auto env = make_env("pendulum");
  DeterministicModel f(*env, {}, 1), g(*env, {}, 2);
  f.fit(collect_random(*env, 200, 1));
  const std::string path = "/tmp/mbrl-test-model.bin";
  Archive out;
  f.archive(out);
  out.save(path);
  Archive in(path);
  g.archive(in);
  Rng rng(1, "test");
  const Matrix s = rng.normal(2, 10), a = rng.normal(1, 10);
  CHECK(f.predict(s, a).s_next == g.predict(s, a).s_next);
}

}  // namespace test_deterministic
