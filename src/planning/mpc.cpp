#include "planning/mpc.hpp"

#include "core/time_spent.hpp"
#include "planning/random_shooting.hpp"

namespace mbrl {

Mpc::Mpc(const EnvSpec& spec, const PlannerConfig& config, std::uint64_t seed)
    : config_(config), m_(spec.action_dim()), rng_(seed, "planner") {
  config.check();
  const Index H = config.horizon > 0 ? config.horizon : spec.horizon;
  low_ = spec.action_low.replicate(H, 1), high_ = spec.action_high.replicate(H, 1);
  if (config.cem.noise_color > 0) coloring_ = coloring(H, config.cem.noise_color);
  reset();
}

void Mpc::reset() {
  plan_ = (low_ + high_) / 2;
  buffers_.kept.resize(plan_.size(), 0);
}

const Vector& Mpc::plan(const Objective& J) {
  const TimeSpent time(Part::planning);
  const Index K = config_.cem.candidates;
  // BEGIN SOLUTION hw3.5 (about 3 lines)
  const Index rest = plan_.size() - m_;
  start_.resize(plan_.size());
  start_ << plan_.tail(rest), ((low_ + high_) / 2).tail(m_);
  // END SOLUTION
  // What is left of the elites that are kept, too.
  if (Matrix& kept = buffers_.kept; kept.cols() > 0) {
    kept.topRows(kept.rows() - m_) = kept.bottomRows(kept.rows() - m_).eval();
    kept.bottomRows(m_) = ((low_ + high_) / 2).tail(m_).replicate(1, kept.cols());
  }
  if (config_.planner == "cem")
    plan_ = cem(J, start_, low_, high_, config_.cem, rng_, buffers_, nullptr, coloring_);
  else
    plan_ = random_shooting(J, low_, high_, K * config_.cem.iterations, rng_, buffers_);
  return plan_;
}

void Mpc::archive(Archive& ar) {
  const Index length = plan_.size();
  ar("plan", plan_), ar("rng", rng_);
  ar.require(plan_.size() == length && (plan_.array() >= low_.array()).all() &&
                 (plan_.array() <= high_.array()).all(),
             "plan");
  if (config_.cem.keep_elites > 0) {
    ar("kept", buffers_.kept);
    ar.require(buffers_.kept.rows() == length, "kept");
  }
}

const Vector& Mpc::first_action(const Objective& J) {
  first_action_ = plan(J).head(m_);
  return first_action_;
}

}  // namespace mbrl
