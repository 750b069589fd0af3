// The policy of SAC: a normal distribution, squashed into the box of actions (Haarnoja et al. 2018,
// appendix C).
//
//   u = mu(s) + sd(s) eps,   eps ~ N(0, 1),   c = tanh(u),   a = middle + half c.
//
// A density changes with the volume:  log pi(c | s) = log N(u; mu, sd^2) - sum log(1 - tanh(u)^2).
// It is that of c, in the box [-1, 1]^m: the units of the world's actions do not enter.
#pragma once

#include "core/settings.hpp"
#include "envs/env.hpp"
#include "nn/mlp.hpp"

namespace mbrl {

template <class M>
struct SquashedSample {
  M c;              // in [-1, 1]: (action_dim, B)
  RowOf<M> log_pi;  // log pi(c | s), (1, B)
};

// net: features to mu and, below it, log sd, which is kept between -20 and 2
// eps: (action_dim, B); 0 gives the middle of the policy
SquashedSample<Matrix> sample_squashed(const Mlp& net, const Matrix& features, const Matrix& eps);
// The same on a tape.  out: what the network says of the features  eps: a constant
SquashedSample<Var> sample_squashed(const Var& out, const Var& eps);

// log(1 - tanh(u)^2) = 2 (log 2 - u - softplus(-2 u)): exact in float also where tanh(u) has become
// 1. (The usual log(1 - c^2 + 1e-6) is off by 5 at u = 10, and its gradient vanishes.)
Var log_slope_of_tanh(const Var& u);
Matrix log_slope_of_tanh(const Matrix& u);

}  // namespace mbrl
