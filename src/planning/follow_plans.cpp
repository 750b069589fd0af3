#include "planning/follow_plans.hpp"

#include <numeric>

namespace mbrl {

void PlanFollower::follow(const Env& env, const StepAt& f, const Vector& s,
                          const Eigen::Ref<const Matrix>& plans,
                          Eigen::Ref<Row, 0, Eigen::InnerStride<>> returns) {
  const EnvSpec& spec = env.spec;
  const Index m = spec.action_dim(), H = plans.rows() / m;
  level_ = 0, alive_ = plans.cols();
  plan_of_.resize(static_cast<std::size_t>(alive_));
  std::iota(plan_of_.begin(), plan_of_.end(), Index(0));
  batches_[0].resize(spec.state_dim(), m, alive_);
  batches_[0].s.colwise() = s;
  returns.setZero();

  for (Index t = 0; t < H && alive_ > 0; ++t) {
    Batch& now = batches_[level_];
    for (Index j = 0; j < now.a.cols(); ++j)
      now.a.col(j) = plans.col(plan_of_[std::size_t(j)]).segment(t * m, m);
    now.tape.clear();
    const TapedStep next = f(t, now.tape.constant(now.s), now.tape.constant(now.a));
    for (Index j = 0; j < alive_; ++j)
      returns(plan_of_[std::size_t(j)]) += next.reward.value()(0, j);

    if (!spec.terminates) {
      now.s = next.s_next.value();
      continue;
    }
    env.terminated(next.s_next.value(), now.ended);
    const Scalar still_to_come = static_cast<Scalar>(spec.after_termination * double(H - 1 - t));
    for (Index j = 0; j < alive_; ++j)
      if (now.ended(j)) returns(plan_of_[std::size_t(j)]) += still_to_come;
    go_on(next.s_next.value());
  }
}

// Moves the columns that have not ended to the front, and on to the next batch once half is enough.
void PlanFollower::go_on(const Matrix& s_next) {
  Batch& now = batches_[level_];
  Index kept = 0;
  for (Index j = 0; j < alive_; ++j) {
    if (now.ended(j)) continue;
    plan_of_[std::size_t(kept)] = plan_of_[std::size_t(j)];
    now.s.col(kept++) = s_next.col(j);
  }
  alive_ = kept;
  const Index half = (now.s.cols() + 1) / 2;
  if (alive_ > half || level_ + 1 == batches_.size()) return;
  Batch& smaller = batches_[++level_];
  smaller.resize(now.s.rows(), now.a.rows(), half);
  smaller.s = now.s.leftCols(half);
}

void PlanFollower::Batch::resize(Index state_dim, Index action_dim, Index width) {
  s.resize(state_dim, width), a.resize(action_dim, width), ended.resize(width);
}

}  // namespace mbrl
