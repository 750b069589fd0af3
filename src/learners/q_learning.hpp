// Tabular Q-learning (Watkins 1989): a number for every state and action.
#pragma once

#include "core/random.hpp"

namespace mbrl {

struct QTable {
  Matrix Q;  // (states, actions), 0 at first

  QTable(Index states, Index actions) : Q(Matrix::Zero(states, actions)) {}

  // max_a Q(s, a)
  double value(Index s) const { return double(Q.row(s).maxCoeff()); }

  // The best action; among several that are equally good a random one, so that an ignorant learner
  // wanders and does not run up the same wall.
  Index best_action(Index s, Rng& rng) const {
    const Scalar best = Q.row(s).maxCoeff();
    Index ties = 0, chosen = 0;
    for (Index a = 0; a < Q.cols(); ++a)
      if (Q(s, a) == best && rng.below(++ties) == 0) chosen = a;
    return chosen;
  }

  // The same, but with probability epsilon any action.
  Index explore(Index s, double epsilon, Rng& rng) const {
    return double(rng.uniform()) < epsilon ? rng.below(Q.cols()) : best_action(s, rng);
  }

  // Q(s, a) <- Q(s, a) + alpha (target - Q(s, a))
  void update(Index s, Index a, double target, double alpha) {
    Q(s, a) += static_cast<Scalar>(alpha * (target - double(Q(s, a))));
  }
};

}  // namespace mbrl
