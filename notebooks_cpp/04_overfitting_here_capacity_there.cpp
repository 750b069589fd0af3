// %% [markdown]
// # Overfitting here, capacity there
//
// The lecture's first reason for the performance gap: "need to not overfit here", where there is
// little data, "but still have high capacity over here", where there is much. No single network
// size suits both ends, unless something else keeps the large network from overfitting early on.

// %%
#include "random_steps.hpp"

using namespace mbrl;

Workers workers(2);

struct Way {
  std::string label;
  int layers, width, members;
  bool stops_early;
};

// Mean squared error of the predicted changes, in variances of the given ones: 1 is what the mean
// change would give.
static double error(const UncertainModel& model, const Matrix& s, const Matrix& a,
                    const Matrix& s_next) {
  Rng rng(1, "thetas");
  const Matrix change = s_next - s;
  const Matrix wrong = model.predict(model.sample(model.size_or(1), rng), s, a).mean - s_next;
  const Matrix centred = change.colwise() - change.rowwise().mean().eval();
  return double(
      wrong.rowwise().squaredNorm().cwiseQuotient(centred.rowwise().squaredNorm()).mean());
}

// %% [markdown]
// ## The experiment
//
// The cart-pole under random actions, with process noise, so that there is something to overfit.
// Three ways to fit: a small network; a large one trained for exactly 300 passes; and five large
// ones that each stop when their error on held-out data no longer falls, and are averaged. The test
// error is that of the noiseless next state, for new states and actions. Three data sets each.

// %%
const std::vector<Way> kWays{{"small network (1 x 4)", 1, 4, 1, false},
                             {"large network (2 x 128), trained to the end", 2, 128, 1, false},
                             {"five large networks, each stopped early", 2, 128, 5, true}};
const std::vector<int> kSizes{50, 100, 200, 500, 1000, 3000};
constexpr int kSets = 3;
std::vector<Series> on_D, on_new;

RUN {
  const auto env = make_env("cartpole_swingup");
  env->process_noise = 0.03;
  Rng rng(7, "test");
  const Matrix s = random_steps(*env, 3000, 77).random_states(2000, rng);
  const Matrix a = random_actions(*env, 2000, rng), s_next = env->dynamics(s, a);
  for (const Way& way : kWays) {
    UncertainModelConfig config{.kind = way.members > 1 ? "DE" : "D"};
    config.network.hidden_layers = way.layers, config.network.hidden_width = way.width;
    config.network.epochs = 300, config.network.patience = way.stops_early ? 20 : 300;
    config.network.holdout = way.stops_early ? 0.1 : 0;
    config.ensemble.members = way.members;
    Series train{.label = way.label, .style = Style::line_points}, test = train;
    for (const int N : kSizes) {
      double of_D = 0, of_new = 0;
      for (std::uint64_t set = 1; set <= kSets; ++set) {
        const Dataset D = random_steps(*env, N, set);
        UncertainModel model = make_uncertain_model(*env, config, set);
        model.fit(D, workers);
        const Batch all = D.all();
        of_D += error(model, all.s, all.a, all.s_next) / kSets;
        of_new += error(model, s, a, s_next) / kSets;
      }
      train.x.push_back(N), train.y.push_back(of_D);
      test.x.push_back(N), test.y.push_back(of_new);
      std::printf("%-44s N = %4d: on D %.4f, on new data %.4f\n", way.label.c_str(), N, of_D,
                  of_new);
    }
    on_D.push_back(train), on_new.push_back(test);
  }
}

// %% [markdown]
// ## What to see
//
// On the left, with little data, the large network fits even the noise in its training data, and
// its error on new data is large. On the right the small one lacks capacity: more data do not help
// it. Large networks that are stopped early and averaged are never far from the better of the two.
// Every ensemble of this companion is trained with early stopping.

// %%
RUN {
  Figure seen{.title = "Error on the data that were learned from",
              .y_label = "squared error / variance"};
  Figure fresh{.title = "Error on new states and actions",
               .x_label = "real transitions to learn from",
               .y_label = "squared error / variance"};
  seen.series = on_D, fresh.series = on_new;
  for (Figure* panel : {&seen, &fresh}) panel->log_x = panel->log_y = true, panel->height = 400;
  show({seen, fresh}, "overfitting_and_capacity");
  expect(on_new[1].y.front() > 3 * on_D[1].y.front(),
         "here: with 50 transitions the large network is over three times as wrong on new data");
  expect(on_new[0].y.back() > 2 * on_new[1].y.back(),
         "there: with 3000 the small network is over twice as wrong as the large one");
  expect(on_new[2].y.front() < on_new[1].y.front() && on_new[2].y.back() < on_new[0].y.back(),
         "five large networks, each stopped early, beat the one here and the other there");
}
