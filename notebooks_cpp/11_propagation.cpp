// %% [markdown]
// # Propagation on one picture: TS1, TSinf, moment matching
//
// "Step 1: sample $\theta \sim p(\theta \mid D)$. Step 2: at each time step $t$, sample
// $s_{t+1} \sim p(s_{t+1} \mid s_t, a_t, \theta)$." Is there one $\theta$ for the whole plan, or a
// new one at every step? And "other options: moment matching": what happens to particles that are
// replaced by draws from a normal with their mean and variance?

// %%
#include "planning/propagation.hpp"
#include "random_steps.hpp"

using namespace mbrl;

Workers workers(2);
constexpr int kParticles = 60;

// One coordinate of the particles after 0, 1, ..., H steps under one plan.
static std::vector<std::vector<double>> fan(const UncertainModel& model, const Vector& s,
                                            const Vector& plan, const std::string& how,
                                            Index coordinate) {
  PropagationConfig config;
  config.propagation = how, config.particles = kParticles;
  Rng rng(5, "particles");
  std::vector<std::vector<double>> at{{double(s(coordinate))}};
  for (const Matrix& states : imagined_states(model, s, plan, config, rng)) {
    at.emplace_back();
    for (Index i = 0; i < states.cols(); ++i) at.back().push_back(double(states(coordinate, i)));
  }
  return at;
}

static double sd_of(const std::vector<double>& values) {
  double mean = 0, squares = 0;
  for (const double v : values) mean += v / double(values.size());
  for (const double v : values) squares += (v - mean) * (v - mean) / double(values.size());
  return std::sqrt(squares);
}

// %% [markdown]
// ## The scene
//
// A pole that stands upright, and no force on the cart: how fast will it fall, and to which side?
// In truth, exactly upright, not at all. Five deterministic networks that have seen 50 random steps
// give five different answers. Under TSinf a particle follows one network to the end, so there are
// five futures. Under TS1 it follows another network at every step, and their predictions average
// out. DS draws from the normal with the mean and variance of all five, so it loses the information
// that a network which errs to the left goes on erring to the left. MM also replaces the particles
// by draws from a normal with their moments, coordinate by coordinate: now the particle that leans
// furthest is no longer the one that turns fastest. E follows the mean and has no spread at all.

// %%
const auto env = make_env("inverted_pendulum");
const Dataset D = random_steps(*env, 50, 1);
UncertainModel model = make_uncertain_model(*env, {.kind = "DE"}, 1);
constexpr int H = 25;
const Vector upright = Vector::Zero(4), no_force = Vector::Zero(H);
const std::vector<std::string> kHow{"TSinf", "TS1", "DS", "MM", "E"};

RUN {
  model.fit(D, workers);
  std::vector<Figure> panels;
  for (const std::string& how : kHow) {
    const auto at = fan(model, upright, no_force, how, 1);
    Figure panel{.title = how, .y_label = "angle [rad]", .height = 190};
    panel.y_low = -0.5, panel.y_high = 0.5;
    const std::size_t particles = at.back().size();
    for (std::size_t i = 0; i < particles; ++i) {
      Series line{.color = palette(0), .width = 1, .opacity = 0.5};
      for (std::size_t t = 0; t < at.size(); ++t)
        line.x.push_back(double(t)), line.y.push_back(t == 0 ? at[0][0] : at[t][i]);
      panel.series.push_back(line);
    }
    panels.push_back(panel);
  }
  panels.back().x_label = "steps imagined", panels.back().height += 45;
  show(panels, "propagation");
}

// %% [markdown]
// ## How the spread grows
//
// The standard deviation of the angle over the particles. A bias that is the same at every step
// adds up like $t$; one that is drawn anew at every step like $\sqrt t$ (and here both are
// multiplied by the pole's own instability).

// %%
RUN {
  Figure figure{.title = "Spread of the particles (60 of them)",
                .x_label = "steps imagined",
                .y_label = "sd of the angle [rad]",
                .log_x = true,
                .log_y = true};
  std::vector<double> last;
  for (const std::string& how : kHow) {
    const auto at = fan(model, upright, no_force, how, 1);
    Series line{.label = how, .color = palette(last.size())};
    for (std::size_t t = 1; t < at.size(); ++t)
      line.x.push_back(double(t)), line.y.push_back(sd_of(at[t]));
    last.push_back(line.y.back());
    std::printf("%-5s sd of the angle after %d steps: %.3f\n", how.c_str(), H, last.back());
    if (how != "E") figure.series.push_back(line);
  }
  show({figure}, "propagation_spread");
  expect(last[0] > 1.3 * last[1], "TSinf spreads more than TS1: one network's errors add up");
  expect(last[3] < last[2], "MM spreads less than DS: it forgets which way each particle turns");
  expect(last[4] == 0, "E knows no uncertainty");
}
