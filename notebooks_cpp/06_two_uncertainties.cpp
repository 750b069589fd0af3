// %% [markdown]
// # Two types of uncertainty
//
// Aleatoric: the world is noisy. Epistemic: the model does not know. "The model is certain about
// the data, but we are not certain about the model." Here the two are separated, on data in one
// dimension with a gap in the middle: $y = \sin x$, a quiet cluster on the left (noise 0.05) and a
// noisy one on the right (0.20), nothing in between.

// %%
#include "two_clusters.hpp"

using namespace mbrl;

const RegressionData data = two_clusters(2000, 200, 1);
const Matrix x = grid(481);

// %% [markdown]
// Five networks, each with its own initial weights and its own order of the data, each giving a
// mean and a variance. Where there are data they agree; in the gap and outside each extrapolates in
// its own way. The noise that they agree on is aleatoric; their disagreement is epistemic:
//
// $$\operatorname{Var}[y] = \underbrace{\mathbb{E}_\theta[\sigma_\theta^2]}_{\text{aleatoric}} +
// \underbrace{\operatorname{Var}_\theta[\mu_\theta]}_{\text{epistemic}}.$$

// %%
RUN {
  const std::vector<Theta> members = trained_members(data, 5, false, 1, 400);
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
  show({fan, aleatoric, epistemic}, "two_uncertainties");
  expect(std::abs(left / 0.05 - 1) < 0.2, "left, the aleatoric sd is the true 0.05 within 20 %");
  expect(std::abs(right / 0.2 - 1) < 0.2, "right, the aleatoric sd is the true 0.20 within 20 %");
  expect(gap > 5 * known, "the epistemic sd in the gap is over five times that in the clusters");
}
