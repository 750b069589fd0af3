#include "planning/pooled_returns.hpp"

namespace mbrl {

namespace {

// Replaces the particles of every plan by draws from a normal with their mean and variance.
// s: (state_dim, particles * K)  noise: (state_dim, particles)
void match_moments(Matrix& s, Index K, const Matrix& noise) {
  const Index particles = noise.cols();
  const auto N = static_cast<Scalar>(particles);
  Matrix mean = Matrix::Zero(s.rows(), K), variance = mean;
  for (Index i = 0; i < particles; ++i) mean += s.middleCols(i * K, K) / N;
  for (Index i = 0; i < particles; ++i) variance += (s.middleCols(i * K, K) - mean).cwiseAbs2() / N;
  for (Index i = 0; i < particles; ++i)
    for (Index d = 0; d < s.rows(); ++d)
      s.row(d).segment(i * K, K) = mean.row(d) + noise(d, i) * variance.row(d).cwiseSqrt();
}

}  // namespace

Matrix pooled_returns(const UncertainModel& model, const Luck& luck, const std::string& how,
                      Index particles, const Vector& s_1, const Eigen::Ref<const Matrix>& plans,
                      std::vector<Matrix>* visited) {
  const Env& env = model.io().env();
  const Index m = env.spec.action_dim(), K = plans.cols(), columns = particles * K;
  const Row after = Row::Constant(columns, static_cast<Scalar>(env.spec.after_termination));
  Matrix s = s_1.replicate(1, columns), a(m, columns);
  Row total = Row::Zero(columns);
  Mask alive = Mask::Constant(columns, true);
  for (std::size_t t = 0; t < luck.noise.size(); ++t) {
    for (Index i = 0; i < particles; ++i)
      a.middleCols(i * K, K) = plans.middleRows(static_cast<Index>(t) * m, m);
    NextState<Matrix> next = model.predict(luck.thetas, s, a);
    if (how != "E")
      for (Index i = 0; i < particles; ++i)
        next.mean.middleCols(i * K, K) +=
            luck.noise[t].col(i).asDiagonal() * next.sd.middleCols(i * K, K);
    if (how == "MM") match_moments(next.mean, K, luck.noise_again[t]);

    Step<Matrix> step = model.arrive(std::move(next), s, a);
    total += where(alive, step.reward, after);
    s = std::move(step.s_next);
    if (env.spec.terminates) alive = alive && !env.terminated(s);
    if (visited) visited->push_back(s);
  }
  return total.reshaped(K, particles).transpose();
}

}  // namespace mbrl
