// The inner loop of planning: many plans are followed side by side, and their rewards added up.
//
// Most of the time goes here. So it works in buffers that are kept from one call to the next, and
// does not follow for long what has already ended.
#pragma once

#include <array>

#include "core/parallel.hpp"
#include "dynamics/taped_dynamics.hpp"

namespace mbrl {

// How many of K plans to follow at a time: as many as make the products fast, and yet enough pieces
// for a few threads. Not to depend on their number: the pieces decide the last bits of the result.
inline Index plans_at_a_time(Index K, Index particles = 1) {
  return std::clamp<Index>(K * particles / 20, 100, 400);
}

// What happens at step t = 0, 1, ... of a horizon to a batch of states and actions.
using StepAt = std::function<TapedStep(Index t, const Var& s, const Var& a)>;

// Follows plans on one thread.
class PlanFollower {
 public:
  // Writes sum_t r_t of each plan, from one state on.
  // s: (state_dim)  plans: (H * action_dim, K)  returns: (1, K)
  //
  // The step that ends an episode is paid, and env.spec.after_termination for each one behind it.
  void follow(const Env& env, const StepAt& f, const Vector& s,
              const Eigen::Ref<const Matrix>& plans,
              Eigen::Ref<Row, 0, Eigen::InnerStride<>> returns);

 private:
  // The columns of a batch; of all plans, of half of them, ... as more and more have ended.
  struct Batch {
    Tape tape;
    Matrix s, a;  // (state_dim, width), (action_dim, width)
    Mask ended;
    void resize(Index state_dim, Index action_dim, Index width);
  };
  void go_on(const Matrix& s_next);

  std::array<Batch, 4> batches_;  // each of a fixed width, so that its buffers are kept
  std::size_t level_ = 0;         // the one at work
  std::vector<Index> plan_of_;    // the plan that each column follows
  Index alive_ = 0;               // how many columns count; those behind them have ended
};

using PlanFollowers = PerThread<PlanFollower>;

}  // namespace mbrl
