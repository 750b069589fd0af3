#include "planning/objective.hpp"

namespace mbrl {

Step true_step(const Env& env) {
  return [&env](const Matrix& s, const Matrix& a) {
    Prediction p{env.dynamics(s, a), {}};
    p.reward = env.reward(s, a, p.s_next);
    return p;
  };
}

Row return_of_plans(const Env& env, const Step& f, const Vector& s, const Matrix& plans,
                    Workers& workers) {
  constexpr Index chunk = 100;  // a fixed width, so that the bits do not depend on the threads
  const Index m = env.spec.action_dim(), H = plans.rows() / m;
  const auto after_end = static_cast<Scalar>(env.spec.after_termination);
  require_shape("state to plan from", s, env.spec.state_dim(), 1);
  require_shape("plans", plans, H * m, -1);
  Row J(plans.cols());
  workers.for_chunks(plans.cols(), chunk, [&](Index first, Index count) {
    Matrix state = s.replicate(1, count);
    Row total = Row::Zero(count);
    Mask alive = Mask::Constant(count, true);
    for (Index t = 0; t < H; ++t) {
      const Matrix a = plans.block(t * m, first, m, count);
      Prediction next = f(state, a);
      total += where(alive, next.reward, Row::Constant(count, after_end));
      if (env.spec.terminates) alive = alive && !env.terminated(next.s_next);
      state = std::move(next.s_next);
    }
    J.segment(first, count) = total;
  });
  return J;
}

double true_return(const Env& env, const Vector& s, const Vector& plan) {
  Workers alone(1);
  return double(return_of_plans(env, true_step(env), s, plan, alone)(0));
}

Row comparable(const Row& scores) {
  Row safe = scores;
  for (Index k = 0; k < safe.size(); ++k)
    if (!std::isfinite(safe(k))) safe(k) = -std::numeric_limits<Scalar>::infinity();
  if (!(safe > -std::numeric_limits<Scalar>::infinity()).any())
    throw Diverged("the score of every candidate plan is no longer finite");
  return safe;
}

}  // namespace mbrl
