// The number and matrix types of the whole project.
//
// A batch is columns: B states of dimension n are one (n, B) matrix, so that a layer reads W * X +
// b as on the slides. Rewards and scores of a batch are a (1, B) row.
#pragma once

#include <cmath>
#include <cstddef>

// A matrix product packs its factors first. Up to this size it does so on the stack (which has 2 MB
// or more in every thread of glibc), and asks the allocator beyond it.
#if defined(__GLIBC__) && !defined(EIGEN_STACK_ALLOCATION_LIMIT)
#define EIGEN_STACK_ALLOCATION_LIMIT (512 << 10)
#endif
#include <Eigen/Core>

#ifndef MBRL_SCALAR
#define MBRL_SCALAR float  // `make SCALAR=double` builds everything in double
#endif

// Eigen's square root of several floats at once begins with an estimate of the processor
// (rsqrtps), which is another one on another make. This one is the exact root, and the compiler
// makes it an instruction for all of them.
template <>
struct Eigen::internal::scalar_sqrt_op<float> {
  float operator()(float x) const { return std::sqrt(x); }
  template <class Packet>
  Packet packetOp(const Packet& several) const {
    constexpr int n = unpacket_traits<Packet>::size;
    alignas(Packet) float x[n];
    pstore(x, several);
    for (float& one : x) one = std::sqrt(one);
    return pload<Packet>(x);
  }
};

namespace mbrl {

using Scalar = MBRL_SCALAR;
using Index = Eigen::Index;
using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;  // * is the matrix product
using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;               // one state, one action
using Row = Eigen::Array<Scalar, 1, Eigen::Dynamic>;                   // * is elementwise
using Mask = Eigen::Array<bool, 1, Eigen::Dynamic>;                    // one yes or no per column

// All rows, or columns: x(every, batch). Eigen 3.4 calls it Eigen::all, Eigen 5 placeholders::all.
inline const Eigen::placeholders::all_t every{};

constexpr Scalar kPi = Scalar(3.14159265358979323846);
constexpr Scalar kLog2Pi = Scalar(1.83787706640934548356);  // of the normal distribution

}  // namespace mbrl
