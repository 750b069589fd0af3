// The gradient of a sum over a batch, cut into pieces: each piece on a tape of its own, several at
// a time, and the pieces' gradients added in order. What every learner is trained with.
#pragma once

#include <deque>
#include <functional>

#include "autodiff/operations.hpp"
#include "core/parallel.hpp"

namespace mbrl {

// Some columns of a batch: first, ..., first + count - 1.
struct Piece {
  Index number = 0, first = 0, count = 0;

  Matrix of(const Matrix& batch) const { return batch.middleCols(first, count); }
};

// The share of one piece, (1, 1), and the leaves of its tape that gradients are wanted for.
struct TapedShare {
  Var value;
  std::vector<Var> leaves;
};

class BatchGradient {
 public:
  // pieces: how many a batch is cut into, whatever the number of threads
  explicit BatchGradient(Index pieces) : tapes_(static_cast<std::size_t>(pieces)) {}

  struct Slope {
    double value = 0;               // the sum of the shares
    std::vector<Matrix*> gradient;  // in the order of the leaves; lives until the next call
  };
  // Over a batch of B columns. share is called from several threads.
  Slope operator()(Index B, const std::function<TapedShare(Tape& tape, const Piece& piece)>& share,
                   Workers& workers);

 private:
  std::deque<Tape> tapes_;
};

}  // namespace mbrl
