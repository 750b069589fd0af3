// %% [markdown]
// # Two kinds of uncertainty
//
// Aleatoric: the world is noisy. Epistemic: the model does not know. Here both are seen apart, on
// data in one dimension with a hole in the middle: y = sin x, a quiet cluster on the left (noise
// 0.05) and a noisy one on the right (0.20), nothing in between.

// %%
#include "dynamics/ensemble.hpp"
#include "notebooks_cpp/two_clusters.hpp"

using namespace mbrl;

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

static Series points_of(const RegressionData& data) {
  Series points{.label = "data (every 10th)", .style = Style::points, .color = "#999999"};
  for (Index i = 0; i < data.x.cols(); i += 10)
    points.x.push_back(double(data.x(0, i) * kUnit)), points.y.push_back(double(data.y(0, i)));
  return points;
}

int main() {
  const RegressionData data = two_clusters(2000, 200, 1);
  const Matrix x = grid(481);

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
  // the minibatches make the members independent enough. Measured: the epistemic sd of ensembles
  // each way, on ten data sets of 400 points.

  // %%
  constexpr int kSets = 10;
  Figure resampling{.title = "Resampling with replacement, or not: ten data sets",
                    .x_label = "x",
                    .y_label = "epistemic sd",
                    .log_y = true};
  double log_gap[2] = {0, 0}, known_of[2] = {0, 0}, squared_ratio = 0;
  for (std::uint64_t set = 1; set <= kSets; ++set) {
    const RegressionData few = two_clusters(200, 20, set);
    double log_gap_here[2];
    for (const bool resample : {false, true}) {
      const Moments each = moments(trained_members(few, resample, set, 300), x);
      log_gap_here[resample] = std::log(mean_sd(x, each.epistemic, -2, 2));
      log_gap[resample] += log_gap_here[resample] / kSets;
      known_of[resample] += mean_sd(x, each.epistemic, 3.7, 9) / kSets;
      resampling.series.push_back({.label = set > 1    ? ""
                                            : resample ? "with replacement"
                                                       : "all data for each member",
                                   .x = as_list(x, kUnit),
                                   .y = as_list(each.epistemic.cwiseSqrt()),
                                   .color = palette(resample),
                                   .width = 1,
                                   .opacity = 0.6});
    }
    squared_ratio += std::pow(log_gap_here[1] - log_gap_here[0], 2) / kSets;
  }
  show({resampling}, "02_resampling");
  const double ratio = log_gap[1] - log_gap[0];
  const double error = std::sqrt((squared_ratio - ratio * ratio) / (kSets - 1));
  std::printf("epistemic sd in the gap: %.2f with all data, %.2f resampled (geometric means)\n",
              std::exp(log_gap[0]), std::exp(log_gap[1]));
  std::printf("their ratio: %.2f (one standard error: %.2f to %.2f)\n", std::exp(ratio),
              std::exp(ratio - error), std::exp(ratio + error));
  std::printf("in the noisy cluster: %.3f and %.3f\n", known_of[0], known_of[1]);
  expect(std::abs(ratio) < 3 * error, "in the gap, no difference that ten data sets can show");
  expect(known_of[1] > known_of[0], "where there are data, resampling adds some disagreement");
}
