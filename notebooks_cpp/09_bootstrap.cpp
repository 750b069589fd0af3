// %% [markdown]
// # Bootstrap ensembles: with replacement or not, and how many
//
// "Main idea: need to generate independent datasets to get independent models": $\theta_i$ is
// trained on $D_i$, drawn with replacement from $D$. Then, of deep learning: "resampling with
// replacement is usually unnecessary, because SGD and random initialisation usually make the models
// sufficiently independent", and "very crude approximation, because the number of models is usually
// small". Both are measured.

// %%
#include "two_clusters.hpp"

using namespace mbrl;

const Matrix x = grid(241);

// %% [markdown]
// ## With replacement, or not
//
// The epistemic standard deviation of ensembles of five, trained both ways, on ten data sets of 400
// points.

// %%
RUN {
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
      const Moments each = moments(trained_members(few, 5, resample, set, 300), x);
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
  show({resampling}, "resampling");
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

// %% [markdown]
// ## How many members
//
// Forty members, trained once on one data set of 400 points, and ensembles of 2, 3, 5 and 10 of
// them, without a member in common: how much do their estimates of the epistemic sd differ? With
// two members the estimate is mostly chance; five are crude, ten are better. The error of such an
// estimate falls like one over the square root of the number.

// %%
RUN {
  const std::vector<Theta> pool = trained_members(two_clusters(200, 20, 1), 40, false, 7, 300);
  Figure figure{.title = "Each ensemble's opinion of its epistemic sd in the gap",
                .x_label = "members of an ensemble",
                .y_label = "epistemic sd"};
  Series each{.label = "one ensemble", .style = Style::circles, .color = palette(0)};
  Series mean{.label = "mean of them, ± 1 sd", .style = Style::line_points, .color = palette(1)};
  std::vector<double> relative;
  for (const std::size_t n : {2u, 3u, 5u, 10u}) {
    std::vector<double> sds;
    for (std::size_t first = 0; first + n <= pool.size(); first += n) {
      const std::vector<Theta> some(pool.begin() + long(first), pool.begin() + long(first + n));
      sds.push_back(mean_sd(x, moments(some, x).epistemic, -2, 2));
    }
    double sum = 0, squares = 0;
    for (const double sd : sds) {
      each.x.push_back(double(n)), each.y.push_back(sd);
      sum += sd, squares += sd * sd;
    }
    const double m = sum / double(sds.size());
    const double spread = std::sqrt(std::max(0.0, squares / double(sds.size()) - m * m));
    mean.x.push_back(double(n)), mean.y.push_back(m);
    mean.low.push_back(m - spread), mean.high.push_back(m + spread);
    relative.push_back(spread / m);
    std::printf("%2zu members: %2zu ensembles, epistemic sd %.3f ± %.3f\n", n, sds.size(), m,
                spread);
  }
  figure.series = {each, mean};
  show({figure}, "how_many_members");
  expect(relative.back() < 0.7 * relative.front(),
         "ensembles of ten agree better about how unsure they are than pairs do");
}
