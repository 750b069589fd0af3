#include "planning/ilqr.hpp"

#include "core/linear_algebra.hpp"

namespace mbrl {

namespace {

using Mat = RealMatrix;  // second-order steps want double
using Vec = RealVector;

struct Trajectory {
  Mat z;  // (n + m, H): s_t above a_t
  double J = 0;
};

// a_t = the old one + k_t + K_t (s_t - the old one)
struct Correction {
  std::vector<Vec> k;
  std::vector<Mat> K;
};

// Walks from s_0 with `share` of the correction; actions stay in the box.
Trajectory walk(const Dynamics<Var>& f, const EnvSpec& spec, const Trajectory& old,
                const Correction& by, double share) {
  const Index n = spec.state_dim(), m = spec.action_dim();
  const Vec low = spec.action_low.cast<double>(), high = spec.action_high.cast<double>();
  Trajectory now{old.z};
  Vec s = old.z.col(0).head(n);
  Tape tape;
  for (Index t = 0; t < old.z.cols(); ++t) {
    const auto i = static_cast<std::size_t>(t);
    const Vec a = old.z.col(t).tail(m) + share * by.k[i] + by.K[i] * (s - old.z.col(t).head(n));
    now.z.col(t) << s, a.cwiseMax(low).cwiseMin(high);
    tape.clear();
    const Step<Var> next = f(tape.constant(Matrix(s.cast<Scalar>())),
                             tape.constant(Matrix(now.z.col(t).tail(m).cast<Scalar>())));
    s = next.s_next.value().col(0).cast<double>();
    now.J += double(next.reward.value()(0, 0));
  }
  return now;
}

// dr/dz at many points z = (s; a), (n + m, B).
Mat reward_gradient(const Dynamics<Var>& f, const Mat& z, Index n) {
  Tape tape;
  const Var s = tape.parameter(Matrix(z.topRows(n).cast<Scalar>()));
  const Var a = tape.parameter(Matrix(z.bottomRows(z.rows() - n).cast<Scalar>()));
  tape.backward(sum(f(s, a).reward));
  Mat gradient(z.rows(), z.cols());
  gradient << s.adjoint().cast<double>(), a.adjoint().cast<double>();
  return gradient;
}

// d2r/dz2 at each of them, by central differences.
std::vector<Mat> reward_hessians(const Dynamics<Var>& f, const Mat& z, Index n) {
  const double h = std::cbrt(double(std::numeric_limits<Scalar>::epsilon()));
  std::vector<Mat> hessians(static_cast<std::size_t>(z.cols()), Mat(z.rows(), z.rows()));
  for (Index i = 0; i < z.rows(); ++i) {
    Mat above = z, below = z;
    above.row(i).array() += h, below.row(i).array() -= h;
    const Mat change = reward_gradient(f, above, n) - reward_gradient(f, below, n);
    for (Index t = 0; t < z.cols(); ++t)
      hessians[static_cast<std::size_t>(t)].col(i) = change.col(t) / (2 * h);
  }
  for (Mat& H : hessians) H = ((H + H.transpose()) / 2).eval();
  return hessians;
}

// f to first and r to second order, along a trajectory.
struct Expansion {
  Jacobians f;
  Mat g;               // (n + m, H)
  std::vector<Mat> G;  // H matrices (n + m, n + m)
};

// The best correction, backwards in time. If the value of what is to come after step t is
// v^T ds + 1/2 ds^T W ds, that of (ds; da) at t is q^T (ds; da) + 1/2 (ds; da)^T Q (ds; da) with
//
//   q = g + D^T v,   Q = G + D^T W D,   D = (df/ds, df/da),
//
// largest where da = -Q_aa^{-1} (q_a + Q_as ds). Nothing if some Q_aa is not negative definite.
std::optional<Correction> best_correction(const Expansion& at, const EnvSpec& spec, const Mat& z,
                                          double damping) {
  const Index n = spec.state_dim(), m = spec.action_dim(), H = z.cols();
  Correction best{std::vector<Vec>(static_cast<std::size_t>(H)), {}};
  best.K.resize(best.k.size());
  Vec v = Vec::Zero(n);
  Mat W = Mat::Zero(n, n);
  for (Index t = H; t-- > 0;) {
    const auto i = static_cast<std::size_t>(t);
    Mat D(n, n + m);
    D << at.f.s[i].cast<double>(), at.f.a[i].cast<double>();
    const Vec q = at.g.col(t) + transposed_product(D, v);
    const Mat Q = at.G[i] + product(transposed_product(D, W), D);

    Mat Q_aa = Q.bottomRightCorner(m, m), Q_as = Q.bottomLeftCorner(m, n);
    Vec q_a = q.tail(m);
    Q_aa.diagonal().array() -= damping;
    for (Index j = 0; j < m; ++j) {
      const double a = z(n + j, t);
      const bool held = (a <= double(spec.action_low(j)) && q_a(j) < 0) ||
                        (a >= double(spec.action_high(j)) && q_a(j) > 0);
      if (!held) continue;
      Q_aa.row(j).setZero(), Q_aa.col(j).setZero(), Q_as.row(j).setZero();
      Q_aa(j, j) = -1, q_a(j) = 0;
    }
    const std::optional<Mat> curvature = cholesky(-Q_aa);
    if (!curvature) return {};
    const Vec& k = best.k[i] = cholesky_solve(*curvature, q_a);
    const Mat& K = best.K[i] = cholesky_solve(*curvature, Q_as);

    // What (ds; k + K ds) is worth.
    Mat with_K(n + m, n);
    with_K << Mat::Identity(n, n), K;
    v = transposed_product(with_K, Vec(q + Q.rightCols(m) * k));
    W = product(transposed_product(with_K, Q), with_K);
    W = ((W + W.transpose()) / 2).eval();
  }
  return best;
}

}  // namespace

IlqrSolution ilqr(const Dynamics<Var>& f, const EnvSpec& spec, const Vector& s, const Vector& plan,
                  const IlqrConfig& config) {
  const Index n = spec.state_dim(), m = spec.action_dim(), H = plan.size() / m;
  require_shape("state to plan from", s, n, 1);
  require_shape("plan", plan, H * m, 1);

  // The trajectory of the first plan.
  Correction by{std::vector<Vec>(static_cast<std::size_t>(H), Vec::Zero(m)), {}};
  by.K.assign(by.k.size(), Mat::Zero(m, n));
  Trajectory now{Mat::Zero(n + m, H)};
  now.z.col(0).head(n) = s.cast<double>();
  for (Index t = 0; t < H; ++t) now.z.col(t).tail(m) = plan.segment(t * m, m).cast<double>();
  now = walk(f, spec, now, by, 0);
  IlqrSolution best;
  best.J.push_back(now.J), best.model_calls = H;

  double damping = 0;
  bool converged = false;
  for (int k = 0; k < config.iterations && !converged && damping < 1e8; ++k) {
    const Matrix s_t = now.z.topRows(n).cast<Scalar>(), a_t = now.z.bottomRows(m).cast<Scalar>();
    const Expansion at{jacobians(f, s_t, a_t), reward_gradient(f, now.z, n),
                       reward_hessians(f, now.z, n)};
    best.model_calls += H * (n + 1 + 2 * (n + m));

    std::optional<Correction> found;
    while (!(found = best_correction(at, spec, now.z, damping)))
      damping = std::max(1e-3, 4 * damping);
    by = *found;

    const double before = now.J;
    for (double share = 1; share > 1e-3 && now.J <= before; share /= 2) {
      const Trajectory next = walk(f, spec, now, by, share);
      best.model_calls += H;
      if (next.J > now.J) now = next;
    }
    best.J.push_back(now.J);
    const bool improved = now.J > before;
    damping = improved ? (damping > 1e-3 ? damping / 4 : 0) : std::max(1e-3, 4 * damping);
    converged = improved && now.J - before < config.tolerance * std::abs(now.J);
  }

  best.plan = Matrix(now.z.bottomRows(m).cast<Scalar>()).reshaped();
  for (const Mat& K : by.K) best.K.push_back(K.cast<Scalar>());
  return best;
}

}  // namespace mbrl
