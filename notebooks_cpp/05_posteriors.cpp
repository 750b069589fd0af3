// %% [markdown]
// # Four ways to p(theta | D)
//
// "Can we instead estimate p(theta | D)?" Here by Hamiltonian Monte Carlo, which is right but slow,
// and by three that are fast: independent normal weights (Bayes by Backprop), dropout with learned
// rates (concrete dropout), and a bootstrap ensemble. What does each miss?
//
// The data are those of 02_two_uncertainties.cpp, thinned to 160 points so that the slow one can
// look at all of them at every step: y = sin x, a quiet cluster on the left (noise 0.05), a noisy
// one on the right (0.20), nothing in between.

// %%
#include <chrono>

#include "dynamics/bayes_by_backprop.hpp"
#include "dynamics/concrete_dropout.hpp"
#include "dynamics/ensemble.hpp"
#include "dynamics/hmc.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

// Inputs are divided by 6, so that they are about as large as a network likes them.
constexpr Scalar kUnit = 6;

static RegressionData two_clusters(Index each, std::uint64_t seed) {
  Rng rng(seed, "two clusters");
  RegressionData data;
  const auto fill = [&](Matrix& xs, Matrix& ys, Index count) {
    xs.resize(1, 2 * count), ys.resize(1, 2 * count);
    for (Index i = 0; i < 2 * count; ++i) {
      const bool left = i < count;
      const Scalar x = rng.uniform(Scalar(3.6), Scalar(9.12)) - (left ? Scalar(12.72) : 0);
      xs(0, i) = x / kUnit;
      ys(0, i) = std::sin(x) + Scalar(left ? 0.05 : 0.2) * rng.normal();
    }
  };
  fill(data.x, data.y, each);
  fill(data.x_holdout, data.y_holdout, each / 4);
  for (Index i = 0; i < 2 * each; ++i) data.row.push_back(i);
  return data;
}

static ModelConfig network(int layers, int width, const std::string& activation) {
  ModelConfig model;
  model.hidden_layers = layers, model.hidden_width = width, model.activation = activation;
  return model;
}

// The mean of sqrt(variance) over the x in [low, high].
static double mean_sd(const Matrix& x, const Matrix& variance, double low, double high) {
  double sum = 0, count = 0;
  for (Index i = 0; i < x.cols(); ++i)
    if (double(x(0, i) * kUnit) >= low && double(x(0, i) * kUnit) <= high)
      sum += std::sqrt(double(variance(0, i))), count += 1;
  return sum / count;
}

// What a posterior says: its moments on the grid, and their summary.
struct Said {
  std::string name;
  Moments m;
  double left, right, gap, outside;  // mean epistemic sd
  double seconds;
};

static Said ask(const std::string& name, Posterior& posterior, const RegressionData& data,
                const Matrix& x) {
  Workers workers(2);
  const FitReport report = posterior.fit(data, workers);
  Rng rng(1, "thetas");
  const int n = posterior.size() ? posterior.size() : 300;
  Said said{name, moments(posterior.sample(n, rng), x), 0, 0, 0, 0, report.seconds};
  const Matrix& e = said.m.epistemic;
  said.left = mean_sd(x, e, -9, -3.7), said.right = mean_sd(x, e, 3.7, 9);
  said.gap = mean_sd(x, e, -2, 2);
  said.outside = (mean_sd(x, e, -12, -10) + mean_sd(x, e, 10, 12)) / 2;
  std::printf("%-18s %6.3f %8.3f %8.3f %8.3f %9.3f %6.3f %9.1f\n", name.c_str(), said.left,
              said.right, said.gap, said.outside, mean_sd(x, said.m.aleatoric, -9, -3.7),
              mean_sd(x, said.m.aleatoric, 3.7, 9), said.seconds);
  std::fflush(stdout);
  return said;
}

static std::vector<double> as_list(const Matrix& row, double factor = 1) {
  std::vector<double> list;
  for (Index i = 0; i < row.cols(); ++i) list.push_back(factor * double(row(0, i)));
  return list;
}

// mean +- 2 sigma as a band.
static Series band(const std::string& label, const Matrix& x, const Matrix& mean,
                   const Matrix& variance, const std::string& color) {
  Series s{.label = label, .x = as_list(x, kUnit), .y = as_list(mean), .color = color};
  s.low = as_list(mean - 2 * variance.cwiseSqrt());
  s.high = as_list(mean + 2 * variance.cwiseSqrt());
  return s;
}

static Figure panel_of(const Said& said, const Said& reference, const std::string& verdict,
                       const RegressionData& data, const Matrix& x) {
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

int main() {
  const RegressionData data = two_clusters(80, 1);
  const Matrix x = Eigen::RowVectorXf::LinSpaced(241, -2, 2).cast<Scalar>();
  std::printf("                   epistemic sd                       aleatoric sd\n");
  std::printf("                     left    right      gap  outside      left  right   seconds\n");

  // %% [markdown]
  // The reference: Hamiltonian Monte Carlo over all 42 weights of a network of 10 tanh units, every
  // weight ~ N(0, 1) before the data. Four chains from four starts that end up saying the same
  // (R-hat near 1), so what they say is the posterior.

  // %%
  HmcConfig hmc_config;
  hmc_config.warm_up = 250, hmc_config.draws = 100, hmc_config.leapfrog_steps = 400;
  Hmc hmc(1, 1, network(1, 10, "tanh"), hmc_config, 1);
  const Said truth = ask("HMC", hmc, data, x);
  const HmcDiagnostics& chains = hmc.diagnostics();

  // %% [markdown]
  // Bayes by Backprop: the same network, the same prior, but every weight on its own. So all that
  // differs is the slide's product, p(theta | D) = prod_i p(theta_i | D).

  // %%
  ModelConfig one_by_one = network(1, 10, "tanh");
  one_by_one.learning_rate = 0.02, one_by_one.batch_size = 160, one_by_one.epochs = 10000;
  BayesByBackpropConfig bnn_config;
  bnn_config.initial_sd = 1e-3, bnn_config.cool_down = 0.5;
  BayesByBackprop bnn(1, 1, one_by_one, bnn_config, 1);
  const Said independent = ask("Bayes by Backprop", bnn, data, x);

  // %% [markdown]
  // Concrete dropout needs units to spare: with many of them, few points cannot say that each is
  // needed, and the rates stay above 0. The input is never dropped, being the only one.

  // %%
  ModelConfig wide = network(2, 100, "relu");
  wide.learning_rate = 5e-3, wide.batch_size = 160, wide.epochs = 1500;
  ConcreteDropoutConfig dropout_config;
  dropout_config.drop_inputs = false;
  ConcreteDropout dropout(1, 1, wide, dropout_config, 1);
  const Said dropped = ask("Concrete dropout", dropout, data, x);

  // %% [markdown]
  // The ensemble: five networks from five random starts.

  // %%
  ModelConfig member = network(2, 50, "tanh");
  member.batch_size = 40, member.epochs = 600, member.patience = 100;
  Ensemble ensemble(1, 1, member, {}, 1);
  const Said five = ask("Ensemble of 5", ensemble, data, x);

  std::printf("HMC: acceptance %.2f, R-hat of the predictions %.3f, of the energy %.3f\n",
              chains.acceptance, chains.r_hat_prediction, chains.r_hat_potential);
  std::printf("concrete dropout: p = %.2f and %.2f in the hidden layers\n", dropout.rates()[1],
              dropout.rates()[2]);

  std::vector<Figure> panels = {
      panel_of(truth, truth, "the reference", data, x), panel_of(independent, truth, "v", data, x),
      panel_of(dropped, truth, "v", data, x), panel_of(five, truth, "v", data, x)};
  panels.back().x_label = "x", panels.back().height += 40;
  show(panels, "05_posteriors");
}
