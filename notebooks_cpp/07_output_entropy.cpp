// %% [markdown]
// # Output entropy fooled
//
// Idea 1 of the lecture was the entropy of a single network's output. "Why is this not enough?"
// Because it answers another question: how noisy is the world here? Where there are no data, the
// network extrapolates its answer as if it knew.

// %%
#include "two_clusters.hpp"

using namespace mbrl;

const RegressionData data = two_clusters(2000, 200, 1);
const Matrix x = grid(481);
const std::vector<Theta> members = trained_members(data, 5, false, 1, 400);

// %% [markdown]
// One of five networks by itself, and the five together. The entropy of their mixture has two
// parts: the mean entropy of the five, and the mutual information between $y$ and $\theta$, that is
// how much knowing which of them is right would tell about $y$. The second part measures their
// disagreement, and shows where the model does not know.

// %%
RUN {
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
  show({entropies, wrong}, "output_entropy");
  const double in_gap = mean_over(x, alone.matrix(), -2, 2),
               in_noise = mean_over(x, alone.matrix(), 3.7, 9);
  const double wrong_by = mean_over(x, sigmas, -2, 2);
  std::printf(
      "one network's entropy: noisy cluster %.2f, gap %.2f nats; in the gap it is off by "
      "%.0f of its sigmas\n",
      in_noise, in_gap, wrong_by);
  std::printf("mutual information: noisy cluster %.3f, gap %.2f nats\n",
              mean_over(x, split.mutual.matrix(), 3.7, 9),
              mean_over(x, split.mutual.matrix(), -2, 2));
  expect(in_gap < in_noise + 0.7, "output entropy hardly tells the gap from the noisy cluster");
  expect(wrong_by > 2, "and yet in the gap the network is wrong by more than 2 of its sigmas");
  expect(
      mean_over(x, split.mutual.matrix(), -2, 2) > 10 * mean_over(x, split.mutual.matrix(), 3.7, 9),
      "the mutual information is over ten times larger in the gap");
}
