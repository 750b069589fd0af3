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

// %% [markdown]
// ## How far one step may go
//
// The policy gradient says in which direction, for a step that is small enough. How small is that?
// A step that changes what the policy does by too much spoils it, and the next trajectories are
// those of a spoilt policy. A trust region bounds the change of the *actions*: the mean KL between
// the old policy and the new. Here both get the same: the true dynamics of the pendulum, so that no
// model is to blame, 50 trajectories of 200 steps per update, the same first policies. Only the
// step differs.

// %%
const int seeds = seeds_or(5);
constexpr int kUpdates = 100;

// The return per trajectory before each update.
static std::vector<double> trained(const Env& env, const version_2_5::Config& config,
                                   std::uint64_t seed) {
  Workers workers(2);
  version_2_5::Agent agent(env, config, seed);
  const Dataset none(env.spec.state_dim(), env.spec.action_dim());
  std::vector<double> returns;
  for (int k = 0; k < kUpdates; ++k) {
    const Trajectories tau = version_2_5::imagine(env, agent.dynamics({}, workers), agent.pi,
                                                  agent.starts(none, config.start, config.rollouts),
                                                  agent.policy_noise(config.rollouts));
    returns.push_back(double(tau.reward.sum()) / config.rollouts);
    Matrix A = reward_to_go(tau.reward, config.discount);
    A -= mean_of_the_others(A);
    agent.improve(tau, A, workers);
  }
  return returns;
}

static double mean_of_last(const std::vector<double>& returns, std::size_t n) {
  double sum = 0;
  for (std::size_t k = returns.size() - n; k < returns.size(); ++k) sum += returns[k];
  return sum / double(n);
}

RUN {
  const auto env = make_env("pendulum");
  struct Setting {
    std::string label, step;
    double size;  // Adam's learning rate, or the bound of the KL
  };
  const std::vector<Setting> settings{{"plain, learning rate 0.003", "plain", 3e-3},
                                      {"plain, learning rate 0.01", "plain", 1e-2},
                                      {"plain, learning rate 0.03", "plain", 3e-2},
                                      {"trust region, KL at most 0.02", "trust", 0.02}};
  Figure figure{.title = "pendulum, true dynamics: median over " + std::to_string(seeds) +
                         " seeds, and each of them",
                .x_label = "updates of the policy",
                .y_label = "return"};
  std::vector<Series> medians;
  std::vector<int> solved(settings.size(), 0);
  for (std::size_t i = 0; i < settings.size(); ++i) {
    version_2_5::Config config;
    config.true_dynamics = true, config.policy_step = settings[i].step;
    config.trainer.learning_rate = config.trust.max_kl = settings[i].size;
    std::vector<std::vector<double>> runs;
    std::printf("%-30s mean of the last 10 of %d updates:", settings[i].label.c_str(), kUpdates);
    for (int seed = 1; seed <= seeds; ++seed) {
      runs.push_back(trained(*env, config, std::uint64_t(seed)));
      const double late = mean_of_last(runs.back(), 10);
      solved[i] += late > -250;
      std::printf(" %.0f", late);
    }
    std::printf("\n");
    Series median{.label = settings[i].label, .color = palette(i), .width = 3};
    for (int k = 0; k < kUpdates; ++k) {
      std::vector<double> now;
      for (const auto& run : runs) now.push_back(run[std::size_t(k)]);
      std::nth_element(now.begin(), now.begin() + seeds / 2, now.end());
      median.x.push_back(k), median.y.push_back(now[std::size_t(seeds / 2)]);
    }
    for (const auto& run : runs)
      figure.series.push_back(
          {.x = median.x, .y = run, .color = palette(i), .width = 1, .opacity = 0.35});
    medians.push_back(median);
  }
  figure.series.insert(figure.series.end(), medians.begin(), medians.end());
  show({figure}, "trust_region");
  expect(solved.back() == seeds, "inside the trust region every seed learns to swing up");
  expect(*std::max_element(solved.begin(), solved.begin() + 3) < seeds,
         "with no learning rate of the plain step every seed does");
}
