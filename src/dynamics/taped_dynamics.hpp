// What happens to a batch of states and actions, to be differentiated through: the true dynamics,
// or one sample of a learned model.
#pragma once

#include <functional>

#include "dynamics/uncertain_model.hpp"

namespace mbrl {

// s: (state_dim, B)  a: (action_dim, B)  returns s', (state_dim, B), and r, (1, B)
struct TapedStep {
  Var s_next, reward;
};
using TapedDynamics = std::function<TapedStep(const Var& s, const Var& a)>;

TapedDynamics true_dynamics(const Env& env);

// The model with one theta. If it is probabilistic, s' = mean + sd xi_t at the
// t-th call, with xi_t ~ N(0, 1) given beforehand, (state_dim, B) each; without xi the mean.
// `model` and `theta` must outlive the tape's content.
TapedDynamics learned_dynamics(const UncertainModel& model, const Theta& theta,
                               std::vector<Matrix> xi = {});

// The Jacobians of f at many points at once.  s: (n, B)  a: (m, B)
// returns for each point df/ds, (n, n), and df/da, (n, m)
struct Jacobians {
  std::vector<Matrix> s, a;
};
// f: made for the tape that it is given
Jacobians jacobians(const std::function<TapedDynamics(Tape&)>& f, const Matrix& s, const Matrix& a);

}  // namespace mbrl
