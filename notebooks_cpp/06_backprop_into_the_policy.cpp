// %% [markdown]
// # What is wrong with backpropagating into the policy?
//
// The gradient of a long imagined return is a sum of products of Jacobians, one factor per step.
// The lecture: "vanishing and exploding gradients", "we can't just choose a simple dynamics,
// dynamics are chosen by nature", "similar parameter sensitivity problems as shooting methods".
// Here each of these is measured, through the true dynamics and through learned ones.

// %%
#include <Eigen/SVD>

#include "algorithms/03_version_2_0.hpp"
#include "algorithms/04_version_2_5.hpp"
#include "envs/all.hpp"
#include "envs/point_mass.hpp"
#include "planning/lqr.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

// A world to look at: the true dynamics, a model of them learned from random steps, and a policy.
struct Scene {
  std::string name;
  std::unique_ptr<Env> env;
  std::unique_ptr<UncertainModel> model;
  Theta theta;
  NetworkPolicy pi;
};

static Scene make_world(const std::string& name) {
  Scene w{name, make_env(name), nullptr, {}, {}};
  Dataset D(w.env->spec.state_dim(), w.env->spec.action_dim());
  World world(*w.env, Rng(1, "world"));
  Rng rng(1, "actions"), weights(3, "policy");
  while (D.size() < 1000) {
    D.append(world.step(random_action(w.env->spec, rng)));
    if (world.over()) world.reset();
  }
  UncertainModelConfig config{.kind = "D"};
  config.network.epochs = 100;
  w.model = std::make_unique<UncertainModel>(make_uncertain_model(*w.env, config, 1));
  Workers workers(2);
  w.model->fit(D, workers);
  w.theta = w.model->sample(1, rng)[0];
  w.pi = make_network_policy(*w.env, {}, weights);
  return w;
}

static TapedDynamics dynamics(const Scene& w, bool learned) {
  return learned ? learned_dynamics(*w.model, w.theta) : true_dynamics(*w.env);
}

// ds_T / ds_0 with a_t = pi(s_t): its singular values, largest first, for T = 1, 2, ...
static std::vector<Eigen::VectorXd> singular_values(const Scene& w, bool learned, int T) {
  Rng rng(5, "start");
  Matrix s = w.env->reset(rng);
  Eigen::MatrixXd product = Eigen::MatrixXd::Identity(s.rows(), s.rows());
  std::vector<Eigen::VectorXd> all;
  for (int t = 0; t < T; ++t) {
    // One closed-loop step s -> f(s, pi(s)) as a "dynamics" without action.
    const auto closed = [&](Tape& tape) -> TapedDynamics {
      return [&w, f = dynamics(w, learned), pi = on_tape(tape, w.pi)](const Var& x, const Var&) {
        return f(x, squash(w.env->spec, mean_u(*w.env, pi, x)));
      };
    };
    const Matrix none = Matrix::Zero(w.env->spec.action_dim(), 1);
    product = jacobians(closed, s, none).s[0].cast<double>() * product;
    all.push_back(Eigen::JacobiSVD<Eigen::MatrixXd>(product).singularValues());
    Tape tape;
    s = closed(tape)(tape.constant(Matrix(s)), tape.constant(Matrix(none))).s_next.value();
  }
  return all;
}

// |dJ/dtheta| / H of the mean imagined return over H steps from 20 starts.
static double gradient_norm_at(const Scene& w, bool learned, int H) {
  Rng rng(6, "starts");
  Matrix s(w.env->spec.state_dim(), 20);
  for (Index b = 0; b < 20; ++b) s.col(b) = w.env->reset(rng);
  Tape tape;
  const NetworkPolicyOf<Var> pi = on_tape(tape, w.pi);
  const std::vector<Matrix> eps(std::size_t(H), Matrix::Zero(w.env->spec.action_dim(), 20));
  tape.backward(mean(version_2_0::imagined_return(*w.env, dynamics(w, learned), pi,
                                                  tape.constant(std::move(s)), eps)));
  return double(gradient_norm(adjoints(leaves(pi, false)))) / H;
}

int main() {
  // %% [markdown]
  // Four worlds. Two are swung about by a random policy: what is done now decides which way the
  // pole will fall later. One is the cart with its pole upright, which is unstable by nature. The
  // last is the point mass with its best policy, the linear-quadratic regulator, which makes it
  // forget where it began. Nobody chose these Jacobians; and learned dynamics have their own, which
  // are those of the truth where there were data, and anything elsewhere.

  // %%
  std::vector<Scene> worlds;
  for (const char* name : {"cartpole_swingup", "pendulum", "inverted_pendulum", "point_mass"})
    worlds.push_back(make_world(name));
  for (const std::size_t i : {0u, 1u}) worlds[i].pi.net.layers.back().W *= 10;
  {
    const PointMass task;
    NetworkPolicy& pi = worlds[3].pi;
    Rng weights(1, "policy");
    pi = make_network_policy(*worlds[3].env, {.hidden_layers = 0}, weights);
    // a = 5 tanh(u) ~ 5 u: a fifth of the gain is the regulator near the origin.
    pi.net.layers[0].W = lqr(task.A, task.B, task.Q, task.R, 100).K[0] / PointMass::max_action;
  }

  Figure products{.title = "Largest singular value of ds_T / ds_0: it explodes, or vanishes",
                  .y_label = "largest singular value",
                  .log_x = true,
                  .log_y = true,
                  .height = 420};
  Figure norms{.title = "The gradient of the return per step, dJ/dtheta / H",
               .x_label = "steps (T, H)",
               .y_label = "norm",
               .log_x = true,
               .log_y = true,
               .height = 400};
  double sigma_max[4][2], gradient_growth[2];
  for (std::size_t i = 0; i < worlds.size(); ++i)
    for (const bool learned : {false, true}) {
      const Scene& w = worlds[i];
      const auto sigma = singular_values(w, learned, 200);
      const std::string label = w.name + (learned ? ", learned" : ", true");
      const Style style = learned ? Style::dashes : Style::line;
      Series largest{.label = label, .style = style, .color = palette(i)};
      for (std::size_t t = 0; t < sigma.size(); ++t)
        largest.x.push_back(double(t + 1)), largest.y.push_back(sigma[t](0));
      products.series.push_back(largest);
      sigma_max[i][learned] = sigma.back()(0);
      std::printf("%-26s T = 200: singular values %9.2e to %9.2e\n", label.c_str(),
                  sigma.back()(sigma.back().size() - 1), sigma.back()(0));
      if (i > 1) continue;  // a constant reward, and a policy that is best already: no gradient
      Series norm{.label = label, .style = style, .color = palette(i)};
      for (const int H : {5, 10, 20, 40, 70, 100, 140, 200})
        norm.x.push_back(H), norm.y.push_back(gradient_norm_at(w, learned, H));
      norms.series.push_back(norm);
      if (!learned) gradient_growth[i] = norm.y.back() / norm.y[1];
    }
  std::printf(
      "the gradient per step grows from H = 10 to 200 by %.0f (swing-up), %.1f (pendulum)\n",
      gradient_growth[0], gradient_growth[1]);
  show({products, norms}, "06_exploding_and_vanishing");
  expect(sigma_max[0][0] > 1e3, "the swing-up's product of Jacobians explodes");
  expect(sigma_max[2][1] > 1e6, "that of the learned unstable pole explodes without end");
  expect(sigma_max[3][0] < 1e-3, "that of the point mass under its best policy vanishes");
  expect(gradient_growth[0] > 100, "the swing-up's gradient per step explodes with the horizon");

  // %% [markdown]
  // Shooting has a similar problem: the return depends more on the first actions of a plan than on
  // the last. With a policy the ratio is larger still, because what it does later is a reaction to
  // what was done first, and its own slope is a factor of every Jacobian.

  // %%
  const Scene& w = worlds[0];
  constexpr int H = 100;
  Rng rng(7, "start");
  const Vector start = w.env->reset(rng);
  Series of_plan{.label = "shooting: |dJ/da_t|"},
      of_policy{.label = "policy: |step t's share of dJ/dtheta|"};
  {
    // The plan: the actions that the policy would take, each a parameter of its own.
    Tape tape;
    const NetworkPolicyOf<Var> pi = on_tape(tape, w.pi);
    const TapedDynamics f = true_dynamics(*w.env);
    std::vector<Var> actions;
    Var s = tape.constant(Matrix(start)), J = tape.constant(Matrix(Matrix::Zero(1, 1)));
    for (int t = 0; t < H; ++t) {
      const Matrix a = squash(w.env->spec, mean_u(*w.env, pi, s)).value();
      actions.push_back(tape.parameter(Matrix(a)));
      const TapedStep next = f(s, actions.back());
      J = J + next.reward;
      s = next.s_next;
    }
    tape.backward(J);
    for (int t = 0; t < H; ++t) {
      of_plan.x.push_back(t), of_plan.y.push_back(double(actions[std::size_t(t)].adjoint().norm()));
    }
  }
  {
    // The policy, with a copy of its weights for every step.
    Tape tape;
    std::vector<NetworkPolicyOf<Var>> copies;
    const TapedDynamics f = true_dynamics(*w.env);
    Var s = tape.constant(Matrix(start)), J = tape.constant(Matrix(Matrix::Zero(1, 1)));
    for (int t = 0; t < H; ++t) {
      copies.push_back(on_tape(tape, w.pi));
      const TapedStep next = f(s, squash(w.env->spec, mean_u(*w.env, copies.back(), s)));
      J = J + next.reward;
      s = next.s_next;
    }
    tape.backward(J);
    for (int t = 0; t < H; ++t) {
      of_policy.x.push_back(t);
      of_policy.y.push_back(double(gradient_norm(adjoints(leaves(copies[std::size_t(t)], false)))));
    }
  }
  const auto mean_of = [](const std::vector<double>& y, std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t t = from; t < to; ++t) sum += y[t] / double(to - from);
    return sum;
  };
  const double plan_ratio = mean_of(of_plan.y, 0, 10) / mean_of(of_plan.y, 90, 100);
  const double policy_ratio = mean_of(of_policy.y, 0, 10) / mean_of(of_policy.y, 90, 100);
  std::printf("first ten actions against the last ten: shooting %.0f, policy %.0f\n", plan_ratio,
              policy_ratio);
  show({Figure{.title = "How much the return of 100 steps depends on what is done at step t",
               .x_label = "t",
               .y_label = "norm of the gradient",
               .series = {of_plan, of_policy},
               .log_y = true}},
       "06_sensitivity");
  expect(plan_ratio > 1.5, "shooting: the first actions matter more than the last");
  expect(policy_ratio > 10, "a policy: over ten times as much");

  // %% [markdown]
  // "Use derivative-free RL, with the model used to generate synthetic samples: seems weirdly
  // backwards, actually works very well." The noise of both estimates of the same gradient, from
  // one rollout each, through the true dynamics, as the horizon grows. Backpropagation is far less
  // noisy while the horizon is short; its noise then grows with the product of Jacobians, that of
  // the policy gradient only with the number of steps.

  // %%
  const Env& env = *w.env;
  Series backprop{.label = "version 2.0: backpropagation"},
      score{.label = "version 2.5: policy gradient"};
  constexpr int kRepeats = 400;
  for (const int T : {2, 5, 10, 20, 40, 80, 160}) {
    std::vector<Matrix> estimates[2];
    Rng luck(8, "luck");
    for (int i = 0; i < kRepeats; ++i) {
      const Matrix s_0 = env.reset(luck);
      std::vector<Matrix> eps;
      for (int t = 0; t < T; ++t) eps.push_back(luck.normal(1, 1));
      const auto flat = [](const std::vector<Matrix*>& gradient) {
        Matrix all = gradient[0]->reshaped();
        for (std::size_t i = 1; i < gradient.size(); ++i)
          all = stack(all, Matrix(gradient[i]->reshaped()));
        return all;
      };
      Tape tape;
      const NetworkPolicyOf<Var> pi = on_tape(tape, w.pi);
      tape.backward(sum(version_2_0::imagined_return(env, true_dynamics(env), pi,
                                                     tape.constant(Matrix(s_0)), eps)));
      estimates[0].push_back(flat(adjoints(leaves(pi, true))));

      const Dynamics f = [&](const Matrix& s, const Matrix& a) {
        const Matrix s_next = env.dynamics(s, a);
        return Prediction{s_next, env.reward(s, a, s_next)};
      };
      const auto tau = version_2_5::imagine(env, f, w.pi, s_0, eps);
      const Matrix Q = version_2_5::reward_to_go(tau.reward, 1);
      tape.clear();
      const NetworkPolicyOf<Var> again = on_tape(tape, w.pi);
      tape.backward(version_2_5::surrogate(env, tape, again, tau, Q, {0, 0, 1}));
      estimates[1].push_back(flat(adjoints(leaves(again, true))));
    }
    for (const int which : {0, 1}) {
      Matrix mean = Matrix::Zero(estimates[which][0].rows(), 1);
      for (const Matrix& g : estimates[which]) mean += g / kRepeats;
      double spread = 0;
      for (const Matrix& g : estimates[which])
        spread += double((g - mean).squaredNorm()) / kRepeats;
      Series& line = which ? score : backprop;
      line.x.push_back(T), line.y.push_back(std::sqrt(spread));
    }
    std::printf("H = %3d: sd of version 2.0's estimate %9.2e, of version 2.5's %9.2e\n", T,
                backprop.y.back(), score.y.back());
  }
  show({Figure{.title = "Standard deviation of one rollout's gradient estimate",
               .x_label = "H",
               .y_label = "sqrt(trace of the covariance)",
               .series = {backprop, score},
               .log_x = true,
               .log_y = true}},
       "06_gradient_noise");
  expect(backprop.y[1] < score.y[1], "at H = 5 backpropagation is the less noisy one");
  expect(backprop.y.back() > score.y.back(), "at H = 160 the policy gradient is");
}
