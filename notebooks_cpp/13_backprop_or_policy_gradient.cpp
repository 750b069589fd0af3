// %% [markdown]
// # Version 2.0 against version 2.5: two estimates of one gradient
//
// "Use derivative-free RL algorithms, with the model used to generate synthetic samples. Seems
// weirdly backwards. Actually works very well." Version 2.0 backpropagates through the model;
// version 2.5 only samples from it, and weights the gradient of $\log \pi$ with the return that
// followed. Where no rollout ends early both estimate the same gradient.

// %%
#include "algorithms/04_version_2_5.hpp"
#include "scene.hpp"

using namespace mbrl;

// All adjoints of a policy's weights, one below the other.
static Matrix flat(const std::vector<Matrix*>& gradient) {
  Matrix all = gradient[0]->reshaped();
  for (std::size_t i = 1; i < gradient.size(); ++i)
    all = stack(all, Matrix(gradient[i]->reshaped()));
  return all;
}

static Dynamics<Matrix> sampled(const Env& env) {
  return [&env](const Matrix& s, const Matrix& a) {
    const Matrix s_next = env.dynamics(s, a);
    return Step<Matrix>{s_next, env.reward(s, a, s_next)};
  };
}

// dJ/dtheta from rollouts that begin at s_0, (state_dim, B), under the policy's noise eps.
static Matrix by_backpropagation(const Env& env, const NetworkPolicy& pi, const Matrix& s_0,
                                 const std::vector<Matrix>& eps) {
  Tape tape;
  const NetworkPolicyOf<Var> taped = on_tape(tape, pi);
  const Var J = version_2_0::imagined_return(env, true_dynamics<Var>(env), taped,
                                             tape.constant(Matrix(s_0)), eps);
  tape.backward(sum(J));
  return flat(adjoints(leaves(taped, true)));
}

static Matrix by_policy_gradient(const Env& env, const NetworkPolicy& pi, const Matrix& s_0,
                                 const std::vector<Matrix>& eps) {
  const auto tau = version_2_5::imagine(env, sampled(env), pi, s_0, eps);
  const Matrix Q = reward_to_go(tau.reward, 1);
  Tape tape;
  const NetworkPolicyOf<Var> taped = on_tape(tape, pi);
  tape.backward(surrogate(env, taped, tau, Q, {0, 0, 1, tape}));
  return flat(adjoints(leaves(taped, true)));
}

// %% [markdown]
// ## The noise of both
//
// One rollout's estimate, through the true dynamics of the swing-up, as the horizon grows.
// Backpropagation is far less noisy while the horizon is short; its noise then grows with the
// product of Jacobians, that of the policy gradient only with the number of steps.

// %%
const Scene scene = make_scene("cartpole_swingup", 10);
constexpr int kRepeats = 400;

// sqrt of the trace of the covariance
static double noise_of(const std::vector<Matrix>& estimates) {
  Matrix mean = Matrix::Zero(estimates[0].rows(), 1);
  for (const Matrix& g : estimates) mean += g / Scalar(estimates.size());
  double spread = 0;
  for (const Matrix& g : estimates) spread += double((g - mean).squaredNorm());
  return std::sqrt(spread / double(estimates.size()));
}

RUN {
  const Env& env = *scene.env;
  Series backprop{.label = "version 2.0: backpropagation", .style = Style::line_points};
  Series score{.label = "version 2.5: policy gradient", .style = Style::line_points};
  for (const int H : {2, 5, 10, 20, 40, 80, 160}) {
    std::vector<Matrix> of_2_0, of_2_5;
    Rng luck(8, "luck");
    for (int i = 0; i < kRepeats; ++i) {
      const Matrix s_0 = env.reset(luck);
      std::vector<Matrix> eps;
      for (int t = 0; t < H; ++t) eps.push_back(luck.normal(1, 1));
      of_2_0.push_back(by_backpropagation(env, scene.pi, s_0, eps));
      of_2_5.push_back(by_policy_gradient(env, scene.pi, s_0, eps));
    }
    backprop.x.push_back(H), backprop.y.push_back(noise_of(of_2_0));
    score.x.push_back(H), score.y.push_back(noise_of(of_2_5));
    std::printf("H = %3d: sd of version 2.0's estimate %9.2e, of version 2.5's %9.2e\n", H,
                backprop.y.back(), score.y.back());
  }
  show({Figure{.title = "Standard deviation of one rollout's gradient estimate",
               .x_label = "H, steps of the rollout",
               .y_label = "sqrt(trace of the covariance)",
               .series = {backprop, score},
               .log_x = true,
               .log_y = true}},
       "gradient_noise");
  expect(backprop.y[1] < score.y[1], "at H = 5 backpropagation is the less noisy one");
  expect(backprop.y.back() > score.y.back(), "at H = 160 the policy gradient is");
}

// %% [markdown]
// ## Where there is no slope
//
// `cartpole_balance` pays 1 for every step until the pole falls. This reward does not depend on the
// state, so backpropagation gives a gradient of exactly zero and version 2.0 cannot learn. The
// policy gradient needs only to know which rollouts lasted longer. Where rollouts end early the two
// are not estimates of the same thing: the step at which one ends jumps, and no derivative passes
// through a jump, but the return depends on it.

// %%
RUN {
  const auto env = make_env("cartpole_balance");
  Rng weights(3, "policy"), luck(8, "luck");
  const NetworkPolicy pi = make_network_policy(*env, {}, weights);
  Matrix s_0(4, 50);
  for (Index b = 0; b < 50; ++b) s_0.col(b) = env->reset(luck);
  std::vector<Matrix> eps;
  for (int t = 0; t < 100; ++t) eps.push_back(luck.normal(1, 50));
  const double flat_slope = double(by_backpropagation(*env, pi, s_0, eps).norm());
  const double sampled_slope = double(by_policy_gradient(*env, pi, s_0, eps).norm());
  std::printf("norm of the gradient from 50 rollouts: version 2.0 %g, version 2.5 %.1f\n",
              flat_slope, sampled_slope);
  expect(flat_slope == 0, "version 2.0: a gradient of exactly zero");
  expect(sampled_slope > 0, "version 2.5: not so");
}
