// The linear-quadratic regulator: the best policy, in closed form, where the world is linear and
// the cost quadratic. With it a planner can be compared with the truth.
#pragma once

#include <vector>

#include "core/errors.hpp"

namespace mbrl {

// For t = 0, ..., H - 1 the best action a_t = K_t s_t, and for t = 0, ..., H the least cost from
// there on, s_t^T P_t s_t.
struct LqrSolution {
  std::vector<Matrix> K;  // H matrices (action_dim, state_dim)
  std::vector<Matrix> P;  // H + 1 matrices (state_dim, state_dim), symmetric
};

// Minimises  sum_{t < H} (s_t^T Q s_t + a_t^T R a_t) + s_H^T Q_final s_H  under
// s_{t+1} = A s_t + B a_t.  Q_final may be left out: then the last state costs nothing.
//
// Backwards from P_H = Q_final. If the cost from t + 1 on is s^T P s, an action costs at t
//
//   s^T Q s + a^T R a + (A s + B a)^T P (A s + B a),
//
// least where its gradient 2 R a + 2 B^T P (A s + B a) vanishes: a = K s with
//
//   K_t = -(R + B^T P_{t+1} B)^{-1} B^T P_{t+1} A,
//   P_t = Q + A^T P_{t+1} A + A^T P_{t+1} B K_t.
//
// Noise N(0, W) on every s_{t+1} changes no K: it adds trace(P_{t+1} W) to the expected cost.
LqrSolution lqr(const Matrix& A, const Matrix& B, const Matrix& Q, const Matrix& R, int H,
                const Matrix& Q_final = {});

}  // namespace mbrl
