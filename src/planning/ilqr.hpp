// Iterative LQR: a second-order method for the actions of one trajectory, by dynamic programming.
//
// Lecture: "What's the problem with backprop into policy?". Actions can be optimised by LQR-like
// steps because a_t acts on the rest of the trajectory only through s_{t+1}. A policy's weights act
// at every step at once, and that is lost. Li & Todorov 2004; Tassa, Erez & Todorov 2012.
#pragma once

#include "dynamics/learned_dynamics.hpp"

namespace mbrl {

struct IlqrConfig {
  int iterations = 50;
  double tolerance = 1e-6;  // stops when the return improves by a smaller share of itself
};

struct IlqrSolution {
  Vector plan;            // (H * action_dim), a_1 on top
  std::vector<Matrix> K;  // H matrices (action_dim, state_dim): corrects a_t when s_t is off
  std::vector<double> J;  // the return of the first plan, and after every iteration
  Index model_calls = 0;  // how many states f was asked about
};

// Maximises J = sum_t r(s_t, a_t) under s_{t+1} = f(s_t, a_t) from s, beginning with a plan of H
// steps, (H * action_dim).
//
// Each iteration linearises f along the present trajectory (Jacobians from the tape), takes r to
// second order (its Hessian by central differences of its gradient), finds the best correction
// k_t + K_t ds_t of every action backwards in time, and goes as much of that way as improves J.
// Where the curvature is not negative, a multiple of the identity is subtracted until it is.
// Actions stay in the box: what is at its wall and would leave it is held there.
IlqrSolution ilqr(const Dynamics<Var>& f, const EnvSpec& spec, const Vector& s, const Vector& plan,
                  const IlqrConfig& config = {});

}  // namespace mbrl
