// What is random about imagined futures, drawn before the plans are looked at and the same for all
// of them: particle i meets the same theta and the same noise under every plan. So plans are
// compared on common ground, and their differences are less noisy than the returns themselves
// (common random numbers, as in PEGASUS, Ng & Jordan 2000).
#pragma once

#include "dynamics/uncertain_model.hpp"

namespace mbrl {

struct Luck {
  std::vector<Theta> thetas;                 // drawn from p(theta | D)
  std::vector<std::vector<Index>> theta_of;  // [t][particle]: which of them it meets at step t
  std::vector<Matrix> noise, noise_again;    // [t], (state_dim, particles), N(0, 1); again: for MM
};

}  // namespace mbrl
