// %% [markdown]
// # Four ways to estimate p(theta | D)
//
// "Can we instead estimate p(theta | D)?" Here by Hamiltonian Monte Carlo, which is exact in the
// limit but slow, and by three fast methods: independent normal weights (Bayes by Backprop),
// dropout with learned rates (concrete dropout), and an ensemble. What does each miss?
//
// The data are those of 06_two_uncertainties, thinned to 160 points so that the slow one can
// look at all of them at every step: y = sin x, a quiet cluster on the left (noise 0.05), a noisy
// one on the right (0.20), nothing in between.

// %%
#include "dynamics/bayes_by_backprop.hpp"
#include "dynamics/concrete_dropout.hpp"
#include "dynamics/hmc.hpp"
#include "two_clusters.hpp"

using namespace mbrl;

const RegressionData data = two_clusters(80, 20, 1);
const Matrix x = grid(241);

static ModelConfig network(int layers, int width, const std::string& activation) {
  ModelConfig model;
  model.hidden_layers = layers, model.hidden_width = width, model.activation = activation;
  return model;
}

// What a posterior says: its moments on the grid, and their summary.
struct Said {
  std::string name;
  Moments m;
  double left, right, gap, outside;  // mean epistemic sd
};

static Said ask(const std::string& name, Posterior& posterior) {
  Workers workers(2);
  const FitReport report = posterior.fit(data, workers);
  Rng rng(1, "thetas");
  const int n = posterior.size() ? posterior.size() : 300;
  Said said{name, moments(posterior.sample(n, rng), x), 0, 0, 0, 0};
  const Matrix& e = said.m.epistemic;
  said.left = mean_sd(x, e, -9, -3.7), said.right = mean_sd(x, e, 3.7, 9);
  said.gap = mean_sd(x, e, -2, 2);
  said.outside = (mean_sd(x, e, -12, -10) + mean_sd(x, e, 10, 12)) / 2;
  std::printf("%-18s epistemic sd: left %.3f, right %.3f, gap %.3f, outside %.3f; ", name.c_str(),
              said.left, said.right, said.gap, said.outside);
  std::printf("aleatoric: left %.3f, right %.3f\n", mean_sd(x, said.m.aleatoric, -9, -3.7),
              mean_sd(x, said.m.aleatoric, 3.7, 9));
  std::fflush(stdout);
  std::fprintf(stderr, "  (fitted in %.1f s)\n", report.seconds);  // not the same twice
  return said;
}

static Figure panel_of(const Said& said, const Said& reference, const std::string& verdict) {
  Figure panel{.title = said.name + ": " + verdict, .y_label = "y", .height = 300};
  panel.y_low = -3.2, panel.y_high = 3.2;
  panel.series = {band("aleatoric, 2 sigma", x, said.m.mean, said.m.aleatoric, palette(1)),
                  band("epistemic, 2 sigma", x, said.m.mean, said.m.epistemic, palette(0))};
  if (&said != &reference)
    for (const double side : {-2.0, 2.0})
      panel.series.push_back(
          {.label = side < 0 ? "epistemic, 2 sigma, of HMC" : "",
           .x = as_list(x, kUnit),
           .y = as_list(reference.m.mean + Scalar(side) * reference.m.epistemic.cwiseSqrt()),
           .style = Style::dashes,
           .color = "#444444",
           .width = 1});
  panel.series.push_back({.label = "data",
                          .x = as_list(data.x, kUnit),
                          .y = as_list(data.y),
                          .style = Style::points,
                          .color = "#777777"});
  return panel;
}

// %% [markdown]
// The reference: Hamiltonian Monte Carlo over all 42 weights of a network of 10 tanh units, every
// weight ~ N(0, 1) before the data. Four chains from four starts agree in the end (R-hat near 1),
// so we take their samples for the posterior.

// %%
const HmcConfig hmc_config{.warm_up = 600, .draws = 500, .leapfrog_steps = 400};
Hmc hmc(1, 1, network(1, 10, "tanh"), hmc_config, 1);
const Said truth = ask("HMC", hmc);

RUN {
  const HmcDiagnostics& chains = hmc.diagnostics();
  std::printf("HMC: acceptance %.2f, R-hat of the predictions %.3f, of the energy %.3f\n",
              chains.acceptance, chains.r_hat_prediction, chains.r_hat_potential);
  expect(chains.r_hat_prediction < 1.1, "the chains of HMC tell the same");
  expect(truth.gap > 5 * truth.left && truth.gap > 5 * truth.right,
         "HMC: over five times as unsure in the gap as in the clusters");
}

// %% [markdown]
// Bayes by Backprop: the same network and the same prior, but independent weights. So the only
// difference is the slide's approximation, p(theta | D) = prod_i p(theta_i | D).

// %%
static Said ask_bayes_by_backprop() {
  ModelConfig one_by_one = network(1, 10, "tanh");
  one_by_one.learning_rate = 0.02, one_by_one.batch_size = 160, one_by_one.epochs = 10000;
  BayesByBackpropConfig config;
  config.initial_sd = 1e-3, config.cool_down = 0.5;
  BayesByBackprop bnn(1, 1, one_by_one, config, 1);
  return ask("Bayes by Backprop", bnn);
}
const Said independent = ask_bayes_by_backprop();

RUN {
  expect(independent.gap < truth.gap / 5, "Bayes by Backprop misses four fifths of it, and more");
}

// %% [markdown]
// Concrete dropout needs units to spare: with many units, few points cannot show that each is
// needed, and the rates stay above 0. The input is never dropped, since there is only one.

// %%
static Said ask_dropout() {
  ModelConfig wide = network(2, 100, "relu");
  wide.learning_rate = 5e-3, wide.batch_size = 160, wide.epochs = 1500;
  ConcreteDropoutConfig config;
  config.drop_inputs = false;
  ConcreteDropout dropout(1, 1, wide, config, 1);
  const Said said = ask("Concrete dropout", dropout);
  std::printf("its rates in the hidden layers: %.2f and %.2f\n", dropout.rates()[1],
              dropout.rates()[2]);
  return said;
}
const Said dropped = ask_dropout();

RUN {
  expect(dropped.left > 4 * truth.left, "dropout: four times too unsure in the quiet cluster");
}

// %% [markdown]
// The ensemble: five networks from five random starts, each trained as if it were alone.

// %%
static Said ask_ensemble() {
  ModelConfig member = network(2, 50, "tanh");
  member.learning_rate = 5e-3, member.batch_size = 40;
  member.epochs = 3000, member.patience = 600;
  Ensemble ensemble(1, 1, member, {}, 1);
  return ask("Ensemble of 5", ensemble);
}
const Said five = ask_ensemble();

RUN {
  expect(five.gap > truth.gap / 2 && five.gap < 2 * truth.gap,
         "the ensemble's sd in the gap is that of HMC within a factor of two");
}

// %% [markdown]
// What is missed? Independent weights cannot express "if this one is larger, that one is smaller",
// which is how different functions pass through the same data. So hardly any difference is left in
// the gap. (More training does not help: step sizes from 0.005 to 0.02, first sigmas from 0.001 to
// 0.02, up to 40,000 passes and three seeds end in the same picture.) Dropout is nearly as unsure
// among the data as in the gap, since the same units are dropped everywhere. The ensemble, which
// does not claim to be Bayesian, comes closest.

// %%
RUN {
  std::vector<Figure> panels = {
      panel_of(truth, truth, "the reference"),
      panel_of(independent, truth, "as sure in the gap as among the data"),
      panel_of(dropped, truth, "unsure among the data too"),
      panel_of(five, truth, "unsure where the reference is")};
  panels.back().x_label = "x", panels.back().height += 40;
  show(panels, "posteriors");
}
