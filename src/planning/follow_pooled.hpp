// Plans judged by pooled predictions: what all thetas say becomes one normal before the next step.
//
// Lecture, "How to plan with uncertainty": "Other options: moment matching". The propagations DS,
// MM and E of the PETS paper (Chua et al. 2018, section 5).
#pragma once

#include "dynamics/uncertain_model.hpp"

namespace mbrl {

// What is drawn before the plans are looked at, and is the same for all of them.
struct Luck {
  std::vector<Theta> thetas;
  std::vector<std::vector<Index>> theta_of;  // [t][particle]: which theta it meets at step t
  std::vector<Matrix> noise, noise_again;    // [t], (state_dim, particles), N(0, 1); again: for MM
};

// Follows plans on one thread, in buffers that are kept from one call to the next.
class PooledFollower {
 public:
  // Writes the imagined returns of each plan, one row per particle.
  // s: (state_dim)  plans: (H * action_dim, K)  returns: (particles, K); E has one particle
  //
  // how: E: the mean; DS: every particle draws from the pooled normal; MM: and the particles of a
  // plan are replaced by draws from a normal with their mean and variance. visited: s_1, ..., s_H
  void follow(const UncertainModel& model, const Luck& luck, const std::string& how,
              const Vector& s, const Eigen::Ref<const Matrix>& plans, Eigen::Ref<Matrix> returns,
              std::vector<Matrix>* visited = nullptr);

 private:
  // Of the particles, (state_dim, particles * K); noise: (state_dim, particles).
  void match_moments(Matrix& s, Index K, const Matrix& noise);

  // Column i K + k: particle i under plan k.
  Tape tape_;
  Matrix s_, a_;
  Row total_;
  Mask alive_, ended_;
  Matrix mean_, variance_;  // of the particles of each plan, (state_dim, K)
};

}  // namespace mbrl
