// %% [markdown]
// # Your own environment in 40 lines
//
// A rocket hovers: hold it 1 m above the ground, and never touch the ground. State (height,
// velocity), one action, the thrust in [0, 20] m/s². The reward is minus the squared distance from
// 1 m after the step, and -100 for a crash, which ends the episode. An environment is one struct:
// seven functions and a spec. (`docs/your_own_environment.md` says where to put it so that `mbrl`
// finds it, and what its conformance test checks.)

// %%
#include "algorithms/01_version_1_5.hpp"
#include "report/notebook.hpp"

using namespace mbrl;

// %%
struct Hover {
  static constexpr Scalar g = Scalar(9.81), dt = Scalar(0.05), max_thrust = 20;

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "hover";
    spec.summary = "hold a rocket 1 m above the ground";
    spec.state_names = {"height [m]", "velocity [m/s]"};
    spec.action_low = Vector::Constant(1, 0);
    spec.action_high = Vector::Constant(1, max_thrust);
    spec.max_steps = 100;
    spec.terminates = true;
    spec.seconds_per_step = dt;
    spec.horizon = 20;
    spec.noise_scale = Vector{{Scalar(0), Scalar(0.5)}};
    return spec;
  }
  template <class M>
  M dynamics(const M& s, const M& a) const {
    const RowOf<M> thrust = clamp(row(a, 0), 0, max_thrust);
    const RowOf<M> velocity = row(s, 1) + dt * (thrust - g);
    const RowOf<M> height = row(s, 0) + dt * velocity;
    return stack(height, velocity);
  }
  template <class M>
  RowOf<M> reward(const M&, const M&, const M& s_next) const {
    const RowOf<M> height = row(s_next, 0), cost = square(height - Scalar(1));
    return where(values(height) <= 0, -cost - Scalar(100), -cost);
  }
  Mask terminated(const Matrix& s_next) const { return row(s_next, 0) <= 0; }
  template <class M>
  M features(const M& s) const {
    return s;
  }
  Vector reset(Rng& rng) const { return Vector{{rng.uniform(Scalar(0.5), Scalar(1.5)), 0}}; }
  Drawing draw(const Vector& s) const {
    const double height = double(s(0));
    return {{-1, -0.2},
            {1, 2},
            {box({-1, -0.2}, {1, 0}, "#bbbbbb"), line({{-0.4, 1}, {0.4, 1}}, "#9bbb59", 3),
             box({-0.1, height}, {0.1, height + 0.4}, "#c0504d")}};
  }
};

// %% [markdown]
// ## It is learned
//
// Version 1.5: 200 random steps, in episodes that nearly all end in a crash, then five episodes of
// planning through the model that was learned from them.

// %%
const auto env = make_env(Hover{});
RunOptions options;
std::vector<double> returns;

RUN {
  options.seed = 1, options.episodes = 5, options.quiet = true, options.threads = 2;
  Recorder record(options, env->spec, "version 1.5");
  version_1_5::run(*env, {}, record);
  returns = record.returns();
}

RUN {
  Figure figure{
      .title = "Return of each episode of planning", .x_label = "episode", .y_label = "return"};
  Series line{.y = returns, .style = Style::line_points};
  for (std::size_t i = 0; i < returns.size(); ++i) line.x.push_back(double(i + 1));
  figure.series = {line};
  show({figure}, "hover_returns");
  std::printf("first episode of planning %.1f, last %.1f\n", returns.front(), returns.back());
  expect(returns.back() > -20, "after five episodes it hovers: it neither crashes nor strays");
}

// %% [markdown]
// ## It can be differentiated
//
// The same text of `dynamics` and `reward` runs on a tape. So the gradient of the return of a whole
// flight with respect to its thrusts is available, and agrees with a finite difference.

// %%
RUN {
  const Vector start{{Scalar(0.8), Scalar(0)}};
  const auto flight = [&](Tape& tape, Scalar thrust, Var* first) {
    Var s = tape.constant(Matrix(start)), J = tape.constant(Matrix(Matrix::Zero(1, 1)));
    for (int t = 0; t < 20; ++t) {
      const Var a = tape.parameter(Matrix(Matrix::Constant(1, 1, t == 0 ? thrust : Hover::g)));
      if (t == 0 && first) *first = a;
      const Var s_next = env->dynamics(s, a);
      J = J + env->reward(s, a, s_next);
      s = s_next;
    }
    return J;
  };
  Tape tape;
  Var first;
  tape.backward(flight(tape, 12, &first));
  const double slope = double(first.adjoint()(0, 0));
  const auto value = [&](Scalar thrust) {
    Tape other;
    return double(flight(other, thrust, nullptr).value()(0, 0));
  };
  const double difference = (value(Scalar(12.5)) - value(Scalar(11.5)));
  std::printf("dJ/da_1: by the tape %.4f, by a difference %.4f\n", slope, difference);
  expect(std::abs(slope - difference) < 0.01 * std::abs(slope) + 1e-3, "both agree");
}

// %% [markdown]
// ## It can be watched

// %%
RUN {
  version_1_5::Agent agent(*env, {}, 2);
  Workers workers(2);
  Dataset D(2, 1);
  World world(*env, Rng(2, "world"));
  Rng actions(2, "actions");
  while (D.size() < 300) {
    D.append(world.step(random_action(env->spec, actions)));
    if (world.over()) world.reset();
  }
  agent.f.fit(D);
  world.reset();
  Film film;
  double total = 0;
  film.add(*env, world.s(), total);
  while (!world.over()) {
    const Transition tr = world.step(agent.act(world.s(), workers));
    film.add(*env, tr.s_next, total += double(tr.reward));
  }
  show(film, *env, "hover");
  expect(film.frames.size() == 101, "it flies to the end of the episode");
}
