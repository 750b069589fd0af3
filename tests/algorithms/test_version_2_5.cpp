#include "algorithms/04_version_2_5.hpp"

#include <doctest/doctest.h>

#include "check_run.hpp"

using namespace mbrl;

namespace test_version_2_5 {

using namespace mbrl::version_2_5;

Config tiny() {
  Config config;
  config.initial_steps = 60;
  config.refit_every = 20;
  config.model.network.epochs = 3;
  config.updates = 4, config.rollouts = 12, config.horizon = 5, config.check_every = 2;
  return config;
}

TEST_CASE("the reward-to-go is what is still to come, discounted") {
  const Matrix reward{{1, 2}, {10, 20}, {100, 200}};
  const Matrix Q = reward_to_go(reward, 0.5);
  CHECK(Q.isApprox(Matrix{{1 + 5 + 25, 2 + 10 + 50}, {60, 120}, {100, 200}}));
}

TEST_CASE("the baseline of a trajectory is the mean of the others, and never its own") {
  const Matrix Q{{1, 2, 6}, {0, 0, 3}};
  CHECK(mean_of_the_others(Q).isApprox(Matrix{{4, Scalar(3.5), Scalar(1.5)}, {1.5, 1.5, 0}}));
}

TEST_CASE("trajectories are rollouts of policy and dynamics; after the end nothing counts") {
  const auto env = make_env("cartpole_balance");
  Rng rng(1, "test");
  const NetworkPolicy pi = make_network_policy(*env, {.initial_sd = 2}, rng);
  constexpr int T = 60, B = 6;
  Matrix s(4, B);
  for (Index j = 0; j < B; ++j) s.col(j) = env->reset(rng);
  std::vector<Matrix> eps;
  for (int t = 0; t < T; ++t) eps.push_back(rng.normal(1, B));
  const Dynamics<Matrix> f = [&](const Matrix& x, const Matrix& a) {
    const Matrix x_next = env->dynamics(x, a);
    return Step<Matrix>{x_next, env->reward(x, a, x_next)};
  };
  const Trajectories tau = imagine(*env, f, pi, s, eps);
  int ended = 0;
  for (Index j = 0; j < B; ++j) {
    Matrix x = s.col(j);
    bool over = false;
    for (Index t = 0; t < Index(tau.s.size()); ++t) {
      CHECK(tau.counts(t, j) == (over ? 0 : 1));
      if (over) CHECK(tau.reward(t, j) == 0);
      if (over) continue;
      CHECK((tau.s[std::size_t(t)].col(j) - x).norm() < 1e-3);
      const Matrix u = sample_u(*env, pi, x, eps[std::size_t(t)].col(j));
      CHECK((tau.u[std::size_t(t)].col(j) - u).norm() < 1e-3);
      const Matrix a = squash(env->spec, u), x_next = env->dynamics(x, a);
      CHECK(tau.reward(t, j) == env->reward(x, a, x_next)(0));
      x = x_next;
      over = env->terminated(x)(0);
    }
    ended += over;
  }
  CHECK(ended > 0);
}

// A linear-Gaussian world in u = atanh(a): s' = 0.9 s + 0.5 u, r = -s'^2. With mu = k s the state
// stays normal with mean 0, and the expected return has a closed form.
struct Line {
  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "line";
    spec.state_names = {"s"};
    spec.action_low = Vector::Constant(1, -1), spec.action_high = Vector::Constant(1, 1);
    spec.max_steps = 10;
    spec.noise_scale = Vector::Zero(1);
    return spec;
  }
  static Matrix atanh(const Matrix& a) {
    return (((1 + a.array()) / (1 - a.array())).log() / 2).matrix();
  }
  static Var atanh(const Var& a) { return log((1 + a) / (1 - a)) / Scalar(2); }
  template <class M>
  M dynamics(const M& s, const M& a) const {
    return Scalar(0.9) * s + Scalar(0.5) * atanh(a);
  }
  template <class M>
  RowOf<M> reward(const M&, const M&, const M& s_next) const {
    return -square(row(s_next, 0));
  }
  Mask terminated(const Matrix& s_next) const { return Mask::Constant(s_next.cols(), false); }
  template <class M>
  M features(const M& s) const {
    return s;
  }
  Vector reset(Rng& rng) const { return rng.normal(1, 1).col(0); }
  Drawing draw(const Vector&) const { return {}; }
};

// J(k, log_sd) = -sum_t E[s_{t+1}^2], s_0 ~ N(0, 1)
double closed_form(double k, double log_sd, int T) {
  double variance = 1, J = 0;
  for (int t = 0; t < T; ++t) {
    variance = std::pow(0.9 + 0.5 * k, 2) * variance + 0.25 * std::exp(2 * log_sd);
    J -= variance;
  }
  return J;
}

TEST_CASE("the gradient estimate is the exact one within its standard error, baseline or not") {
  const auto env = make_env(Line{});
  Rng rng(1, "test");
  NetworkPolicy pi = make_network_policy(*env, {.hidden_layers = 0}, rng);
  const double k = -0.6, log_sd = -1.2;
  constexpr int T = 10, B = 50, repeats = 2000;
  pi.net.layers[0].W.setConstant(Scalar(k)), pi.net.layers[0].b.setZero();
  pi.log_sd.setConstant(Scalar(log_sd));
  const Dynamics<Matrix> f = [&](const Matrix& x, const Matrix& a) {
    const Matrix x_next = env->dynamics(x, a);
    return Step<Matrix>{x_next, env->reward(x, a, x_next)};
  };
  const double h = 1e-4;
  const double by_k = (closed_form(k + h, log_sd, T) - closed_form(k - h, log_sd, T)) / (2 * h);
  const double by_log_sd =
      (closed_form(k, log_sd + h, T) - closed_form(k, log_sd - h, T)) / (2 * h);
  double spread[2];
  for (const bool baseline : {false, true}) {
    CAPTURE(baseline);
    Workers workers(1);
    PolicyTrainer trainer({}, true);
    Eigen::ArrayXd slope_k(repeats), slope_sd(repeats);
    for (int i = 0; i < repeats; ++i) {
      std::vector<Matrix> eps;
      for (int t = 0; t < T; ++t) eps.push_back(rng.normal(1, B));
      const Trajectories tau = imagine(*env, f, pi, rng.normal(1, B), eps);
      Matrix A = reward_to_go(tau.reward, 1);
      if (baseline) A -= mean_of_the_others(A);
      const auto J = [&](const NetworkPolicyOf<Var>& taped, const Piece& piece) {
        return surrogate(*env, taped, tau, A, piece);
      };
      const auto slope = trainer.slope(pi, B, J, workers);
      slope_k(i) = double((*slope.gradient[0])(0, 0));
      slope_sd(i) = double((*slope.gradient[2])(0, 0));
    }
    const auto error = [](const Eigen::ArrayXd& x) {
      return std::sqrt((x - x.mean()).square().mean() / double(x.size() - 1));
    };
    CHECK(std::abs(slope_k.mean() - by_k) < 3.5 * error(slope_k));
    CHECK(std::abs(slope_sd.mean() - by_log_sd) < 3.5 * error(slope_sd));
    CHECK(error(slope_k) < 0.05 * std::abs(by_k));  // so that a bias of a fifth would be seen
    spread[baseline] = error(slope_sd);
  }
  CHECK(spread[1] < 0.9 * spread[0]);  // what the baseline is for
}

TEST_CASE(
    "the share of models on which the policy improves: none if it is the same, all if better") {
  const auto env = make_env("pendulum");
  Config config = tiny();
  config.model.ensemble.members = 4;
  Agent agent(*env, config, 1);
  Dataset D(2, 1);
  World world(*env, Rng(1, "test"));
  Rng rng(2, "test");
  while (D.size() < 100) D.append(world.step(random_action(env->spec, rng)));
  Workers workers(1);
  agent.model.fit(D, workers);
  const Matrix s = agent.starts(D, "visited", 20);
  CHECK(agent.improving_share(agent.pi, s, workers) == 0);
  // The models' own noise must be the same for both, too.
  config.model.kind = "PE";
  Agent noisy(*env, config, 1);
  noisy.model.fit(D, workers);
  for (int i = 0; i < 5; ++i) CHECK(noisy.improving_share(noisy.pi, s, workers) == 0);
  NetworkPolicy wasteful = agent.pi;
  // The cost has 0.001 a^2: from rest at the top, one that pushes at random is worse.
  wasteful.log_sd.setConstant(3), agent.pi.log_sd.setConstant(-10);
  CHECK(agent.improving_share(wasteful, Matrix::Zero(2, 20), workers) == 1);
}

// The same reward whatever is done: without a baseline the policy moves, and gets no better.
struct Paid : Line {
  template <class M>
  RowOf<M> reward(const M&, const M&, const M& s_next) const {
    return Scalar(0) * row(s_next, 0) + Scalar(1);
  }
};

// The agent at the end of a run of four refits.
Agent after_run(const Env& env, const Config& config, double* updates = nullptr) {
  RunOptions options = quietly(4);
  options.out = empty_folder("v2.5-paid");
  {
    Recorder record(options, env.spec, "test");
    version_2_5::run(env, config, record);
  }
  if (updates) *updates = std::stod(read_csv(options.out + "/policy.csv").rows[0][1]);
  Agent agent(env, config, 1);
  Archive archive(options.out + "/checkpoint.bin");
  archive("agent", agent);
  return agent;
}

Config moving() {
  Config config = tiny();
  config.refit_every = 10, config.updates = 50, config.horizon = 10;
  config.true_dynamics = true, config.baseline = false;
  return config;
}

TEST_CASE("training stops after so many looks in vain, and goes back to the last that was not") {
  const auto env = make_env(Paid{});
  Config config = moving();
  config.check_every = 3, config.looks_in_vain = 2;
  const Vector before = flat(Agent(*env, config, 1).pi);
  double updates = 0;
  CHECK(flat(after_run(*env, config, &updates).pi) == before);
  CHECK(updates == 6);
  config.go_back = false;
  CHECK((flat(after_run(*env, config).pi) - before).norm() > 0.1);
}

TEST_CASE(
    "the policy's standard deviation begins anew at every refit but the first, if asked for") {
  const auto env = make_env("pendulum");
  env->spec.max_steps = 20;  // an episode for each refit
  Config config = tiny();
  const auto with = returns_of(*env, config, version_2_5::run, quietly(3));
  config.reset_sd = false;
  const auto without = returns_of(*env, config, version_2_5::run, quietly(3));
  CHECK(with[0] == without[0]);
  CHECK(with[1] != without[1]);
}

TEST_CASE("a plain step is Adam's on the policy gradient; the other stays in the trust region") {
  const auto env = make_env("pendulum");
  Config config = tiny();
  config.true_dynamics = true;
  Workers workers(1);
  for (const char* step : {"plain", "trust"}) {
    config.policy_step = step;
    Agent agent(*env, config, 1);
    const NetworkPolicy old = agent.pi;
    const Trajectories tau =
        imagine(*env, agent.dynamics({}, workers), agent.pi,
                agent.starts(Dataset(2, 1), "initial", 12), agent.policy_noise(12));
    Matrix A = reward_to_go(tau.reward, 0.99);
    A -= mean_of_the_others(A);
    CHECK(agent.improve(tau, A, workers) > 0);
    CHECK(flat(agent.pi) != flat(old));

    NetworkPolicy by_adam = old;
    const auto J = [&](const NetworkPolicyOf<Var>& pi, const Piece& piece) {
      return surrogate(*env, pi, tau, A, piece);
    };
    PolicyTrainer(config.trainer, true).ascend(by_adam, 12, J, workers);
    CHECK((flat(agent.pi) == flat(by_adam)) == (config.policy_step == "plain"));
    if (config.policy_step == "trust")
      CHECK(mean_kl(*env, old, agent.pi, steps_taken(tau, A).s) <= config.trust.max_kl);
  }
}

TEST_CASE("every step of a trajectory may be by another model, and each gets its share") {
  Workers workers(1);
  const auto env = make_env("point_mass");
  Config config = tiny();
  config.model.ensemble.members = 4;
  Agent agent(*env, config, 1);
  const std::vector<Theta> thetas = agent.model.sample(4, agent.imagination);
  const Dynamics<Matrix> f = agent.dynamics(thetas, workers);
  const Matrix s = Matrix::Ones(4, 12), a = Matrix::Ones(2, 12);
  const auto which = [&](const Matrix& s_next) {
    std::vector<int> model;
    for (Index j = 0; j < 12; ++j)
      for (int k = 0; k < 4; ++k) {
        const Matrix alone = agent.model.predict(thetas[std::size_t(k)], s.col(j), a.col(j)).mean;
        if ((s_next.col(j) - alone.col(0)).norm() < 1e-6) model.push_back(k);
      }
    return model;
  };
  const std::vector<int> once = which(f(s, a).s_next), again = which(f(s, a).s_next);
  REQUIRE(once.size() == 12);
  for (int k = 0; k < 4; ++k) CHECK(std::count(once.begin(), once.end(), k) == 3);
  CHECK(once != again);
}

TEST_CASE("the same seed gives the same returns, to the bit, on 1, 2 and 4 threads") {
  const auto env = make_env("pendulum");
  env->spec.max_steps = 40;
  const auto one = returns_of(*env, tiny(), version_2_5::run, quietly(2, 1));
  CHECK(one == returns_of(*env, tiny(), version_2_5::run, quietly(2, 2)));
  CHECK(one == returns_of(*env, tiny(), version_2_5::run, quietly(2, 4)));
}

TEST_CASE("a loaded run acts as the policy that was saved, and imagines with its model") {
  const auto env = make_env("pendulum");
  env->spec.max_steps = 40;
  RunOptions options = quietly(1);
  options.out = empty_folder("v2.5-load");
  Recorder record(options, env->spec, "test");
  version_2_5::run(*env, tiny(), record);
  Workers workers(1);
  const Vector s{{Scalar(1), Scalar(0)}};
  std::vector<Vector> actions;
  for (const char* file : {"checkpoint.bin", "checkpoint.bin", "first.bin"}) {
    Archive archive(options.out + "/" + file);
    const Policy policy = version_2_5::load(*env, tiny(), 1, workers, archive);
    actions.push_back(policy.act(s));
    CHECK(policy.imagine(s, Vector::Zero(9), 50).back().cols() == 50);
  }
  CHECK(actions[0] == actions[1]);
  CHECK(actions[0] != actions[2]);
}

TEST_CASE("version 2.5 balances the pole within 6 episodes") {
  const auto env = make_env("cartpole_balance");
  const auto returns = returns_of(*env, Config{}, version_2_5::run, quietly(6));
  CHECK(*std::max_element(returns.begin(), returns.end()) > 150);  // random: 27
}

}  // namespace test_version_2_5
