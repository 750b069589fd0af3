#include <doctest/doctest.h>

#include <filesystem>
#include <numeric>

#include "dynamics/uncertain_model.hpp"
#include "envs/all.hpp"

namespace test_uncertain_model {

using namespace mbrl;

// One network that learns nothing, and keeps what it was given to learn from.
struct Idle : Posterior {
  Theta theta;
  RegressionData* seen;

  Idle(Index in, Index out, RegressionData* where) : seen(where) {
    Rng rng(1, "test");
    theta = make_theta(in, out, {}, Noise::learned, rng);
  }
  FitReport fit(const RegressionData& data, Workers&) override {
    *seen = data;
    return {};
  }
  std::vector<Theta> sample(int n, Rng&) const override {
    return {static_cast<std::size_t>(n), theta};
  }
  std::vector<Theta*> warm_started() override { return {&theta}; }
  void archive(Archive& ar) override {
    int k = 0;
    for (Matrix* p : parameters(theta)) ar.fixed_shape(std::to_string(k++), *p);
  }
};

struct Fixture {
  std::unique_ptr<Env> env = make_env("pendulum");
  RegressionData seen;
  Idle* idle = nullptr;
  UncertainModel model = make(0);
  Workers workers{1};

  UncertainModel make(double holdout, bool fold_statistics = true) {
    const ModelIo io(*env);
    auto posterior = std::make_unique<Idle>(io.input_dim(), io.output_dim(), &seen);
    idle = posterior.get();
    return {io, std::move(posterior), holdout, 1, fold_statistics};
  }
  // Random actions from wherever they lead; scale: how far from the start the states are written
  Dataset transitions(Index n, Scalar scale) const {
    Dataset D(env->spec.state_dim(), env->spec.action_dim());
    World world(*env, Rng(2, "test"));
    Rng rng(3, "test");
    while (D.size() < n) {
      Transition tr = world.step(random_action(env->spec, rng));
      tr.s *= scale, tr.s_next *= scale;
      D.append(tr);
      if (world.over()) world.reset();
    }
    return D;
  }
  // The means; the soft bounds of the variance are those of normalised units, and move with them.
  Matrix said(const UncertainModel& of) const {
    const Dataset D = transitions(20, 1);
    std::vector<Index> all(20);
    std::iota(all.begin(), all.end(), 0);
    return of.predict(idle->theta, D.s(all), D.a(all)).mean;
  }
};

TEST_CASE_FIXTURE(Fixture, "the first statistics leave the initial weights as they are") {
  const Matrix W = idle->theta.net.layers.front().W, V = idle->theta.net.layers.back().W;
  model.fit(transitions(200, 1), workers);
  CHECK(idle->theta.net.layers.front().W == W);
  CHECK(idle->theta.net.layers.back().W == V);
}

TEST_CASE_FIXTURE(Fixture, "B15: later statistics leave what was learned as it was") {
  model.fit(transitions(200, 1), workers);
  const Matrix before = said(model);
  model.fit(transitions(200, 3), workers);
  CHECK((said(model) - before).cwiseAbs().maxCoeff() < 1e-3);
}

TEST_CASE_FIXTURE(Fixture, "or, if asked to, leave the weights as they were") {
  UncertainModel unfolded = make(0, false);
  unfolded.fit(transitions(200, 1), workers);
  const Matrix W = idle->theta.net.layers.front().W, before = said(unfolded);
  unfolded.fit(transitions(200, 3), workers);
  CHECK(idle->theta.net.layers.front().W == W);
  CHECK((said(unfolded) - before).cwiseAbs().maxCoeff() > 1e-3);
}

TEST_CASE_FIXTURE(Fixture, "a loaded model counts as fitted, one that was only saved does not") {
  const Matrix W = idle->theta.net.layers.front().W;
  Archive early;
  model.archive(early);
  model.fit(transitions(200, 1), workers);
  CHECK(idle->theta.net.layers.front().W == W);

  const std::string path =
      (std::filesystem::temp_directory_path() / "mbrl-test-uncertain-model.bin").string();
  Archive out;
  model.archive(out);
  out.save(path);
  const Matrix before = said(model);
  UncertainModel loaded = make(0);
  Archive in(path);
  loaded.archive(in);
  std::filesystem::remove(path);
  CHECK(said(loaded) == before);
  loaded.fit(transitions(200, 3), workers);
  CHECK((said(loaded) - before).cwiseAbs().maxCoeff() < 1e-3);
}

TEST_CASE_FIXTURE(
    Fixture,
    "B14, B22: what is held out is never trained on, nor normalised with, nor changes sides") {
  UncertainModel half = make(0.5);
  Dataset D = transitions(200, 1);
  half.fit(D, workers);
  CHECK(seen.x.cols() + seen.x_holdout.cols() == 200);
  CHECK(seen.x.cols() > 70);
  CHECK(seen.x.cols() < 130);
  CHECK(seen.row.size() == std::size_t(seen.x.cols()));
  CHECK(seen.x.rowwise().mean().cwiseAbs().maxCoeff() < 1e-4);
  CHECK(seen.x_holdout.rowwise().mean().cwiseAbs().maxCoeff() > 1e-3);
  // row: which transitions these are
  CHECK(seen.x.isApprox(half.io().encode(D.s(seen.row), D.a(seen.row))));
  CHECK(seen.y.isApprox(half.io().target(D.s(seen.row), D.s_next(seen.row), D.reward(seen.row))));

  // No row changes sides as D grows.
  const std::vector<Index> before = seen.row;
  half.fit(transitions(300, 1), workers);
  CHECK(std::equal(before.begin(), before.end(), seen.row.begin()));
}

TEST_CASE("a prediction is the same on the tape, and its gradient that of its mean") {
  const auto env = make_env("cartpole_swingup");
  const ModelIo io(*env, true);
  for (const Noise noise : {Noise::none, Noise::fixed, Noise::learned}) {
    Rng rng(3, "test");
    const Theta theta = make_theta(io.input_dim(), io.output_dim(), {}, noise, rng, 0.3);
    const UncertainModel model(io, nullptr, 0, 1);
    const Matrix s = rng.normal(4, 9), a = rng.normal(1, 9);
    const NextState<Matrix> plain = model.predict(theta, s, a);
    Tape tape;
    const Var s_now = tape.parameter(s);
    const NextState<Var> taped = model.predict(theta, s_now, tape.constant(a));
    CHECK(taped.mean.value() == plain.mean);
    CHECK(taped.sd.value() == plain.sd);
    CHECK((taped.reward->value().array() == *plain.reward).all());

    tape.backward(sum(taped.mean));
    const Scalar h = Scalar(0.01);
    Matrix above = s, below = s;
    above.row(2).array() += h, below.row(2).array() -= h;
    const double slope =
        double((model.predict(theta, above, a).mean - model.predict(theta, below, a).mean).sum()) /
        double(2 * h);
    CHECK(double(s_now.adjoint().row(2).sum()) == doctest::Approx(slope).epsilon(0.01));
  }
}

}  // namespace test_uncertain_model
