#include "dynamics/taped_dynamics.hpp"

namespace mbrl {

TapedDynamics true_dynamics(const Env& env) {
  return [&env](const Var& s, const Var& a) {
    const Var s_next = env.dynamics(s, a);
    return TapedStep{s_next, env.reward(s, a, s_next)};
  };
}

TapedDynamics learned_dynamics(const UncertainModel& model, const Theta& theta,
                               std::vector<Matrix> xi) {
  return
      [&model, &theta, xi = std::move(xi), t = std::size_t(0)](const Var& s, const Var& a) mutable {
        const TapedNextState next = model.predict(theta, s, a);
        const Var reward = next.reward ? *next.reward : model.io().env().reward(s, a, next.mean);
        if (theta.noise == Noise::none || xi.empty()) return TapedStep{next.mean, reward};
        return TapedStep{next.mean + next.sd * s.tape->constant(Matrix(xi[t++])), reward};
      };
}

// Every point n times side by side, so that one pass backwards, with dL/dy = e_i for the i-th copy,
// brings all n rows of all Jacobians.
Jacobians jacobians(const std::function<TapedDynamics(Tape&)>& f, const Matrix& s,
                    const Matrix& a) {
  const Index n = s.rows(), B = s.cols();
  Tape tape;
  const Var all_s = tape.parameter(Matrix(s.replicate(1, n)));
  const Var all_a = tape.parameter(Matrix(a.replicate(1, n)));
  const Var s_next = f(tape)(all_s, all_a).s_next;
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
