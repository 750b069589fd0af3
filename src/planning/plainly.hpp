// The slide "How to plan with uncertainty", its four steps in order, with early termination.
//
// propagation.hpp computes the same, faster: on several threads, and dropping plans whose particles
// have all ended. This is its specification; its tests compare the two.
#pragma once

#include "planning/luck.hpp"

namespace mbrl {

// J(a_1, ..., a_H) = 1/N sum_i sum_t r(s_{t,i}, a_t), where s_{t+1,i} = f_i(s_{t,i}, a_t), of each
// plan, (1, K).  s_1: (state_dim)  plans: (H * action_dim, K)  N: particles
inline Row expected_return_plainly(const UncertainModel& model, const Luck& luck, Index N,
                                   const Vector& s_1, const Matrix& plans) {
  const Env& env = model.io().env();
  const Index m = env.spec.action_dim(), H = plans.rows() / m, K = plans.cols();
  const Row after_end = Row::Constant(K, static_cast<Scalar>(env.spec.after_termination));
  Row J = Row::Zero(K);
  for (Index i = 0; i < N; ++i) {
    // 1. Sample theta ~ p(theta | D). luck holds the draws: one for all t (TSinf), or one
    // per t (TS1).
    const auto theta = [&](Index t) -> const Theta& { return luck.thetas[luck.theta_of[t][i]]; };

    Matrix s = s_1.replicate(1, K);
    Row R = Row::Zero(K);
    Mask alive = Mask::Constant(K, true);
    for (Index t = 0; t < H; ++t) {
      const Matrix a = plans.middleRows(t * m, m);

      // 2. At each time step t, sample s_{t+1} ~ p(s_{t+1} | s_t, a_t, theta): its mean and sd are
      // predicted, its noise is the same under every plan.
      const NextState<Matrix> p = model.predict(theta(t), s, a);
      const Matrix s_next = p.mean + luck.noise[t].col(i).asDiagonal() * p.sd;

      // 3. Calculate R = sum_t r(s_t, a_t), with r-hat where the model has learned one. The step
      // that ends a particle still earns its reward.
      const Row reward = p.reward ? *p.reward : env.reward(s, a, s_next);
      R += where(alive, reward, after_end);
      if (env.spec.terminates) alive = alive && !env.terminated(s_next);
      s = s_next;
    }
    // 4. Repeat steps 1 to 3 and accumulate the average reward.
    J += R / static_cast<Scalar>(N);
  }
  return J;
}

}  // namespace mbrl
