#include "dynamics/learned_dynamics.hpp"

namespace mbrl {

Dynamics<Matrix> sampled_dynamics(const UncertainModel& model, std::vector<Theta> thetas, Rng& rng,
                                  Workers& workers) {
  const auto kept = std::make_shared<const std::vector<Theta>>(std::move(thetas));
  return [&model, kept, &rng, &workers](const Matrix& s, const Matrix& a) {
    return model.sample_next(*kept, s, a, rng, workers);
  };
}

Dynamics<Var> learned_dynamics(const UncertainModel& model, const Theta& theta,
                               std::vector<Matrix> xi) {
  return
      [&model, &theta, xi = std::move(xi), t = std::size_t(0)](const Var& s, const Var& a) mutable {
        NextState<Var> next = model.predict(theta, s, a);
        if (theta.noise != Noise::none && !xi.empty())
          next.mean = next.mean + next.sd * s.tape->constant(Matrix(xi[t++]));
        return model.arrive(std::move(next), s, a);
      };
}

// Every point n times side by side, so that one pass backwards, with dL/dy = e_i for the i-th copy,
// brings all n rows of all Jacobians.
Jacobians jacobians(const Dynamics<Var>& f, const Matrix& s, const Matrix& a) {
  const Index n = s.rows(), B = s.cols();
  Tape tape;
  const Var all_s = tape.parameter(Matrix(s.replicate(1, n)));
  const Var all_a = tape.parameter(Matrix(a.replicate(1, n)));
  const Var s_next = f(all_s, all_a).s_next;
  Matrix which = Matrix::Zero(n, n * B);
  for (Index i = 0; i < n; ++i) which.row(i).segment(i * B, B).setOnes();
  tape.backward(s_next, which);
  Jacobians J;
  for (Index b = 0; b < B; ++b) {
    Matrix by_s(n, n), by_a(n, a.rows());
    for (Index i = 0; i < n; ++i) {
      by_s.row(i) = all_s.adjoint().col(i * B + b).transpose();
      by_a.row(i) = all_a.adjoint().col(i * B + b).transpose();
    }
    J.s.push_back(by_s), J.a.push_back(by_a);
  }
  return J;
}

}  // namespace mbrl
