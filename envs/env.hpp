// What an environment is: a handful of pure functions of a batch of states.
//
// An environment is a struct (see pendulum.hpp) that writes each function once, as a template, for
// plain matrices and for variables on a tape; make_env() puts it behind the interface Env, which
// algorithms use. So the true dynamics can be planned through and differentiated just like a
// learned model.
//
// Everything here is fully observed: the state s is what Gymnasium calls the observation, before
// features.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "autodiff/operations.hpp"
#include "core/checkpoint.hpp"
#include "envs/drawing.hpp"

namespace mbrl {

struct EnvSpec {
  std::string name;
  std::string summary;                   // one line for `mbrl list`
  std::vector<std::string> state_names;  // one per state coordinate, with its unit
  Vector action_low, action_high;        // the box of actions
  int actions = 0;  // how many there are if they are discrete: the whole part of a number in [0, n)
  int max_steps = 200;             // a longer episode is truncated (which is not termination)
  bool terminates = false;         // whether terminated() can be true
  double seconds_per_step = 0.05;  // for the speed of the animation
  int horizon = 25;                // how far ahead a planner should look in this task
  std::vector<Index> angles;       // state coordinates that are angles, the same modulo 2 pi
  Vector noise_scale;  // what process noise of size 1 adds to each coordinate in a step (sd)
  double random_return = NAN;    // the mean return of random actions, measured (docs/results.md)
  double oracle_return = NAN;    // of CEM on the true dynamics: what a perfect model would give
  double after_termination = 0;  // the reward a planner books per step of its horizon after the end

  Index state_dim() const { return static_cast<Index>(state_names.size()); }
  Index action_dim() const { return action_low.size(); }
  Vector action_middle() const { return (action_high + action_low) / 2; }
  Vector action_half_width() const { return (action_high - action_low) / 2; }
  // Actions from the box [-1, 1]^m into that of the task, and back.  (action_dim, B)
  Matrix from_unit_box(const Matrix& c) const {
    return (action_half_width().asDiagonal() * c).colwise() + action_middle();
  }
  Matrix to_unit_box(const Matrix& a) const {
    return action_half_width().cwiseInverse().asDiagonal() * (a.colwise() - action_middle());
  }
};

struct Env {
  EnvSpec spec;
  double process_noise = 0;  // 0: deterministic; else s' gets this times noise_scale times N(0, 1)

  virtual ~Env() = default;
  // s' = f(s, a), without the noise.  s: (state_dim, B)  a: (action_dim, B)  returns (state_dim, B)
  virtual Matrix dynamics(const Matrix& s, const Matrix& a) const = 0;
  virtual Var dynamics(const Var& s, const Var& a) const = 0;
  // r(s, a, s'), (1, B)
  virtual Row reward(const Matrix& s, const Matrix& a, const Matrix& s_next) const = 0;
  virtual Var reward(const Var& s, const Var& a, const Var& s_next) const = 0;
  // Which of the new states end the episode, (1, B).
  virtual Mask terminated(const Matrix& s_next) const = 0;
  // The same into a mask that is kept.
  virtual void terminated(const Matrix& s_next, Mask& ended) const { ended = terminated(s_next); }
  // What a network sees of a state, e.g. sine and cosine of an angle.  returns (feature_dim, B)
  virtual Matrix features(const Matrix& s) const = 0;
  virtual Var features(const Var& s) const = 0;
  Index feature_dim() const { return features(Matrix(Matrix::Zero(spec.state_dim(), 1))).rows(); }
  // A state to start an episode from.
  virtual Vector reset(Rng& rng) const = 0;
  // The same after an episode that ended in s_end: for worlds that go on changing meanwhile.
  virtual Vector reset_after(const Vector& /*s_end*/, Rng& rng) const { return reset(rng); }
  virtual Drawing draw(const Vector& s) const = 0;
  // Where noise may not carry a state, e.g. through a wall: what s_next, reached from s, becomes.
  virtual Matrix legal(const Matrix& /*s*/, const Matrix& s_next) const { return s_next; }

  // s' ~ p(s' | s, a): the dynamics and the process noise.
  virtual Matrix sample_next(const Matrix& s, const Matrix& a, Rng& rng) const;
};

// Puts an environment struct behind the interface.
template <class Task>
struct EnvOf final : Env {
  Task task;

  explicit EnvOf(Task t) : task(std::move(t)) { spec = task.spec(); }
  Matrix dynamics(const Matrix& s, const Matrix& a) const override { return task.dynamics(s, a); }
  Var dynamics(const Var& s, const Var& a) const override { return task.dynamics(s, a); }
  Row reward(const Matrix& s, const Matrix& a, const Matrix& s_next) const override {
    return task.reward(s, a, s_next);
  }
  Var reward(const Var& s, const Var& a, const Var& s_next) const override {
    return task.reward(s, a, s_next);
  }
  Mask terminated(const Matrix& s_next) const override { return task.terminated(s_next); }
  void terminated(const Matrix& s_next, Mask& ended) const override {
    ended = task.terminated(s_next);
  }
  Matrix features(const Matrix& s) const override { return task.features(s); }
  Var features(const Var& s) const override { return task.features(s); }
  Vector reset(Rng& rng) const override { return task.reset(rng); }
  Drawing draw(const Vector& s) const override { return task.draw(s); }
  Matrix legal(const Matrix& s, const Matrix& s_next) const override {
    if constexpr (requires { task.legal(s, s_next); }) return task.legal(s, s_next);
    return s_next;
  }
};

template <class Task>
requires requires(const Task& task) { task.spec(); }
std::unique_ptr<Env> make_env(Task task) { return std::make_unique<EnvOf<Task>>(std::move(task)); }

// Actions uniform in the box: the base policy pi_0 of the lecture.
Vector random_action(const EnvSpec& spec, Rng& rng);

// One real step.
struct Transition {
  Vector s, a;
  Scalar reward = 0;
  Vector s_next;
  bool terminated = false;  // the world ended: no value beyond
  bool truncated = false;   // the step limit was reached: the world goes on, the episode does not
};

// The world as an agent lives in it: one state at a time. A thin wrapper on the pure functions.
class World {
 public:
  World(const Env& env, Rng rng);

  const Vector& reset();
  Transition step(const Vector& a);

  const Vector& s() const { return s_; }
  bool over() const { return over_; }
  Rng& rng() { return rng_; }
  void archive(Archive& ar);

 private:
  const Env& env_;
  Rng rng_;
  Vector s_;
  int steps_ = 0;
  bool over_ = false;
};

}  // namespace mbrl
