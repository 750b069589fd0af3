// The number and matrix types of the whole project.
//
// A batch is columns: B states of dimension n are one (n, B) matrix, so that a layer reads W * X +
// b as on the slides. Rewards and scores of a batch are a (1, B) row.
#pragma once

#include <Eigen/Core>

#ifndef MBRL_SCALAR
#define MBRL_SCALAR float  // `make SCALAR=double` builds everything in double
#endif

namespace mbrl {

using Scalar = MBRL_SCALAR;
using Index = Eigen::Index;
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;  // * is the matrix product
using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;               // one state, one action
using Row = Eigen::Array<Scalar, 1, Eigen::Dynamic>;                   // * is elementwise
using Mask = Eigen::Array<bool, 1, Eigen::Dynamic>;                    // one yes or no per column

constexpr Scalar kPi = Scalar(3.14159265358979323846);

}  // namespace mbrl
