// The gradient of version 2.0, through 50 steps of model and policy, against differences: in
// double, by make test SCALAR=double T=imagined_return.
#include <doctest/doctest.h>

#include "algorithms/03_version_2_0.hpp"
#include "envs/all.hpp"

using namespace mbrl;

namespace test_imagined_return {

// J of a policy and, if wanted, its gradient.
double J(version_2_0::Agent& agent, const Matrix& s, const Theta& theta,
         const std::vector<Matrix>& eps, const std::vector<Matrix>& xi,
         std::vector<Matrix>* gradient) {
  Tape tape;
  const NetworkPolicyOf<Var> pi = on_tape(tape, agent.pi);
  const auto f = agent.dynamics(theta, xi);
  const Var total =
      sum(version_2_0::imagined_return(agent.env, f, pi, tape.constant(Matrix(s)), eps));
  if (gradient) {
    tape.backward(total);
    gradient->clear();
    for (const Matrix* g : adjoints(leaves(pi, true))) gradient->push_back(*g);
  }
  return total.value()(0, 0);
}

TEST_CASE("the gradient through 50 imagined steps is that of central differences") {
  constexpr int H = 50;
  for (const char* name : {"point_mass", "pendulum", "cartpole_swingup"})
    for (const char* kind : {"true", "D", "PE"}) {
      CAPTURE(name);
      CAPTURE(kind);
      const auto env = make_env(name);
      version_2_0::Config config;
      config.stochastic = true;
      config.true_dynamics = std::string(kind) == "true";
      config.model.kind = config.true_dynamics ? "D" : kind;
      config.model.network.epochs = 20;
      config.policy.hidden_width = 8;
      version_2_0::Agent agent(*env, config, 1);

      Rng rng(1, "test");
      Dataset D(env->spec.state_dim(), env->spec.action_dim());
      World world(*env, Rng(2, "test"));
      while (D.size() < 200) {
        D.append(world.step(random_action(env->spec, rng)));
        if (world.over()) world.reset();
      }
      Workers workers(1);
      agent.model.fit(D, workers);
      const Theta theta = agent.model.sample(1, rng)[0];
      Matrix s(env->spec.state_dim(), 3);
      for (Index j = 0; j < 3; ++j) s.col(j) = env->reset(rng);
      std::vector<Matrix> eps, xi;
      for (int t = 0; t < H; ++t) {
        eps.push_back(0.3 * rng.normal(env->spec.action_dim(), 3));
        xi.push_back(rng.normal(env->spec.state_dim(), 3));
      }

      std::vector<Matrix> gradient;
      J(agent, s, theta, eps, xi, &gradient);
      const std::vector<Matrix*> weights = parameters(agent.pi, true);
      double largest = 0;
      for (const Matrix& g : gradient) largest = std::max(largest, g.cwiseAbs().maxCoeff());
      for (std::size_t i = 0; i < weights.size(); ++i) {
        Scalar& w = weights[i]->data()[rng.below(weights[i]->size())];
        const Scalar slope = gradient[i].data()[&w - weights[i]->data()], kept = w;
        const double h = 1e-5;
        w = kept + h;
        const double above = J(agent, s, theta, eps, xi, nullptr);
        w = kept - h;
        const double below = J(agent, s, theta, eps, xi, nullptr);
        w = kept;
        CHECK(std::abs((above - below) / (2 * h) - slope) < 1e-5 * largest);
      }
    }
}

}  // namespace test_imagined_return
