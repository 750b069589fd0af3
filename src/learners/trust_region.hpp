// A step of the policy inside a trust region (TRPO, Schulman et al. 2015): as far up as the new
// policy acts nearly as the old one did.
//
//   max_theta L(theta)  subject to  D(theta) <= max_kl
//
//   L = 1/B sum_i sum_t A_{i,t} pi_theta(u_{i,t} | s_{i,t}) / pi_old(u_{i,t} | s_{i,t})
//   D = mean over the visited states s of KL(pi_old(. | s) || pi_theta(. | s))
//
// Near theta_old, L rises with the policy gradient g, and D is d^T F d / 2 for a step d, with F the
// Fisher information. So the direction is F^-1 g, the natural gradient (Kakade 2002), by conjugate
// gradients, which ask for products F v alone. Its length is such that d^T F d / 2 = max_kl. Then a
// line search, on L and D themselves, shortens what the two approximations made too long (appendix
// C of the paper).
#pragma once

#include "learners/policy_trainer.hpp"

namespace mbrl {

struct TrustRegionConfig {
  double max_kl = 0.02;
  int conjugate_steps = 10;
  double damping = 0.01;
  int fisher_every = 7;

  void list(Settings& field) {
    field("max-kl", max_kl, 1e-8, 10,
          "the trust region: how far a step may go, the mean KL from the old policy to the new");
    field("conjugate-steps", conjugate_steps, 1, 1000,
          "the trust region: conjugate gradient steps towards F^-1 g");
    field("damping", damping, 0, 1e6, "the trust region: added to the diagonal of F");
    field("fisher-every", fisher_every, 1, 1000,
          "the trust region: F is the mean over one state in so many");
  }
};

// The steps of {tau_i} that count, side by side.
struct Taken {
  Matrix s, u;    // (state_dim, N), (action_dim, N)
  Row advantage;  // A / B, (1, N)
};
Taken steps_taken(const Trajectories& tau, const Matrix& A);

// ---- the parts, by themselves ----

// All weights of a policy and log_sd, one below the other; and back again.
Vector flat(const NetworkPolicy& pi);
void assign(const Vector& flat, NetworkPolicy& pi);

// D: the mean over the columns of s of KL(old || pi), summed over the coordinates of u.
double mean_kl(const Env& env, const NetworkPolicy& old, const NetworkPolicy& pi, const Matrix& s);

// L(pi) - L(old)
double gain(const Env& env, const NetworkPolicy& old, const NetworkPolicy& pi, const Taken& taken);

// J v: the derivative of net(x) by all weights of the network, along v. From the first layer to the
// last, with no tape. Hidden layers are tanh.  x: (in, B)  returns (out, B)
Matrix derivative_along(const Mlp& v, const Mlp& net, Matrix x);

// x with A x = b, roughly: after so many steps (Hestenes and Stiefel 1952). Of A, symmetric and
// positive, nothing is known but products with it.
Vector conjugate_gradients(const std::function<Vector(const Vector&)>& A, const Vector& b,
                           int steps);

class TrustRegion {
 public:
  explicit TrustRegion(const TrustRegionConfig& config) : config_(config) {}

  // F v, without F: the mean over the columns of s of J^T M J v. J is the Jacobian of (mu, log sd)
  // by theta; M, the Fisher information of a normal distribution in them, is (1 / sd^2, 2).
  Vector fisher_times(const Vector& v, const Env& env, const NetworkPolicy& pi, const Matrix& s,
                      Workers& workers);

  // One step from pi, whose policy gradient is `up`. If no length of it is good, pi stays what it
  // is. Throws Diverged if the gradient is not finite.
  struct Ascent {
    double gain = 0, kl = 0, gradient_norm = 0;
  };
  Ascent ascend(const Env& env, NetworkPolicy& pi, const BatchGradient::Slope& up,
                const Taken& taken, Workers& workers);

 private:
  static constexpr int shortest = 10;  // how often the line search halves the step

  TrustRegionConfig config_;
  BatchGradient product_{PolicyTrainer::pieces};
};

}  // namespace mbrl
