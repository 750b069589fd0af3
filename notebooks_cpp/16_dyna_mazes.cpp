// %% [markdown]
// # Dyna's mazes
//
// Three claims. Planning with a model that was learned by counting saves real steps: the more
// imagined updates per real one, the fewer episodes it takes (Sutton & Barto, figure 8.2). A model
// can be wrong because the world has changed: an agent that believes it finds the new way late, or
// never, and a bonus for actions long untried helps (figures 8.4 and 8.5). And where the world is
// stochastic, the expectation over s' on the slide is worth having.

// %%
#include <array>

#include "algorithms/06_dyna.hpp"
#include "core/parallel.hpp"
#include "diagram.hpp"

using namespace mbrl;

// A life in a maze, of so many episodes or real steps: the length of every episode, and the reward
// collected by each step.
struct Life {
  std::vector<double> lengths{}, reward_by_step{};
};

Life live(const Maze& maze, const dyna::Config& config, std::uint64_t seed, int episodes,
          int steps) {
  const MazeEnv env(maze);
  dyna::Agent agent(maze, config, seed);
  World world(env, Rng(seed, "world"));
  Life life;
  double total = 0;
  for (int length = 0; steps == 0 || int(life.reward_by_step.size()) < steps;) {
    const Index s = env.cell(world.s());
    const Index a = agent.table.explore(s, config.epsilon, agent.chance);
    const Transition tr = world.step(Vector::Constant(1, static_cast<Scalar>(a)));
    agent.learn(s, a, double(tr.reward), env.cell(tr.s_next), tr.terminated);
    ++length;
    life.reward_by_step.push_back(total += double(tr.reward));
    if (!world.over()) continue;
    life.lengths.push_back(length);
    if (int(life.lengths.size()) == episodes) break;
    length = 0;
    world.reset();
  }
  return life;
}

std::vector<Life> lives(int runs, const Maze& maze, const dyna::Config& config, int episodes,
                        int steps) {
  std::vector<Life> all(static_cast<std::size_t>(runs));
  Workers workers(static_cast<int>(std::max(1u, std::thread::hardware_concurrency())));
  workers.for_each(runs, [&](Index i) {
    const auto seed = static_cast<std::uint64_t>(i + 1);
    all[static_cast<std::size_t>(i)] = live(maze, config, seed, episodes, steps);
  });
  return all;
}

// Mean over the runs, and its standard error, of what each did at place i.
struct Average {
  std::vector<double> mean{}, error{};
};

Average average(const std::vector<Life>& runs, std::vector<double> Life::*what) {
  Average result;
  for (std::size_t i = 0; i < (runs[0].*what).size(); ++i) {
    double sum = 0, squares = 0;
    for (const Life& run : runs) sum += (run.*what)[i], squares += std::pow((run.*what)[i], 2);
    const double n = double(runs.size()), mean = sum / n;
    result.mean.push_back(mean);
    result.error.push_back(std::sqrt(std::max(0.0, squares / n - mean * mean) / (n - 1)));
  }
  return result;
}

Series curve(const std::string& label, const Average& of, std::size_t color,
             std::size_t every = 1) {
  Series series{.label = label, .color = palette(color)};
  for (std::size_t i = 0; i < of.mean.size(); i += every) {
    series.x.push_back(double(i + 1)), series.y.push_back(of.mean[i]);
    series.low.push_back(of.mean[i] - 2 * of.error[i]);
    series.high.push_back(of.mean[i] + 2 * of.error[i]);
  }
  return series;
}

// %% [markdown]
// ## The mazes
//
// S is the start, G the goal, which pays 1; grey is wall. The slippery maze has the map of the
// first one, and three moves in ten go in a random direction.

// %%
static void paint(Diagram& picture, const std::vector<std::string>& map, Point corner,
                  const std::string& title) {
  const auto rows = double(map.size()), columns = double(map[0].size());
  picture.box(corner, {corner.x + columns, corner.y + rows}, "#f2f2f2");
  for (std::size_t r = 0; r < map.size(); ++r)
    for (std::size_t c = 0; c < map[r].size(); ++c) {
      const Point low{corner.x + double(c), corner.y + rows - 1 - double(r)};
      const Point high{low.x + 1, low.y + 1}, center{low.x + 0.5, low.y + 0.5};
      const char mark = map[r][c];
      if (mark == '#') picture.box(low, high, "#7f7f7f");
      if (mark == 'S') picture.box(low, high, "#cfe0f0");
      if (mark == 'G') picture.box(low, high, "#b7d58a");
      if (mark == 'S' || mark == 'G') picture.text(center, std::string(1, mark), 12);
    }
  picture.text({corner.x + columns / 2, corner.y + rows + 0.7}, title, 11);
}

RUN {
  const Maze plain = dyna_maze(), blocking = blocking_maze(), shortcut = shortcut_maze();
  Diagram picture(31, 16, 26);
  paint(picture, plain.map, {1, 4.5}, "maze and maze\\_slippery");
  paint(picture, blocking.map, {11, 8.5}, "blocking, up to step 1000");
  paint(picture, blocking.later, {11, 0.5}, "blocking, afterwards");
  paint(picture, shortcut.map, {21, 8.5}, "shortcut, up to step 3000");
  paint(picture, shortcut.later, {21, 0.5}, "shortcut, afterwards");
  show(picture, "dyna_mazes");
}

// %% [markdown]
// ## More planning, fewer episodes
//
// alpha = 0.1, epsilon = 0.1, gamma = 0.95, ties broken at random. The table gives the mean number
// of steps of an episode over 100 runs, and in brackets that of 1000 or 2000 runs of an independent
// implementation.

// %%
RUN {
  struct Reference {
    int K, runs;
    std::array<double, 12> steps;
  };
  constexpr std::array<std::size_t, 12> episode{1, 2, 3, 4, 5, 6, 10, 15, 20, 25, 30, 50};
  const std::array<Reference, 3> references{{
      {0, 2000, {852, 696, 505, 326, 264, 229, 129, 83, 49, 25.7, 18.8, 17.9}},
      {5, 2000, {856, 150, 60.8, 34.8, 24.0, 19.0, 17.0, 17.0, 17.0, 17.0, 16.8, 16.8}},
      {50, 1000, {889, 39.8, 17.5, 17.1, 17.1, 17.0, 17.0, 17.0, 16.8, 16.8, 16.8, 16.7}},
  }};
  Figure figure{.title = "Steps per episode in the Dyna maze, mean of 100 runs ± 2 standard errors",
                .x_label = "episode (the first, about 850 for all, is left out)",
                .y_label = "steps"};
  figure.log_y = true;
  std::size_t color = 0;
  bool as_expected = true;
  for (const Reference& reference : references) {
    const auto runs = lives(100, dyna_maze(), {.K = reference.K}, 50, 0);
    const Average steps = average(runs, &Life::lengths);
    std::printf("K = %2d  ", reference.K);
    for (std::size_t i = 0; i < episode.size(); ++i) {
      const double mean = steps.mean[episode[i] - 1], error = steps.error[episode[i] - 1];
      // The reference has an error of its own: the same spread over more runs.
      const double both = error * std::sqrt(1 + 100.0 / reference.runs);
      std::printf(" %zu: %.1f ± %.1f (%g)", episode[i], mean, error, reference.steps[i]);
      // The table is rounded to 0.1, which counts where all runs agree.
      as_expected = as_expected && std::abs(mean - reference.steps[i]) < 3 * both + 0.05;
    }
    std::printf("\n");
    Series series = curve("K = " + std::to_string(reference.K) + " imagined updates per real one",
                          steps, color++);
    for (auto* column : {&series.x, &series.y, &series.low, &series.high})
      column->erase(column->begin());
    figure.series.push_back(series);
  }
  figure.references = {{14, "the shortest way"}};
  show({figure}, "dyna_maze");
  expect(as_expected, "mean steps at twelve episodes for K = 0, 5, 50 are as in the reference");
}

// %% [markdown]
// ## When the model is wrong: the walls change
//
// `remember = 0`: the model believes the last thing it saw, as in the book; counts would go on
// believing in a gap that was there a hundred times. Dyna-Q+ adds kappa sqrt(tau) to the imagined
// reward of an action that has been untried for tau real steps.

// %%
struct Contender {
  std::string label;
  double kappa;
};

std::vector<Average> changing(const Maze& maze, int K, int steps,
                              const std::vector<Contender>& contenders, const std::string& name) {
  Figure figure{
      .title = maze.name + ": reward collected, mean of 50 runs ± 2 standard errors",
      .x_label = "real steps (the walls change at step " + std::to_string(maze.change_at) + ")",
      .y_label = "reached the goal so many times"};
  std::vector<Average> all;
  for (const Contender& contender : contenders) {
    const dyna::Config config{.K = K, .alpha = 1, .remember = 0, .kappa = contender.kappa};
    all.push_back(average(lives(50, maze, config, 0, steps), &Life::reward_by_step));
    figure.series.push_back(curve(contender.label, all.back(), all.size() - 1, 20));
    std::printf("%-14s %-24s", maze.name.c_str(), contender.label.c_str());
    for (int t = 1000; t <= steps; t += 1000)
      std::printf("  %d: %.0f", t, all.back().mean[std::size_t(t - 1)]);
    std::printf("\n");
  }
  show({figure}, name);
  return all;
}

RUN {
  const auto blocking = changing(blocking_maze(), 10, 3000,
                                 {{"Dyna-Q", 0}, {"Dyna-Q+, kappa = 1e-4", 1e-4}}, "dyna_blocking");
  expect(blocking[1].mean.back() > blocking[0].mean.back() + 2 * blocking[0].error.back(),
         "after the way was blocked, Dyna-Q+ has found the goal more often than Dyna-Q");

  const auto shortcut =
      changing(shortcut_maze(), 50, 6000,
               {{"Dyna-Q", 0}, {"Dyna-Q+, kappa = 1e-3", 1e-3}, {"Dyna-Q+, kappa = 1e-4", 1e-4}},
               "dyna_shortcut");
  const auto per_1000 = [](const Average& of, std::size_t from, std::size_t to) {
    return 1000 * (of.mean[to - 1] - of.mean[from - 1]) / double(to - from);
  };
  const double before = per_1000(shortcut[0], 2000, 3000),
               after = per_1000(shortcut[0], 5000, 6000);
  const double with_bonus = per_1000(shortcut[1], 5000, 6000);
  std::printf("per 1000 steps: Dyna-Q %.1f before, %.1f after; Dyna-Q+ %.1f after\n", before, after,
              with_bonus);
  expect(std::abs(after - before) < 5,
         "Dyna-Q never finds the shortcut: its slope does not change");
  expect(with_bonus > 70, "Dyna-Q+ with kappa = 1e-3 does");
  expect(shortcut[1].mean.back() > shortcut[2].mean.back() &&
             shortcut[2].mean.back() > shortcut[0].mean.back(),
         "a bonus that is too small helps less");
}

// %% [markdown]
// ## Expected against sample updates
//
// Three moves in ten go astray. An update with a step size of 1 replaces Q by the target. The
// expectation under the counts is what Q should be; a single sample is noisy, however many updates
// there are. A smaller step size averages over samples, but learns more slowly.

// %%
RUN {
  Figure figure{
      .title = "The slippery maze: steps per episode, mean of 100 runs ± 2 standard errors",
      .x_label = "episode",
      .y_label = "steps"};
  figure.log_y = true;
  std::array<double, 4> late{};
  std::size_t i = 0;
  for (const double alpha : {1.0, 0.1})
    for (const std::string update : {"expected", "sample"}) {
      const dyna::Config config{.K = 10, .alpha = alpha, .update = update};
      const Average steps = average(lives(100, slippery_maze(), config, 50, 0), &Life::lengths);
      for (std::size_t e = 30; e < 50; ++e) late[i] += steps.mean[e] / 20;
      std::printf("alpha = %.1f, %-8s updates: episode 2 %.0f steps, 5 %.0f, 31 to 50 %.1f\n",
                  alpha, update.c_str(), steps.mean[1], steps.mean[4], late[i]);
      figure.series.push_back(
          curve(update + " updates, alpha = " + number_text(alpha), steps, i++));
    }
  show({figure}, "dyna_expected");
  expect(late[0] < 0.8 * late[1], "with a step size of 1 only the expectation finds the way");
}
