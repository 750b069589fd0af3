#include "planning/follow_pooled.hpp"

namespace mbrl {

void PooledFollower::follow(const UncertainModel& model, const Luck& luck, const std::string& how,
                            const Vector& s, const Eigen::Ref<const Matrix>& plans,
                            Eigen::Ref<Matrix> returns, std::vector<Matrix>* visited) {
  const Env& env = model.io().env();
  const Index m = env.spec.action_dim(), K = plans.cols(), particles = returns.rows();
  const auto after = static_cast<Scalar>(env.spec.after_termination);
  s_.resize(s.size(), particles * K), a_.resize(m, particles * K);
  s_.colwise() = s;
  total_.setZero(particles * K), alive_.setConstant(particles * K, true);
  for (std::size_t t = 0; t < luck.noise.size(); ++t) {
    for (Index i = 0; i < particles; ++i)
      a_.middleCols(i * K, K) = plans.middleRows(static_cast<Index>(t) * m, m);
    tape_.clear();
    const Var now = tape_.constant(s_), a = tape_.constant(a_);
    const TapedNextState next = model.predict(luck.thetas, now, a);
    Matrix& s_next = next.mean.node->own;  // nobody differentiates: the tape lends its buffers
    if (how != "E")
      for (Index i = 0; i < particles; ++i)
        for (Index d = 0; d < s_next.rows(); ++d)
          s_next.row(d).segment(i * K, K) +=
              luck.noise[t](d, i) * next.sd.value().row(d).segment(i * K, K);
    if (how == "MM") match_moments(s_next, K, luck.noise_again[t]);

    const Var reward = next.reward ? *next.reward : env.reward(now, a, next.mean);
    total_ += alive_.select(values(reward).row(0), after);
    if (env.spec.terminates) {
      env.terminated(s_next, ended_);
      alive_ = alive_ && !ended_;
    }
    s_ = s_next;
    if (visited) visited->push_back(s_);
  }
  for (Index i = 0; i < particles; ++i) returns.row(i) = total_.segment(i * K, K).matrix();
}

void PooledFollower::match_moments(Matrix& s, Index K, const Matrix& noise) {
  const Index particles = noise.cols();
  const auto N = static_cast<Scalar>(particles);
  mean_.setZero(s.rows(), K), variance_.setZero(s.rows(), K);
  for (Index i = 0; i < particles; ++i) mean_ += s.middleCols(i * K, K) / N;
  for (Index i = 0; i < particles; ++i)
    variance_ += (s.middleCols(i * K, K) - mean_).cwiseAbs2() / N;
  for (Index i = 0; i < particles; ++i)
    for (Index d = 0; d < s.rows(); ++d)
      s.row(d).segment(i * K, K) = mean_.row(d) + noise(d, i) * variance_.row(d).cwiseSqrt();
}

}  // namespace mbrl
