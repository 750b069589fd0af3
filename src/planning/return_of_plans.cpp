#include "planning/return_of_plans.hpp"

#include <numeric>

namespace mbrl {

Row return_of_plans(const Env& env, const Dynamics<Matrix>& f, const Vector& s_1,
                    const Eigen::Ref<const Matrix>& plans) {
  const Index m = env.spec.action_dim(), H = plans.rows() / m, K = plans.cols();
  const auto after = static_cast<Scalar>(env.spec.after_termination);
  Row J = Row::Zero(K);
  std::vector<Index> plan_of(static_cast<std::size_t>(K));  // the plan that each column follows
  std::iota(plan_of.begin(), plan_of.end(), Index(0));
  Matrix s = s_1.replicate(1, K), a;

  for (Index t = 0; t < H && !plan_of.empty(); ++t) {
    a.resize(m, s.cols());
    for (Index j = 0; j < a.cols(); ++j)
      a.col(j) = plans.col(plan_of[std::size_t(j)]).segment(t * m, m);
    Step<Matrix> next = f(s, a);
    for (Index j = 0; j < a.cols(); ++j) J(plan_of[std::size_t(j)]) += next.reward(j);
    s = std::move(next.s_next);
    if (!env.spec.terminates) continue;

    // On with those that have not ended.
    const Mask ended = env.terminated(s);
    if (!ended.any()) continue;
    Index left = 0;
    for (Index j = 0; j < s.cols(); ++j) {
      const Index plan = plan_of[std::size_t(j)];
      if (ended(j)) {
        J(plan) += after * static_cast<Scalar>(H - 1 - t);
      } else {
        s.col(left) = s.col(j);
        plan_of[std::size_t(left++)] = plan;
      }
    }
    s.conservativeResize(Eigen::NoChange, left);
    plan_of.resize(static_cast<std::size_t>(left));
  }
  return J;
}

Row return_of_plans(const Env& env, const Dynamics<Matrix>& f, const Vector& s, const Matrix& plans,
                    Workers& workers) {
  Row J(plans.cols());
  workers.for_chunks(plans.cols(), plans_at_a_time(plans.cols()), [&](Index first, Index count) {
    J.segment(first, count) = return_of_plans(env, f, s, plans.middleCols(first, count));
  });
  return J;
}

double true_return(const Env& env, const Vector& s, const Vector& plan) {
  return double(return_of_plans(env, true_dynamics<Matrix>(env), s, plan)(0));
}

}  // namespace mbrl
