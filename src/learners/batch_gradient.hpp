// The gradient of a sum over a batch, cut into pieces: each piece on a tape of its own, several at
// a time, and the pieces' gradients added in order. What every learner is trained with.
#pragma once

#include <deque>
#include <functional>

#include "autodiff/operations.hpp"
#include "core/parallel.hpp"

namespace mbrl {

// Some columns of a batch, first, ..., first + count - 1, and the tape that they are computed on.
struct Piece {
  Index number = 0, first = 0, count = 0;
  Tape& tape;

  Matrix of(const Matrix& batch) const { return batch.middleCols(first, count); }
  // The same as a constant on the tape.
  template <class Batch>
  Var operator()(const Batch& batch) const {
    return tape.copy(batch.middleCols(first, count));
  }
};

class BatchGradient {
 public:
  // pieces: how many a batch is cut into, whatever the number of threads
  explicit BatchGradient(Index pieces) : pieces_(static_cast<std::size_t>(pieces)) {}

  // The share of one piece, (1, 1). What gradients are wanted for is appended to `leaves`.
  using Share = std::function<Var(const Piece& piece, std::vector<Var>& leaves)>;

  struct Slope {
    double value = 0;               // the sum of the shares
    std::vector<Matrix*> gradient;  // in the order of the leaves; lives until the next call
    BatchGradient* of = nullptr;

    // Throws Diverged: `what` is no longer finite, and which operation was the first.
    [[noreturn]] void refuse(const std::string& what, const std::string& advice) const;
  };
  // Over a batch of B columns. share is called from several threads.
  const Slope& operator()(Index B, const Share& share, Workers& workers);

  // A row of numbers over a batch, without any gradient: f gives those of one piece, (1, count).
  void evaluate(Index B, const std::function<Var(const Piece& piece)>& f, Row& values,
                Workers& workers);

 private:
  struct TapedPiece {
    Tape tape;
    std::vector<Var> leaves;
    Slope slope;
  };
  template <class Work>
  void for_pieces(Index B, const Work& work, Workers& workers);

  std::deque<TapedPiece> pieces_;
  Slope total_;
};

}  // namespace mbrl
