// %% [markdown]
// # MBPO's rollout length
//
// "When to trust your model": $k$ steps from a state of $B$. Longer rollouts reach more states that
// were never visited, but their errors grow. First the error of $k$ steps, for models trained on
// more and more data; then the effect of $k$ on the learning curves.

// %%
#include "intervals.hpp"
#include "random_steps.hpp"
#include "result_runs.hpp"

using namespace mbrl;

Workers workers(2);

// %% [markdown]
// ## How far can the model be trusted?
//
// MBPO's model, a probabilistic ensemble of seven of which the best five are sampled, a new one at
// every step, after 50 to 800 random steps of the pendulum. From 400 states of the data: the
// distance from where the true dynamics lead under the same actions. With more data, the same error
// is reached after more steps: this is the reason for a schedule that lets $k$ grow.

// %%
std::vector<double> steps_until_off;  // for each amount of data, when the error passes 0.1

RUN {
  const auto env = make_env("pendulum");
  constexpr int kLongest = 60;
  Figure figure{.title = "pendulum: error of k imagined steps (mean over 3 models)",
                .x_label = "k",
                .y_label = "distance [sd of the data]",
                .log_y = true};
  for (const int N : {50, 200, 800}) {
    std::vector<double> mean(kLongest, 0);
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
      const Dataset D = random_steps(*env, N, seed);
      UncertainModelConfig config{.kind = "PE", .ensemble{.members = 7, .elite_members = 5}};
      config.network.epochs = 100;
      UncertainModel model = make_uncertain_model(*env, config, seed);
      model.fit(D, workers);
      Rng rng(seed, "rollouts");
      const std::vector<Theta> thetas = model.sample(5, rng);
      const Vector sd = spread_of(D);
      Matrix truth = D.random_states(400, rng), imagined = truth;
      for (double& error : mean) {
        const Matrix a = random_actions(*env, truth.cols(), rng);
        truth = env->dynamics(truth, a);
        imagined = model.sample_next(thetas, imagined, a, rng, workers).s_next;
        error += double(distance(*env, imagined, truth, sd).mean()) / 3;
      }
    }
    Series line{.label = std::to_string(N) + " real transitions", .y = mean};
    int until = 0;
    while (until < kLongest && mean[std::size_t(until)] < 0.1) ++until;
    for (int k = 1; k <= kLongest; ++k) line.x.push_back(k);
    figure.series.push_back(line);
    steps_until_off.push_back(until);
    std::printf("%4d transitions: error of 1 step %.4f, of 5 %.4f, of 15 %.3f; below 0.1 for %d\n",
                N, mean[0], mean[4], mean[14], until);
  }
  figure.references = {{0.1, "a tenth of a standard deviation"}};
  show({figure}, "trust");
  expect(steps_until_off.back() > 2 * steps_until_off.front(),
         "with 16 times the data a rollout stays near the truth over twice as long");
}

// %% [markdown]
// ## The same fifty steps, from other states and with one network
//
// Chapter 1 finds one network of the pendulum off by more than a standard deviation after fifty
// steps, where the ensemble above is not off by a tenth. One thing at a time, from 200 transitions,
// ten data sets: one deterministic network or the ensemble; from states of its data, or from those
// of other random steps. It is the states that matter.

// %%
RUN {
  const auto env = make_env("pendulum");
  const auto off = [&](const UncertainModelConfig& config, bool elsewhere, std::uint64_t seed) {
    const Dataset D = random_steps(*env, 200, seed);
    UncertainModel model = make_uncertain_model(*env, config, seed);
    model.fit(D, workers);
    Rng rng(seed, "rollouts");
    const std::vector<Theta> thetas = model.sample(model.size_or(1), rng);
    const Dataset others = random_steps(*env, 2000, seed + 1000);
    Matrix truth = (elsewhere ? others : D).random_states(200, rng), imagined = truth;
    for (int t = 0; t < 50; ++t) {
      const Matrix a = random_actions(*env, truth.cols(), rng);
      truth = env->dynamics(truth, a);
      imagined = model.sample_next(thetas, imagined, a, rng, workers).s_next;
    }
    return double(distance(*env, imagined, truth, spread_of(D)).mean());
  };
  UncertainModelConfig one{.kind = "D"}, ensemble{.kind = "PE"};
  ensemble.ensemble.members = 7, ensemble.ensemble.elite_members = 5;
  one.network.epochs = ensemble.network.epochs = 100;
  std::vector<double> lows, highs;  // of geometric means: the errors spread over a decade
  for (const bool elsewhere : {false, true})
    for (const UncertainModelConfig* config : {&one, &ensemble}) {
      std::vector<double> logs;
      for (std::uint64_t seed = 1; seed <= 10; ++seed)
        logs.push_back(std::log(off(*config, elsewhere, seed)));
      const Interval mean = mean_interval(logs);
      lows.push_back(mean.low), highs.push_back(mean.high);
      std::printf("%s, %s: off by %.3f after 50 steps (95 %%: %.3f to %.3f)\n",
                  config == &one ? "one network " : "the ensemble",
                  elsewhere ? "other states" : "states of D ", std::exp(mean.centre),
                  std::exp(mean.low), std::exp(mean.high));
    }
  expect(lows[2] > highs[0] && lows[3] > highs[1],
         "from states that are not of the data either model is worse, beyond chance");
}

// %% [markdown]
// ## The effect on learning
//
// The runs of docs/results.md on the pendulum (5 seeds for $k = 5$, else 3). On this task a model
// is good after a few hundred steps, and $k = 15$ learns fastest. On the swing-up $k = 1$ is not
// enough: 126 ± 55 after 5000 real steps, against 180 ± 1 with 5.

// %%
const Csv csv = read_csv("docs/results/short_rollouts.csv");

static Figure curves(const std::string& title, const std::vector<RunGroup>& groups) {
  Figure figure = compare(title, groups).figure;
  figure.x_label = "real environment steps";
  figure.y_label = "mean of the last 5 episodes, mean ± 1 sd";
  return figure;
}

RUN {
  show({curves("MBPO on pendulum: how long the rollouts are",
               {runs_of(csv, {"mbpo", "pendulum", "k1"}, "k = 1"),
                runs_of(csv, {"mbpo", "pendulum"}, "k = 5"),
                runs_of(csv, {"mbpo", "pendulum", "k15"}, "k = 15")})},
       "mbpo_length");
  const RunGroup one = runs_of(csv, {"mbpo", "cartpole_swingup", "k1"}, "k = 1");
  const RunGroup five = runs_of(csv, {"mbpo", "cartpole_swingup"}, "k = 5");
  show({curves("MBPO on cartpole_swingup", {one, five})}, "mbpo_length_swingup");
  expect(mean_curve(five).mean.back() > mean_curve(one).mean.back(),
         "on the swing-up five steps end higher than one");
}

// %% [markdown]
// ## How much of a batch is real
//
// Another setting of MBPO is the share of real transitions in every batch. On the pendulum it
// hardly matters.

// %%
RUN {
  show({curves("MBPO on pendulum: the share of real transitions in a batch",
               {runs_of(csv, {"mbpo", "pendulum", "real0"}, "0"),
                runs_of(csv, {"mbpo", "pendulum"}, "0.05"),
                runs_of(csv, {"mbpo", "pendulum", "real50"}, "0.5"),
                runs_of(csv, {"mbpo", "pendulum", "real100"}, "1")})},
       "mbpo_share");
}
