// %% [markdown]
// # Second order, while it lasts: iLQR
//
// "But no longer have convenient second order LQR-like method, because policy parameters couple all
// the time steps." What is lost: for the actions of one trajectory, iLQR on the pendulum, through
// the true dynamics and through a learned model, beside random shooting with as many calls of f.

// %%
#include "algorithms/03_version_2_0.hpp"
#include "envs/all.hpp"
#include "planning/ilqr.hpp"
#include "planning/objective.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

constexpr int H = 40, kStarts = 20;

int main() {
  const auto env = make_env("pendulum");
  Workers workers(2);
  Rng rng(1, "iLQR");

  // A model of 600 random steps.
  Dataset D(2, 1);
  World world(*env, Rng(1, "world"));
  while (D.size() < 600) {
    D.append(world.step(random_action(env->spec, rng)));
    if (world.over()) world.reset();
  }
  UncertainModelConfig config;
  config.kind = "D";
  UncertainModel model = make_uncertain_model(*env, config, 1);
  model.fit(D, workers);
  const Theta theta = model.sample(1, rng)[0];
  const auto truth = [&](Tape&) { return true_dynamics(*env); };
  const auto learned = [&](Tape&) { return learned_dynamics(model, theta); };

  // %% [markdown]
  // From each of 20 starts: the best of 50 random plans, improved by iLQR; and the best of as many
  // random plans as iLQR has asked f about.

  // %%
  double by_truth = 0, by_model = 0, promised = 0, by_shooting = 0;
  int wins = 0;
  std::vector<double> curve(12, 0);
  for (int i = 0; i < kStarts; ++i) {
    const Vector s = env->reset(rng);
    const auto shoot = [&](Index count, Vector* best) {
      Matrix plans(H, count);
      for (Index j = 0; j < plans.size(); ++j) plans.data()[j] = rng.uniform(-2, 2);
      Index winner = 0;
      const Row J = return_of_plans(*env, true_dynamics(*env), s, plans, workers);
      const double value = double(J.maxCoeff(&winner));
      if (best) *best = plans.col(winner);
      return value;
    };
    Vector first;
    shoot(50, &first);
    const IlqrSolution exact = ilqr(truth, env->spec, s, first);
    const IlqrSolution imagined = ilqr(learned, env->spec, s, first);
    const double shot = shoot(50 + exact.model_calls / H, nullptr);
    by_truth += exact.J.back() / kStarts, by_shooting += shot / kStarts;
    by_model += true_return(*env, s, imagined.plan) / kStarts;
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
       "08_ilqr");
  expect(by_truth > by_shooting, "iLQR beats random shooting with as many calls of f");
  expect(wins > kStarts / 2, "and from most starts");
  expect(by_model > by_truth - 30, "through the learned model it finds plans nearly as good");
}
