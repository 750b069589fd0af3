// The classical fourth-order method of Runge and Kutta, for the environments that are bodies in
// motion.
#pragma once

#include "autodiff/operations.hpp"

namespace mbrl {

// The state dt seconds later, under ds/dt = f(s).  s: (n, B)  f(s): (n, B)  returns (n, B)
template <class M, class Derivative>
M runge_kutta_step(const Derivative& f, const M& s, Scalar dt) {
  const Scalar half = dt / 2;
  const M k1 = f(s);
  const M s2 = s + half * k1, k2 = f(s2);
  const M s3 = s + half * k2, k3 = f(s3);
  const M s4 = s + dt * k3, k4 = f(s4);
  return s + dt / 6 * (k1 + Scalar(2) * k2 + Scalar(2) * k3 + k4);
}

}  // namespace mbrl
