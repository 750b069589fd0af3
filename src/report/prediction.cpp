#include "report/prediction.hpp"

#include <cstdio>

#include "report/csv.hpp"
#include "report/figures.hpp"
#include "report/run_folder.hpp"

namespace mbrl {

namespace {

struct Episode {
  std::vector<Vector> s, a;  // s_0, a_0, s_1, ..., a_{T-1}, s_T
};

Episode act_one(const Env& env, const Policy& policy, Rng rng) {
  World world(env, std::move(rng));
  policy.begin_episode();
  Episode episode{{world.s()}, {}};
  while (!world.over()) {
    const Transition tr = world.step(policy.act(world.s()));
    episode.a.push_back(tr.a), episode.s.push_back(tr.s_next);
  }
  return episode;
}

// The actions from step t on as one plan, (H * action_dim).
Vector plan_from(const Episode& episode, std::size_t t, int H) {
  const Index m = episode.a[0].size();
  Vector plan(H * m);
  for (int k = 0; k < H; ++k) plan.segment(k * m, m) = episode.a[t + std::size_t(k)];
  return plan;
}

double mean_of(const Matrix& particles, Index i) { return double(particles.row(i).mean()); }
double sd_of(const Matrix& particles, Index i) {
  const double mean = mean_of(particles, i);
  return std::sqrt(double((particles.row(i).array() - Scalar(mean)).square().mean()));
}

struct Asked {
  OpenLoop open;
  Matrix starts;  // (state_dim, starts)
};

Asked predict_from(const Env& env, const Policy& policy, const std::vector<Episode>& episodes,
                   int H, int stride, int particles) {
  std::vector<Vector> starts;
  std::vector<std::vector<Vector>> truths;  // [start][k - 1]
  Asked p;
  p.open.names = env.spec.state_names;
  p.open.particles.resize(std::size_t(H));
  for (const Episode& episode : episodes)
    for (std::size_t t = 0; t + std::size_t(H) < episode.s.size(); t += std::size_t(stride)) {
      const std::vector<Matrix> seen =
          policy.imagine(episode.s[t], plan_from(episode, t, H), particles);
      for (std::size_t k = 0; k < std::size_t(H); ++k) p.open.particles[k].push_back(seen[k]);
      starts.push_back(episode.s[t]);
      truths.emplace_back(episode.s.begin() + long(t) + 1, episode.s.begin() + long(t) + 1 + H);
    }
  const auto count = static_cast<Index>(starts.size());
  p.starts.resize(env.spec.state_dim(), count);
  p.open.truth.assign(std::size_t(H), p.starts);
  for (Index j = 0; j < count; ++j) {
    p.starts.col(j) = starts[std::size_t(j)];
    for (std::size_t k = 0; k < std::size_t(H); ++k)
      p.open.truth[k].col(j) = truths[std::size_t(j)][k];
  }
  return p;
}

// Truth and prediction of one start, a panel per coordinate.
std::vector<Figure> rollout_figure(const OpenLoop& open, Index start, const std::string& title) {
  std::vector<Figure> panels;
  for (std::size_t i = 0; i < open.names.size(); ++i) {
    Series truth{.label = "true", .style = Style::points, .color = "#333333"};
    Series model{.label = "model: mean and 2 sigma band", .color = palette(0)};
    for (std::size_t k = 0; k < open.truth.size(); ++k) {
      const Matrix& particles = open.particles[k][std::size_t(start)];
      const double mean = mean_of(particles, Index(i)), sd = sd_of(particles, Index(i));
      const double x = double(k + 1);
      truth.x.push_back(x), truth.y.push_back(double(open.truth[k](Index(i), start)));
      model.x.push_back(x), model.y.push_back(mean);
      model.low.push_back(mean - 2 * sd), model.high.push_back(mean + 2 * sd);
    }
    if (i > 0) truth.label = model.label = "";
    panels.push_back({.title = i == 0 ? title : "",
                      .y_label = open.names[i],
                      .series = {model, truth},
                      .height = i == 0 ? 270 : 210});
  }
  panels.back().x_label = "steps ahead, k";
  return panels;
}

Figure error_figure(const std::vector<KStepError>& table, const OpenLoop& open,
                    const std::string& title) {
  Figure figure{.title = title,
                .x_label = "steps ahead, k",
                .y_label = "error / that of \"nothing changes\"",
                .log_y = true};
  for (std::size_t i = 0; i < open.names.size(); ++i) {
    Series s{.label = open.names[i], .color = palette(i)};
    for (const KStepError& row : table)
      if (row.name == open.names[i] && row.unchanged > 0)
        s.x.push_back(row.k), s.y.push_back(row.rmse / row.unchanged);
    if (!s.x.empty()) figure.series.push_back(s);
  }
  return figure;
}

Figure calibration_figure(const OpenLoop& open, const std::string& title) {
  Figure figure{.title = title,
                .x_label = "probability that the model gives to an interval",
                .y_label = "share of truths inside"};
  figure.series.push_back({.label = "perfectly calibrated",
                           .x = {0, 1},
                           .y = {0, 1},
                           .style = Style::dashes,
                           .color = "#777777"});
  std::size_t color = 0;
  for (const std::size_t k : {std::size_t(1), open.truth.size() / 4, open.truth.size()}) {
    if (k < 1) continue;
    Series s{.label = "k = " + std::to_string(k), .color = palette(color++)};
    for (int level = 0; level <= 20; ++level)
      s.x.push_back(level / 20.0), s.y.push_back(coverage(open, k, level / 20.0));
    figure.series.push_back(s);
  }
  return figure;
}

}  // namespace

std::vector<KStepError> k_step_errors(const OpenLoop& open, const Matrix& starts) {
  std::vector<KStepError> table;
  const Index count = starts.cols();
  for (std::size_t k = 0; k < open.truth.size(); ++k)
    for (Index i = 0; i < starts.rows(); ++i) {
      KStepError row{.k = int(k) + 1, .name = open.names[std::size_t(i)]};
      for (Index j = 0; j < count; ++j) {
        const Matrix& particles = open.particles[k][std::size_t(j)];
        const double truth = double(open.truth[k](i, j)), sd = sd_of(particles, i);
        // BEGIN SOLUTION hw4.4 (about 5 lines)
        const double error = truth - mean_of(particles, i);
        row.rmse += error * error / double(count);
        row.unchanged += std::pow(truth - double(starts(i, j)), 2) / double(count);
        row.sd += sd * sd / double(count);
        row.within_1sd += (std::abs(error) <= sd) / double(count);
        row.within_2sd += (std::abs(error) <= 2 * sd) / double(count);
        // END SOLUTION
      }
      row.rmse = std::sqrt(row.rmse), row.unchanged = std::sqrt(row.unchanged);
      row.sd = std::sqrt(row.sd);
      table.push_back(row);
    }
  return table;
}

double coverage(const OpenLoop& open, std::size_t k, double level) {
  double inside = 0, count = 0;
  const Matrix& truth = open.truth[k - 1];
  for (Index j = 0; j < truth.cols(); ++j) {
    const Matrix& particles = open.particles[k - 1][std::size_t(j)];
    for (Index i = 0; i < truth.rows(); ++i) {
      const Scalar t = truth(i, j);
      if (particles.row(i).minCoeff() == particles.row(i).maxCoeff()) continue;  // known for sure
      // BEGIN SOLUTION hw2.4 (about 4 lines)
      const double below =
          double((particles.row(i).array() < t).count()) / double(particles.cols());
      inside += std::abs(2 * below - 1) <= level, count += 1;
      // END SOLUTION
    }
  }
  return count > 0 ? inside / count : NAN;
}

void report_predictions(const Env& env, const Policy& policy, int H, std::uint64_t seed,
                        const std::string& folder) {
  std::vector<Episode> episodes;
  std::size_t longest = 0;
  for (std::uint64_t e = 0; e < 5; ++e) {
    episodes.push_back(act_one(env, policy, Rng(seed, "predict", e)));
    longest = std::max(longest, episodes.back().a.size());
  }
  H = std::min(H, static_cast<int>(longest));
  const Asked p = predict_from(env, policy, episodes, H, 10, 200);
  const std::vector<KStepError> table = k_step_errors(p.open, p.starts);
  CsvWriter csv(folder + "/predict.csv", {"k", "coordinate", "rmse", "rmse_nothing_changes", "sd",
                                          "within_1sd", "within_2sd"});
  std::printf("%ld starts in 5 episodes of the policy, predicted open loop\n",
              long(p.starts.cols()));
  std::printf("%4s  %-24s %10s %10s %10s %8s %8s\n", "k", "coordinate", "rmse", "no change",
              "model sd", "in 1 sd", "in 2 sd");
  for (const KStepError& row : table) {
    csv.row({row.k, row.name, row.rmse, row.unchanged, row.sd, row.within_1sd, row.within_2sd});
    if (row.k != 1 && row.k != 5 && row.k != H) continue;
    std::printf("%4d  %-24s %10.3g %10.3g %10.3g %7.0f%% %7.0f%%\n", row.k, row.name.c_str(),
                row.rmse, row.unchanged, row.sd, 100 * row.within_1sd, 100 * row.within_2sd);
  }
  const std::string at = folder + "/predict_", of = " of " + env.spec.name;
  announce(save_figure(rollout_figure(p.open, 0, "Open-loop prediction" + of), at + "rollout") &&
               save_figure(error_figure(table, p.open, "Error k steps ahead" + of), at + "error") &&
               save_figure(calibration_figure(p.open, "Calibration" + of), at + "calibration"),
           at + "rollout, " + at + "error and " + at + "calibration, each as .png and .svg");
}

}  // namespace mbrl
