// A learned model as the dynamics of a world: to imagine with, or to differentiate through.
#pragma once

#include "dynamics/uncertain_model.hpp"

namespace mbrl {

// s' and r by one of the thetas for each column, drawn anew at every step. `rng` is drawn from when
// a step is taken; model, rng and workers must outlive the result.
Dynamics<Matrix> sampled_dynamics(const UncertainModel& model, std::vector<Theta> thetas, Rng& rng,
                                  Workers& workers);

// One theta for good, on a tape. If it is probabilistic, s' = mean + sd xi_t at the t-th call, with
// xi_t ~ N(0, 1) given beforehand, (state_dim, B) each; without xi the mean. `model` and `theta`
// must outlive the tape's content.
Dynamics<Var> learned_dynamics(const UncertainModel& model, const Theta& theta,
                               std::vector<Matrix> xi = {});

// The Jacobians of f at many points at once.  s: (n, B)  a: (m, B)
// returns for each point df/ds, (n, n), and df/da, (n, m)
struct Jacobians {
  std::vector<Matrix> s, a;
};
Jacobians jacobians(const Dynamics<Var>& f, const Matrix& s, const Matrix& a);

}  // namespace mbrl
