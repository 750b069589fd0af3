#include "planning/mpc.hpp"

#include "planning/random_shooting.hpp"

namespace mbrl {

Mpc::Mpc(const EnvSpec& spec, const PlannerConfig& config, std::uint64_t seed)
    : config_(config), m_(spec.action_dim()), rng_(seed, "planner") {
  config.check();
  const Index H = config.horizon > 0 ? config.horizon : spec.horizon;
  low_ = spec.action_low.replicate(H, 1), high_ = spec.action_high.replicate(H, 1);
  reset();
}

void Mpc::reset() { plan_ = (low_ + high_) / 2; }

const Vector& Mpc::plan(const Objective& J) {
  const Index rest = plan_.size() - m_;
  Vector start(plan_.size());
  start << plan_.tail(rest), ((low_ + high_) / 2).tail(m_);
  if (config_.planner == "cem")
    plan_ = cem(J, start, low_, high_, config_.cem, rng_);
  else
    plan_ = random_shooting(J, low_, high_, Index(config_.cem.candidates) * config_.cem.iterations,
                            rng_);
  return plan_;
}

Vector Mpc::first_action(const Objective& J) { return plan(J).head(m_); }

}  // namespace mbrl
