// Adam (Kingma & Ba 2015, algorithm 1), weight decay per layer, and gradient clipping.
#pragma once

#include <algorithm>
#include <vector>

#include "core/checkpoint.hpp"

namespace mbrl {

struct Adam {
  Scalar learning_rate = Scalar(1e-3);
  Scalar beta1 = Scalar(0.9), beta2 = Scalar(0.999), epsilon = Scalar(1e-8);

  int t = 0;                           // steps taken
  std::vector<Matrix> m = {}, v = {};  // running means of the gradient and of its square

  // One step down the gradients, given in the order of the parameters.
  void step(const std::vector<Matrix*>& parameters, const std::vector<Matrix*>& gradients);
  // Steps taken and running means, those of the same parameters.
  void archive(Archive& ar, const std::vector<Matrix*>& parameters);

 private:
  void begin_means(const std::vector<Matrix*>& parameters);
};

// The L2 penalty sum_l decay_l / 2 |W_l|^2 as its gradient, decay_l W_l, added in place. Biases are
// left alone: parameters and gradients come as W_1 b_1 W_2 b_2 ..., one decay per layer.
void add_weight_decay(const std::vector<Scalar>& decay, const std::vector<Matrix*>& parameters,
                      const std::vector<Matrix*>& gradients);

// The Euclidean norm of all gradients together.
Scalar gradient_norm(const std::vector<Matrix*>& gradients);

// Scales the gradients so that their common norm is at most max_norm; returns the norm before.
Scalar clip_gradients(Scalar max_norm, const std::vector<Matrix*>& gradients);

}  // namespace mbrl
