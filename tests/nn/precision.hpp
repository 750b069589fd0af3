// The unit of rounding, for tolerances.
#pragma once

#include <limits>

#include "core/types.hpp"

namespace mbrl {

constexpr Scalar kEpsilon = std::numeric_limits<Scalar>::epsilon();

}  // namespace mbrl
