// %% [markdown]
// # Gradients through time: what is wrong with backpropagating into the policy?
//
// The gradient of a long imagined return is a sum of products of Jacobians, one factor per step.
// The lecture: "vanishing and exploding gradients", "we can't just choose a simple dynamics,
// dynamics are chosen by nature", "similar parameter sensitivity problems as shooting methods", "no
// longer have convenient second order LQR-like method". Each is measured.

// %%
#include <Eigen/SVD>
#include <array>

#include "diagram.hpp"
#include "envs/point_mass.hpp"
#include "planning/ilqr.hpp"
#include "planning/lqr.hpp"
#include "planning/objective.hpp"
#include "scene.hpp"

using namespace mbrl;

// ds_T / ds_0 with a_t = pi(s_t): its singular values, largest first, for T = 1, 2, ...
static std::vector<Eigen::VectorXd> singular_values(const Scene& w, bool learned, int T) {
  Rng rng(5, "start");
  Matrix s = w.env->reset(rng);
  Eigen::MatrixXd product = Eigen::MatrixXd::Identity(s.rows(), s.rows());
  std::vector<Eigen::VectorXd> all;
  for (int t = 0; t < T; ++t) {
    // One closed-loop step s -> f(s, pi(s)) as a "dynamics" without action.
    const auto closed = [&w, f = dynamics(w, learned)](const Var& x, const Var&) {
      const NetworkPolicyOf<Var> pi = on_tape(*x.tape, w.pi);
      return f(x, squash(w.env->spec, mean_u(*w.env, pi, x)));
    };
    const Matrix none = Matrix::Zero(w.env->spec.action_dim(), 1);
    product = jacobians(closed, s, none).s[0].cast<double>() * product;
    all.push_back(Eigen::JacobiSVD<Eigen::MatrixXd>(product).singularValues());
    Tape tape;
    s = closed(tape.constant(Matrix(s)), tape.constant(Matrix(none))).s_next.value();
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

// %% [markdown]
// ## What version 2.0 differentiates
//
// Black arrows show how the imagined return is computed. The same weights theta act at every step.
// Red arrows: on its way from a late reward to the first action, the gradient passes back through
// every step in between, and is multiplied by a Jacobian at each.

// %%
RUN {
  const std::string black = "#444444", red = "#d03030";
  Diagram graph(13.4, 6.3, 60);
  graph.box({0.6, 5.5}, {12.8, 6.1}, "#e6dff0");
  graph.text({6.7, 5.8}, "θ, the weights of the policy");
  for (int t = 0; t <= 3; ++t) {
    const double x = 1 + 3.6 * t;
    const std::string now = "_" + std::to_string(t);
    graph.circle({x, 2.6}, 0.4, "#b3d4ea");
    graph.text({x, 2.6}, "s" + now);
    if (t == 3) {
      graph.text({x + 0.9, 2.6}, "...");
      break;
    }
    graph.arrow({x + 1.2, 5.5}, {x + 1.2, 4.65}, black);  // theta -> a
    graph.circle({x + 1.2, 4.2}, 0.4, "#f6dda6");
    graph.text({x + 1.2, 4.2}, "a" + now);
    graph.text({x + 0.4, 3.7}, "π", 11);
    graph.arrow({x + 0.25, 2.95}, {x + 0.95, 3.85}, black);  // s -> a
    graph.box({x + 2, 2.3}, {x + 2.6, 2.9}, "#d9d9d9");
    graph.text({x + 2.3, 2.6}, "f");
    graph.arrow({x + 0.45, 2.6}, {x + 1.95, 2.6}, black);  // s -> f
    graph.arrow({x + 1.5, 3.9}, {x + 2.15, 2.95}, black);  // a -> f
    graph.arrow({x + 2.65, 2.6}, {x + 3.15, 2.6}, black);  // f -> s'
    graph.circle({x + 1.2, 0.9}, 0.4, "#cfe5bd");
    graph.text({x + 1.2, 0.9}, "r" + now);
    graph.arrow({x + 0.2, 2.2}, {x + 0.9, 1.2}, black);     // s -> r
    graph.arrow({x + 1.2, 3.75}, {x + 1.2, 1.35}, black);   // a -> r
    graph.arrow({x + 3.3, 2.25}, {x + 0.3, 2.25}, red, 3);  // the way back
    graph.text({x + 2.4, 1.85}, "∂s_" + std::to_string(t + 1) + " / ∂s" + now, 11, red);
  }
  graph.text({6.7, 0.2}, "J = r_0 + r_1 + r_2 + ...");
  show(graph, "version_2_0_graph");
}

// %% [markdown]
// ## Vanishing and exploding
//
// Four worlds. Two are swung about by a random policy whose last layer was multiplied by 10, so
// that it pushes hard one way or the other: an action now decides which way the pole will fall
// later. How much of the growth is that policy's is shown on the swing-up by gains of 3 and of 1
// (as it is initialised) beside it. One is the cart with its pole upright, which is unstable by
// nature. The last is the point mass with its best policy, the linear-quadratic regulator, under
// which the influence of the initial state dies out. Nobody chose these Jacobians. Learned dynamics
// have Jacobians of their own: close to the true ones where there were data, and arbitrary
// elsewhere.

// %%
// a = 5 tanh(u) ~ 5 u: a fifth of the gain is the regulator near the origin.
static Scene regulated_point_mass() {
  Scene w = make_scene("point_mass");
  const PointMass task;
  Rng weights(1, "policy");
  w.pi = make_network_policy(*w.env, {.hidden_layers = 0}, weights);
  w.pi.net.layers[0].W = lqr(task.A, task.B, task.Q, task.R, 100).K[0] / PointMass::max_action;
  return w;
}

const std::array<Scene, 4> worlds{make_scene("cartpole_swingup", 10), make_scene("pendulum", 10),
                                  make_scene("inverted_pendulum"), regulated_point_mass()};

RUN {
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
      Series norm{.label = label + ", gain 10", .style = style, .color = palette(i)};
      for (const int H : {5, 10, 20, 40, 70, 100, 140, 200})
        norm.x.push_back(H), norm.y.push_back(gradient_norm_at(w, learned, H));
      norms.series.push_back(norm);
      if (!learned) gradient_growth[i] = norm.y.back() / norm.y[3];
    }
  std::printf(
      "the gradient per step grows from H = 40 to 200 by %.0f (swing-up), %.1f (pendulum)\n",
      gradient_growth[0], gradient_growth[1]);
  std::map<int, double> growth{{10, gradient_growth[0]}};
  for (const int gain : {3, 1}) {
    const Scene w = make_scene("cartpole_swingup", Scalar(gain));
    Series norm{.label = "cartpole_swingup, true, gain " + std::to_string(gain),
                .style = Style::line_points,
                .color = palette(gain == 3 ? 4 : 5)};
    for (const int H : {5, 10, 20, 40, 70, 100, 140, 200})
      norm.x.push_back(H), norm.y.push_back(gradient_norm_at(w, false, H));
    norms.series.push_back(norm);
    growth[gain] = norm.y.back() / norm.y[3];
  }
  std::printf("on the swing-up by %.1f with the gain 1, %.1f with 3, %.0f with 10\n", growth[1],
              growth[3], growth[10]);
  show({products, norms}, "exploding_and_vanishing");
  expect(sigma_max[0][0] > 1e3, "the swing-up's product of Jacobians explodes");
  expect(sigma_max[2][1] > 1e6, "that of the learned unstable pole explodes without end");
  expect(sigma_max[3][0] < 1e-3, "that of the point mass under its best policy vanishes");
  expect(growth[10] > 10, "the gradient per step explodes on the swing-up with the gain 10");
  expect(growth[1] < 3 && growth[3] < 3,
         "with the gains 1 and 3 it rises until H = 40 and levels off");
}

// %% [markdown]
// ## Which step matters?
//
// Shooting has a similar problem where the world is unstable: an action acts on the rest of the
// plan through the world's Jacobians. With a policy there is more, because its later actions are
// reactions to the states that its first actions led to, and its own slope enters every Jacobian.
// (Geometric means over 20 starts, with the policy of gain 10.)

// %%
RUN {
  const Scene& w = worlds[0];
  constexpr int H = 100, kStarts = 20;
  Rng rng(7, "start");
  Series of_plan{.label = "shooting: |dJ/da_t|"},
      of_policy{.label = "policy: |step t's share of dJ/dtheta|"};
  of_plan.y.resize(H), of_policy.y.resize(H);
  for (int t = 0; t < H; ++t) of_plan.x.push_back(t), of_policy.x.push_back(t);
  const Dynamics<Var> f = true_dynamics<Var>(*w.env);
  for (int k = 0; k < kStarts; ++k) {
    const Vector start = w.env->reset(rng);
    // The policy, with a copy of its weights for every step; and the plan, the same actions, each a
    // parameter of its own.
    Tape plan_tape, policy_tape;
    std::vector<NetworkPolicyOf<Var>> copies;
    std::vector<Var> actions;
    Var s = policy_tape.constant(Matrix(start)), J = policy_tape.constant(Matrix::Zero(1, 1));
    Var s_too = plan_tape.constant(Matrix(start)), J_too = plan_tape.constant(Matrix::Zero(1, 1));
    for (int t = 0; t < H; ++t) {
      copies.push_back(on_tape(policy_tape, w.pi));
      const Var a = squash(w.env->spec, mean_u(*w.env, copies.back(), s));
      const Step<Var> next = f(s, a);
      actions.push_back(plan_tape.parameter(Matrix(a.value())));
      const Step<Var> next_too = f(s_too, actions.back());
      J = J + next.reward, s = next.s_next;
      J_too = J_too + next_too.reward, s_too = next_too.s_next;
    }
    policy_tape.backward(J), plan_tape.backward(J_too);
    for (std::size_t t = 0; t < std::size_t(H); ++t) {  // geometric means over the starts
      of_plan.y[t] += std::log(double(actions[t].adjoint().norm())) / kStarts;
      of_policy.y[t] +=
          std::log(double(gradient_norm(adjoints(leaves(copies[t], false))))) / kStarts;
    }
  }
  for (Series* series : {&of_plan, &of_policy})
    for (double& y : series->y) y = std::exp(y);
  const auto mean_of = [](const std::vector<double>& y, std::size_t from, std::size_t to) {
    double sum = 0;
    for (std::size_t t = from; t < to; ++t) sum += y[t] / double(to - from);
    return sum;
  };
  const double plan_ratio = mean_of(of_plan.y, 0, 10) / mean_of(of_plan.y, 90, 100);
  const double policy_ratio = mean_of(of_policy.y, 0, 10) / mean_of(of_policy.y, 90, 100);
  std::printf("first ten actions against the last ten: shooting %.1f, policy %.1f\n", plan_ratio,
              policy_ratio);
  show({Figure{.title = "How much the return of 100 steps depends on what is done at step t",
               .x_label = "t, step of the plan",
               .y_label = "norm of the gradient",
               .series = {of_plan, of_policy},
               .log_y = true}},
       "sensitivity");
  expect(policy_ratio > 2 * plan_ratio,
         "the first steps of a policy matter more than those of a plan");
}

// %% [markdown]
// ## Second order, while it lasts: iLQR
//
// For the actions of one trajectory there is a convenient second-order method, because $a_t$ acts
// on the future through $s_{t+1}$ alone: one small problem per step, backwards in time. A policy's
// weights couple all time steps, and there is no such recursion. To see what is lost: from each of
// 20 starts of the pendulum, iLQR improves the best of 50 random plans, through the true dynamics
// and through a learned model. It is compared with random shooting that calls $f$ as often.

// %%
RUN {
  const Scene& pendulum = worlds[1];
  constexpr int H = 40, kStarts = 20;
  Workers workers(2);
  Rng rng(1, "iLQR");
  const Dynamics<Var> truth = dynamics(pendulum, false), learned = dynamics(pendulum, true);
  double by_truth = 0, by_model = 0, promised = 0, by_shooting = 0;
  int wins = 0;
  std::vector<double> curve(12, 0);
  for (int i = 0; i < kStarts; ++i) {
    const Vector s = pendulum.env->reset(rng);
    const auto shoot = [&](Index count, Vector* best) {
      Matrix plans(H, count);
      for (Index j = 0; j < plans.size(); ++j) plans.data()[j] = rng.uniform(-2, 2);
      Index winner = 0;
      const Row J =
          return_of_plans(*pendulum.env, true_dynamics<Matrix>(*pendulum.env), s, plans, workers);
      const double value = double(J.maxCoeff(&winner));
      if (best) *best = plans.col(winner);
      return value;
    };
    Vector first;
    shoot(50, &first);
    const IlqrSolution exact = ilqr(truth, pendulum.env->spec, s, first);
    const IlqrSolution imagined = ilqr(learned, pendulum.env->spec, s, first);
    const double shot = shoot(50 + exact.model_calls / H, nullptr);
    by_truth += exact.J.back() / kStarts, by_shooting += shot / kStarts;
    by_model += true_return(*pendulum.env, s, imagined.plan) / kStarts;
    promised += imagined.J.back() / kStarts;
    wins += exact.J.back() > shot;
    for (std::size_t k = 0; k < curve.size(); ++k)
      curve[k] += exact.J[std::min(k, exact.J.size() - 1)] / kStarts;
  }
  std::printf("mean return of %d steps from %d starts:\n", H, kStarts);
  std::printf("  iLQR, true dynamics   %7.1f\n", by_truth);
  std::printf("  iLQR, learned model   %7.1f in truth, %.1f in the model\n", by_model, promised);
  std::printf("  random shooting       %7.1f; iLQR is better from %d starts\n", by_shooting, wins);

  Series mean_return{.label = "iLQR, mean over 20 starts", .y = curve, .style = Style::line_points};
  for (std::size_t k = 0; k < curve.size(); ++k) mean_return.x.push_back(double(k));
  show({Figure{.title = "Return of the plan after each iteration",
               .x_label = "iteration",
               .y_label = "return",
               .series = {mean_return},
               .references = {{by_shooting, "random shooting, as many calls of f"}}}},
       "ilqr");
  expect(by_truth > by_shooting, "iLQR beats random shooting with as many calls of f");
  expect(wins > kStarts / 2, "and from most starts");
  expect(by_model > by_truth - 30, "through the learned model it finds plans nearly as good");
}
