#include "envs/env.hpp"

#include "core/time_spent.hpp"

namespace mbrl {

World::World(const Env& env, Rng rng) : env_(env), rng_(std::move(rng)) {
  const EnvSpec& spec = env.spec;
  if (!spec.action_low.allFinite() || !spec.action_high.allFinite() ||
      !(spec.action_low.array() < spec.action_high.array()).all())
    throw UserError("the box of actions of " + spec.name +
                    " must be finite, with each action_low below its action_high: nothing else " +
                    "can be explored");
  reset();
}

const Vector& World::reset() {
  s_ = s_.size() == 0 ? env_.reset(rng_) : env_.reset_after(s_, rng_);
  steps_ = 0;
  over_ = false;
  return s_;
}

Transition World::step(const Vector& a) {
  const TimeSpent time(Part::environment);
  require_shape("action", a, env_.spec.action_dim(), 1);
  require_finite("action", a);
  if (over_) throw UserError("the episode is over: call reset() first");
  Transition tr{s_, a, 0, env_.sample_next(s_, a, rng_), false, false};
  require_finite("state of " + env_.spec.name, tr.s_next);
  tr.reward = env_.reward(s_, a, tr.s_next)(0);
  tr.terminated = env_.terminated(tr.s_next)(0);
  tr.truncated = !tr.terminated && ++steps_ >= env_.spec.max_steps;
  over_ = tr.terminated || tr.truncated;
  s_ = tr.s_next;
  return tr;
}

void World::archive(Archive& ar) {
  ar("rng", rng_), ar("s", s_), ar("steps", steps_), ar("over", over_);
  ar.require(s_.size() == env_.spec.state_dim() && s_.allFinite(), "s");
  ar.require(steps_ >= 0 && steps_ <= env_.spec.max_steps, "steps");
}

Matrix Env::sample_next(const Matrix& s, const Matrix& a, Rng& rng) const {
  Matrix s_next = dynamics(s, a);
  if (process_noise > 0) {
    const Matrix noise = rng.normal(s_next.rows(), s_next.cols());
    const Vector scale = static_cast<Scalar>(process_noise) * spec.noise_scale;
    s_next += scale.asDiagonal() * noise;
    s_next = legal(s, s_next);
  }
  return s_next;
}

Vector random_action(const EnvSpec& spec, Rng& rng) {
  Vector a(spec.action_dim());
  for (Index i = 0; i < a.size(); ++i) a(i) = rng.uniform(spec.action_low(i), spec.action_high(i));
  return a;
}

}  // namespace mbrl
