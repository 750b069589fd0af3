#include "learners/trust_region.hpp"

#include "core/time_spent.hpp"

namespace mbrl {

Taken steps_taken(const Trajectories& tau, const Matrix& A) {
  const auto N = static_cast<Index>((tau.counts.array() > 0).count());
  Taken taken{Matrix(tau.s[0].rows(), N), Matrix(tau.u[0].rows(), N), Row(N)};
  Index n = 0;
  for (std::size_t t = 0; t < tau.s.size(); ++t)
    for (Index i = 0; i < A.cols(); ++i) {
      if (tau.counts(Index(t), i) == 0) continue;
      taken.s.col(n) = tau.s[t].col(i);
      taken.u.col(n) = tau.u[t].col(i);
      taken.advantage(n++) = A(Index(t), i) / static_cast<Scalar>(A.cols());
    }
  return taken;
}

// ---- policies as vectors ----

static Vector flat(const std::vector<Matrix*>& parts) {
  Index n = 0;
  for (const Matrix* part : parts) n += part->size();
  Vector all(n);
  n = 0;
  for (const Matrix* part : parts) {
    all.segment(n, part->size()) = part->reshaped();
    n += part->size();
  }
  return all;
}

Vector flat(const NetworkPolicy& pi) {
  NetworkPolicy copy = pi;
  return flat(parameters(copy, true));
}

void assign(const Vector& flat, NetworkPolicy& pi) {
  Index n = 0;
  for (Matrix* part : parameters(pi, true)) {
    part->reshaped() = flat.segment(n, part->size());
    n += part->size();
  }
}

// ---- L and D ----

//   KL = sum_j log sd_j - log sd_old_j + (sd_old_j^2 + (mu_old_j - mu_j)^2) / (2 sd_j^2) - 1/2
double mean_kl(const Env& env, const NetworkPolicy& old, const NetworkPolicy& pi, const Matrix& s) {
  const Vector precision = (-2 * pi.log_sd.array()).exp();
  const Vector var_old = (2 * old.log_sd.array()).exp();
  const Vector apart2 = (mean_u(env, old, s) - mean_u(env, pi, s)).cwiseAbs2().rowwise().mean();
  return double((pi.log_sd - old.log_sd).sum()) +
         double((precision.array() * (var_old + apart2).array() - 1).sum()) / 2;
}

// log N(u; mu(s), sd^2) of each column, but for a constant.
static Row log_density(const Env& env, const NetworkPolicy& pi, const Taken& taken) {
  const Vector per_sd = (-pi.log_sd.array()).exp();
  const Matrix z = per_sd.asDiagonal() * (taken.u - mean_u(env, pi, taken.s));
  return -z.colwise().squaredNorm().array() / 2 - pi.log_sd.sum();
}

double gain(const Env& env, const NetworkPolicy& old, const NetworkPolicy& pi, const Taken& taken) {
  const Row ratio = (log_density(env, pi, taken) - log_density(env, old, taken)).exp();
  return double(((ratio - 1) * taken.advantage).sum());
}

// ---- the natural gradient ----

//   x_l = tanh(z_l),  z_l = W_l x_{l-1} + b_l,  where W_l and b_l move along v.W_l and v.b_l:
//   dx_l = (1 - x_l^2) dz_l,  dz_l = v.W_l x_{l-1} + v.b_l + W_l dx_{l-1}
Matrix derivative_along(const Mlp& v, const Mlp& net, Matrix x) {
  const std::size_t last = net.layers.size() - 1;
  Matrix dx = Matrix::Zero(x.rows(), x.cols());
  for (std::size_t l = 0; l <= last; ++l) {
    const auto& [W, b] = net.layers[l];
    dx = affine(W, dx, v.layers[l].b) + v.layers[l].W * x;
    if (l == last) break;
    x = dense(W, x, b, Activation::tanh);
    dx.array() *= 1 - x.array().square();
  }
  return dx;
}

// J v runs forwards through the network. J^T w then is a gradient, that of the sum of mu(s) w.
Vector TrustRegion::fisher_times(const Vector& v, const Env& env, const NetworkPolicy& pi,
                                 const Matrix& s, Workers& workers) {
  NetworkPolicy along = pi;
  assign(v, along);
  const Vector M = (-2 * pi.log_sd.array()).exp() / static_cast<Scalar>(s.cols());
  const auto share = [&](const Piece& piece, std::vector<Var>& wanted) {
    const NetworkPolicyOf<Var> taped = on_tape(piece.tape, pi);
    wanted = leaves(taped, true);
    const Matrix Jv = derivative_along(along.net, pi.net, env.features(piece.of(s)));
    return sum(mean_u(env, taped, piece(s)) * piece.tape.constant(Matrix(M.asDiagonal() * Jv)));
  };
  Vector Fv = flat(product_(s.cols(), share, workers).gradient);
  Fv.tail(pi.log_sd.size()) = 2 * along.log_sd;
  return Fv;
}

//   x_0 = 0, r_0 = p_0 = b;  alpha = r^T r / p^T A p;  x += alpha p;  r -= alpha A p;
//   p = r + (r^T r / that before) p
Vector conjugate_gradients(const std::function<Vector(const Vector&)>& A, const Vector& b,
                           int steps) {
  Vector x = Vector::Zero(b.size()), r = b, p = b;
  double r2 = double(r.squaredNorm());
  const double enough = 1e-10 * r2;
  for (int k = 0; k < steps && r2 > enough; ++k) {
    const Vector Ap = A(p);
    const double alpha = r2 / double(p.dot(Ap)), before = r2;
    x += static_cast<Scalar>(alpha) * p;
    r -= static_cast<Scalar>(alpha) * Ap;
    r2 = double(r.squaredNorm());
    p = r + static_cast<Scalar>(r2 / before) * p;
  }
  return x;
}

TrustRegion::Ascent TrustRegion::ascend(const Env& env, NetworkPolicy& pi,
                                        const BatchGradient::Slope& up, const Taken& taken,
                                        Workers& workers) {
  const TimeSpent time(Part::learner);
  const Vector g = flat(up.gradient);
  const double norm = double(g.norm());
  if (!std::isfinite(norm))
    up.refuse("the gradient of the policy", "try a smaller --max-kl or a shorter --horizon");
  if (norm == 0) return {};

  // The direction: F d = g.
  const Index every_so_many = config_.fisher_every;
  Matrix some(taken.s.rows(), (taken.s.cols() + every_so_many - 1) / every_so_many);
  for (Index n = 0; n < some.cols(); ++n) some.col(n) = taken.s.col(n * every_so_many);
  const auto F = [&](const Vector& v) -> Vector {
    return fisher_times(v, env, pi, some, workers) + static_cast<Scalar>(config_.damping) * v;
  };
  const Vector d = conjugate_gradients(F, g, config_.conjugate_steps);

  // The length: d^T F d / 2 = max_kl; then half of it, until L rises and D is within the bound.
  double length = std::sqrt(2 * config_.max_kl / double(d.dot(F(d))));
  const NetworkPolicy old = pi;
  const Vector theta = flat(old);
  for (int k = 0; k <= shortest; ++k, length /= 2) {
    assign(theta + static_cast<Scalar>(length) * d, pi);
    const Ascent step{gain(env, old, pi, taken), mean_kl(env, old, pi, taken.s), norm};
    if (step.gain > 0 && step.kl <= config_.max_kl) return step;
  }
  pi = old;
  return {0, 0, norm};
}

}  // namespace mbrl
