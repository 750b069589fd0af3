#include "learners/exported_policy.hpp"

#include <doctest/doctest.h>

#include "envs/all.hpp"
#include "learners/off_policy_learner.hpp"

using namespace mbrl;

namespace test_exported_policy {

Matrix states(const Env& env, Index B) {
  Rng rng(1, "test");
  Matrix s(env.spec.state_dim(), B);
  for (Index j = 0; j < B; ++j) s.col(j) = env.reset(rng);
  return s;
}

ExportedPolicy small() {
  MlpConfig shape;
  shape.hidden_width = 5, shape.activation = Activation::relu;
  Rng weights(1, "weights");
  return {"pendulum", "sac", 1234, make_mlp(3, 1, shape, weights)};
}

// The text with the first `from` in it replaced.
std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

void check_refused(const std::string& text, const std::string& because) {
  CAPTURE(text);
  std::string said;
  try {
    exported_policy(text);
  } catch (const UserError& error) {
    said = error.what();
  }
  CHECK(said.find(because) != std::string::npos);
}

TEST_CASE("the network of every model-free learner acts as the learner does") {
  for (const char* name : {"pendulum", "reacher", "half_cheetah"})
    for (const char* kind : {"sac", "ddpg", "naf"}) {
      CAPTURE(name);
      CAPTURE(kind);
      const auto env = make_env(name);
      LearnerConfig config;
      config.kind = kind;
      const auto learner = make_learner(*env, config, 1);
      const ExportedPolicy policy{name, kind, 0, learner->policy_network()};
      const Matrix s = states(*env, 20);
      CHECK(policy.act(*env, s).isApprox(learner->act(s)));
    }
}

TEST_CASE("a policy that was written and read acts as before, to a thousandth of the box") {
  const auto env = make_env("half_cheetah");
  const auto learner = make_learner(*env, {}, 1);
  const ExportedPolicy before{"half_cheetah", "mbpo", 15000, learner->policy_network()};
  const ExportedPolicy after = exported_policy(text_of(before));
  CHECK(after.env == "half_cheetah");
  CHECK(after.algorithm == "mbpo");
  CHECK(after.env_steps == 15000);
  CHECK(after.net.activation == Activation::relu);
  const Matrix s = states(*env, 50), off = after.act(*env, s) - before.act(*env, s);
  CHECK(off.cwiseAbs().maxCoeff() < 1e-3);
  CHECK(off.cwiseAbs().maxCoeff() > 0);
}

TEST_CASE("each weight is right to half a unit, and a matrix of zeros stays one") {
  ExportedPolicy policy = small();
  const ExportedPolicy read = exported_policy(text_of(policy));
  for (std::size_t l = 0; l < policy.net.layers.size(); ++l) {
    const auto& [W, b] = policy.net.layers[l];
    const double unit = double(W.cwiseAbs().maxCoeff()) / 32767;
    CHECK(double((read.net.layers[l].W - W).cwiseAbs().maxCoeff()) < 0.5001 * unit);
    CHECK(read.net.layers[l].b == b);  // zero, as in every fresh network
  }
  policy.net.layers[0].W(0, 0) = std::numeric_limits<Scalar>::infinity();
  CHECK_THROWS_AS(text_of(policy), Diverged);
}

TEST_CASE("what was written twice is the same text, and lines may have any length") {
  const std::string text = text_of(small()), again = text_of(exported_policy(text));
  CHECK(text == again);
  const std::size_t weights = text.find("weights\n") + 8;
  std::string narrow = text.substr(0, weights);
  for (std::size_t i = weights; i < text.size(); ++i)
    if (text[i] != '\n') narrow += std::string(1, text[i]) + "\r\n";
  CHECK(text_of(exported_policy(narrow)) == text);
}

TEST_CASE("a policy that is damaged is refused, and said why") {
  const std::string text = text_of(small());
  check_refused("", "does not begin with 'mbrl policy 1'");
  check_refused(with(text, "policy 1", "policy 2"), "does not begin with");
  check_refused(with(text, "env ", "world "), "'env ...' was expected");
  check_refused(with(text, "steps 1234", "steps many"), "steps are no number");
  check_refused(with(text, "relu", "rule"), "unknown activation 'rule'");
  check_refused(with(text, "layers 3 5", "layers 3 50"), "weights, and there are");
  check_refused(with(text, "layers 3 5", "layers 3 0"), "no size");
  check_refused(with(text, "layers 3 5", "layers 3 -5"), "no size");
  check_refused(with(text, "layers 3 5", "layers 3 99999"), "no size");
  check_refused(with(text, "layers 3 5 5 1", "layers 3"), "from the 3 features of pendulum");
  check_refused(with(text, "layers 3 5 5 1", "layers 4 5 5 1"), "from the 3 features of pendulum");
  check_refused(with(text, "layers 3 5 5 1", "layers 3 5 5 2"), "to its 1 actions");
  check_refused(with(text, "env pendulum", "env pendulm"), "did you mean 'pendulum'");
  check_refused(with(text, "units ", "units x"), "a unit is missing");
  check_refused(with(text, "units ", "units -"), "a unit is missing");
  check_refused(with(text, "\nweights\n", "\n"), "weights are missing");
  check_refused(text.substr(0, text.size() - 9), "weights, and there are");
  check_refused(with(text, "weights\n", "weights\n!"), "the sign !");
}

}  // namespace test_exported_policy
