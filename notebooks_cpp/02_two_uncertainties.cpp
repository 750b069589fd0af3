// %% [markdown]
// # Two kinds of uncertainty
//
// Aleatoric: the world is noisy. Epistemic: the model does not know. Here both are seen apart, on
// data in one dimension with a hole in the middle: y = sin x, a quiet cluster on the left (noise
// 0.05) and a noisy one on the right (0.20), nothing in between.

// %%
#include "dynamics/ensemble.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

// Inputs are divided by 6, so that they are about as large as a network likes them.
constexpr Scalar kUnit = 6;

// n points in [low, high] with noise of the given sd, appended as columns.
static void add_cluster(RegressionData& data, Scalar low, Scalar high, Scalar sd, Index n,
                        Rng& rng) {
  const auto append = [&](Matrix& xs, Matrix& ys, Index count) {
    const Index old = xs.cols();
    xs.conservativeResize(1, old + count), ys.conservativeResize(1, old + count);
    for (Index i = old; i < old + count; ++i) {
      const Scalar x = rng.uniform(low, high);
      xs(0, i) = x / kUnit;
      ys(0, i) = std::sin(x) + sd * rng.normal();
    }
  };
  append(data.x, data.y, n);
  append(data.x_holdout, data.y_holdout, n / 10);
  while (static_cast<Index>(data.row.size()) < data.x.cols())
    data.row.push_back(static_cast<Index>(data.row.size()));
}

static RegressionData two_clusters(std::uint64_t seed) {
  Rng rng(seed, "two clusters");
  RegressionData data;
  data.x = data.y = data.x_holdout = data.y_holdout = Matrix(1, 0);
  add_cluster(data, Scalar(-9.12), Scalar(-3.6), Scalar(0.05), 2000, rng);
  add_cluster(data, Scalar(3.6), Scalar(9.12), Scalar(0.2), 2000, rng);
  return data;
}

static std::vector<Theta> trained_members(const RegressionData& data, bool resample,
                                          std::uint64_t seed, int epochs) {
  ModelConfig model;
  model.hidden_layers = 3, model.hidden_width = 64;
  model.learning_rate = 2e-3, model.weight_decay = 5e-5;
  model.batch_size = 256, model.epochs = epochs, model.patience = epochs;
  EnsembleConfig config;
  config.resample = resample;
  Ensemble ensemble(1, 1, model, config, seed);
  Workers workers(2);
  ensemble.fit(data, workers);
  std::vector<Theta> members;
  for (int i = 0; i < config.members; ++i) members.push_back(ensemble.member(i));
  return members;
}

// The mean of sqrt(variance) over the x in [low, high].
static double mean_sd(const Matrix& x, const Matrix& variance, double low, double high) {
  double sum = 0, count = 0;
  for (Index i = 0; i < x.cols(); ++i)
    if (double(x(0, i) * kUnit) >= low && double(x(0, i) * kUnit) <= high)
      sum += std::sqrt(double(variance(0, i))), count += 1;
  return sum / count;
}

static std::vector<double> as_list(const Matrix& row, double factor = 1) {
  std::vector<double> list;
  for (Index i = 0; i < row.cols(); ++i) list.push_back(factor * double(row(0, i)));
  return list;
}

static Series band(const std::string& label, const Matrix& x, const Matrix& mean,
                   const Matrix& variance, const std::string& color) {
  Series s{.label = label, .x = as_list(x, kUnit), .y = as_list(mean), .color = color};
  for (std::size_t i = 0; i < s.x.size(); ++i) {
    const double reach = 2 * std::sqrt(double(variance(0, Index(i))));
    s.low.push_back(s.y[i] - reach), s.high.push_back(s.y[i] + reach);
  }
  return s;
}

static Series points_of(const RegressionData& data) {
  Series points{.label = "data (every 10th)", .style = Style::points, .color = "#999999"};
  for (Index i = 0; i < data.x.cols(); i += 10)
    points.x.push_back(double(data.x(0, i) * kUnit)), points.y.push_back(double(data.y(0, i)));
  return points;
}

int main() {
  const RegressionData data = two_clusters(1);
  const Matrix x =
      Eigen::RowVectorXf::LinSpaced(481, -12 / float(kUnit), 12 / float(kUnit)).cast<Scalar>();

  // %% [markdown]
  // Five networks, each with its own initial weights and its own order of the data, each giving a
  // mean and a variance. Where there are data they agree; in the hole and outside each makes up its
  // own story. What they agree about is noise; what they disagree about is ignorance.

  // %%
  const std::vector<Theta> members = trained_members(data, false, 1, 400);
  const Moments m = moments(members, x);
  const double left = mean_sd(x, m.aleatoric, -9, -3.7), right = mean_sd(x, m.aleatoric, 3.7, 9);
  const double known = std::max(mean_sd(x, m.epistemic, -9, -3.7), mean_sd(x, m.epistemic, 3.7, 9));
  const double gap = mean_sd(x, m.epistemic, -2, 2);
  std::printf("aleatoric sd: left %.3f (true 0.05), right %.3f (true 0.20)\n", left, right);
  std::printf("epistemic sd: in the clusters %.3f at most, in the gap %.3f\n", known, gap);

  Figure fan{.title = "Five members", .y_label = "y", .height = 330};
  fan.series.push_back(points_of(data));
  fan.series.push_back({.label = "sin x",
                        .x = as_list(x, kUnit),
                        .y = as_list((x.array() * kUnit).sin()),
                        .style = Style::dashes,
                        .color = "#444444",
                        .width = 1});
  for (std::size_t i = 0; i < members.size(); ++i)
    fan.series.push_back({.label = i == 0 ? "mean of each member" : "",
                          .x = as_list(x, kUnit),
                          .y = as_list(predict(members[i], x).mean),
                          .color = palette(i == 3 ? 5 : i)});
  Figure aleatoric{
      .title = "Aleatoric: what the members say about the noise", .y_label = "y", .height = 330};
  aleatoric.series = {points_of(data),
                      band("mean, and 2 sigma of E[sigma^2]", x, m.mean, m.aleatoric, palette(1))};
  Figure epistemic{.title = "Epistemic: what the members disagree about",
                   .x_label = "x",
                   .y_label = "y",
                   .height = 370};
  epistemic.series = {points_of(data),
                      band("mean, and 2 sigma of Var[mu]", x, m.mean, m.epistemic, palette(0))};
  for (Figure* panel : {&fan, &aleatoric, &epistemic}) panel->y_low = -3.5, panel->y_high = 3.5;
  show({fan, aleatoric, epistemic}, "02_two_uncertainties");
  expect(std::abs(left / 0.05 - 1) < 0.2, "left, the aleatoric sd is the true 0.05 within 20 %");
  expect(std::abs(right / 0.2 - 1) < 0.2, "right, the aleatoric sd is the true 0.20 within 20 %");
  expect(gap > 5 * known, "the epistemic sd in the gap is over five times that in the clusters");

  // %% [markdown]
  // Idea 1 of the lecture was the entropy of a single network's output. Why is this not enough?
  // Because it answers another question: how noisy is the world here? In the hole nobody told it,
  // and it goes on as if it knew: far more certain than it is wrong. The ensemble's mutual
  // information, the part of its entropy that is disagreement, says where it does not know.

  // %%
  Rng rng(1, "entropy");
  const EntropySplit split = entropy_split(members, x, 300, rng);
  const Gaussian single = predict(members[0], x);
  const Row alone = entropy(single);
  const Matrix truth = (x.array() * kUnit).sin();
  Figure entropies{.title = "How uncertain? In nats", .y_label = "entropy", .height = 330};
  entropies.series = {
      {.label = "one network's output entropy", .x = as_list(x, kUnit), .y = as_list(alone)},
      {.label = "entropy of the ensemble", .x = as_list(x, kUnit), .y = as_list(split.total)},
      {.label = "mutual information", .x = as_list(x, kUnit), .y = as_list(split.mutual)}};
  Figure wrong{.title = "How wrong? One network's error, in its own sigmas",
               .x_label = "x",
               .y_label = "|error| / sigma",
               .log_y = true,
               .height = 330};
  const Matrix sigmas = (single.mean - truth).array().abs() / (single.log_var / 2).array().exp();
  wrong.series = {{.x = as_list(x, kUnit), .y = as_list(sigmas), .color = palette(0)}};
  wrong.references = {{2, "2 sigma"}};
  wrong.y_low = 0.05, wrong.y_high = 20;
  show({entropies, wrong}, "02_output_entropy");
  const auto over = [&](const Matrix& row, double low, double high) {
    double sum = 0, count = 0;
    for (Index i = 0; i < x.cols(); ++i)
      if (double(x(0, i) * kUnit) >= low && double(x(0, i) * kUnit) <= high)
        sum += double(row(0, i)), count += 1;
    return sum / count;
  };
  const double in_gap = over(alone.matrix(), -2, 2), in_noise = over(alone.matrix(), 3.7, 9);
  const double wrong_by = over(sigmas, -2, 2);
  std::printf(
      "one network's entropy: noisy cluster %.2f, gap %.2f nats; in the gap it is off by "
      "%.0f of its sigmas\n",
      in_noise, in_gap, wrong_by);
  std::printf("mutual information: noisy cluster %.3f, gap %.2f nats\n",
              over(split.mutual.matrix(), 3.7, 9), over(split.mutual.matrix(), -2, 2));
  expect(in_gap < in_noise + 0.7, "output entropy hardly tells the gap from the noisy cluster");
  expect(wrong_by > 2, "and yet in the gap the network is wrong by more than 2 of its sigmas");
  expect(over(split.mutual.matrix(), -2, 2) > 10 * over(split.mutual.matrix(), 3.7, 9),
         "the mutual information is over ten times larger in the gap");

  // %% [markdown]
  // "Resampling with replacement is usually unnecessary": random initial weights and the order of
  // the minibatches make the members independent enough. Measured: the epistemic sd of three
  // ensembles each way.

  // %%
  const RegressionData few = [] {
    Rng draw(2, "few");
    RegressionData some;
    some.x = some.y = some.x_holdout = some.y_holdout = Matrix(1, 0);
    add_cluster(some, Scalar(-9.12), Scalar(-3.6), Scalar(0.05), 200, draw);
    add_cluster(some, Scalar(3.6), Scalar(9.12), Scalar(0.2), 200, draw);
    return some;
  }();
  Figure resampling{.title = "Resampling with replacement, or not: three ensembles each",
                    .x_label = "x",
                    .y_label = "epistemic sd",
                    .log_y = true};
  double gap_of[2] = {0, 0}, known_of[2] = {0, 0};
  for (const bool resample : {false, true})
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Moments each = moments(trained_members(few, resample, seed, 300), x);
      gap_of[resample] += mean_sd(x, each.epistemic, -2, 2) / 3;
      known_of[resample] += mean_sd(x, each.epistemic, 3.7, 9) / 3;
      resampling.series.push_back({.label = seed > 1   ? ""
                                            : resample ? "with replacement"
                                                       : "all data for each member",
                                   .x = as_list(x, kUnit),
                                   .y = as_list(each.epistemic.cwiseSqrt()),
                                   .color = palette(resample)});
    }
  show({resampling}, "02_resampling");
  std::printf("epistemic sd without resampling: gap %.3f, noisy cluster %.3f; with: %.3f, %.3f\n",
              gap_of[0], known_of[0], gap_of[1], known_of[1]);
  expect(gap_of[0] > 0.4 * gap_of[1] && gap_of[0] < 2.5 * gap_of[1],
         "in the gap both ways say about the same");
  expect(known_of[1] > known_of[0], "where there are data, resampling adds some disagreement");
}
