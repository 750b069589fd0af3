#include "planning/objective.hpp"

namespace mbrl {

void return_of_plans(const Env& env, const TapedDynamics& f, const Vector& s, const Matrix& plans,
                     Workers& workers, PlanFollowers& followers, Row& J) {
  const auto step = [&f](Index, const Var& s, const Var& a) { return f(s, a); };
  J.resize(plans.cols());
  followers.make_room(workers);
  workers.for_chunks(plans.cols(), plans_at_a_time(plans.cols()),
                     [&](Index first, Index count, int thread) {
                       followers[thread].follow(env, step, s, plans.middleCols(first, count),
                                                J.segment(first, count));
                     });
}

Row return_of_plans(const Env& env, const TapedDynamics& f, const Vector& s, const Matrix& plans,
                    Workers& workers) {
  PlanFollowers followers;
  Row J;
  return_of_plans(env, f, s, plans, workers, followers, J);
  return J;
}

double true_return(const Env& env, const Vector& s, const Vector& plan) {
  Workers alone(1);
  return double(return_of_plans(env, true_dynamics(env), s, plan, alone)(0));
}

void make_comparable(Row& scores) {
  constexpr Scalar worst = -std::numeric_limits<Scalar>::infinity();
  bool any = false;
  for (Scalar& score : scores) {
    if (!std::isfinite(score)) score = worst;
    any = any || score > worst;
  }
  if (!any) throw Diverged("the score of every candidate plan is no longer finite");
}

}  // namespace mbrl
