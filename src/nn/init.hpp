// Initial weights. Biases start at zero.
#pragma once

#include "core/random.hpp"

namespace mbrl {

enum class Init {
  xavier,            // uniform on +-sqrt(6 / (in + out)): Glorot & Bengio 2010, eq. 16
  truncated_normal,  // sd 1 / (2 sqrt(in)), cut at 2 sd: the reference code of PETS (Chua et al.
                     // 2018)
  orthogonal,        // orthonormal rows or columns: Saxe et al. 2014
};

// W: (out, in)
Matrix initial_weights(Init init, Index out, Index in, Rng& rng);

}  // namespace mbrl
