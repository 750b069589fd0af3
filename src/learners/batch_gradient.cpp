#include "learners/batch_gradient.hpp"

#include "core/time_spent.hpp"

namespace mbrl {

template <class Work>
void BatchGradient::for_pieces(Index B, const Work& work, Workers& workers) {
  const Index n = std::min(static_cast<Index>(pieces_.size()), B);
  workers.for_each(n, [&](Index p) {
    TapedPiece& piece = pieces_[static_cast<std::size_t>(p)];
    const Index first = p * B / n, end = (p + 1) * B / n;
    piece.tape.clear();
    work(piece, Piece{p, first, end - first, piece.tape});
  });
}

const BatchGradient::Slope& BatchGradient::operator()(Index B, const Share& share,
                                                      Workers& workers) {
  const TimeSpent time(Part::learner);
  const auto differentiate = [&](TapedPiece& mine, const Piece& piece) {
    mine.leaves.clear();
    const Var value = share(piece, mine.leaves);
    mine.tape.backward(value);
    mine.slope.value = double(value.value()(0, 0));
    adjoints(mine.leaves, mine.slope.gradient);
  };
  for_pieces(B, differentiate, workers);

  total_ = pieces_[0].slope;
  total_.of = this;
  const auto n = static_cast<std::size_t>(std::min(static_cast<Index>(pieces_.size()), B));
  for (std::size_t p = 1; p < n; ++p) total_.value += pieces_[p].slope.value;
  workers.for_each(static_cast<Index>(total_.gradient.size()), [&](Index i) {
    const auto leaf = static_cast<std::size_t>(i);
    for (std::size_t p = 1; p < n; ++p) *total_.gradient[leaf] += *pieces_[p].slope.gradient[leaf];
  });
  return total_;
}

void BatchGradient::Slope::refuse(const std::string& what, const std::string& advice) const {
  std::string first;
  if (of)
    for (TapedPiece& piece : of->pieces_)
      if (first.empty()) first = piece.tape.first_not_finite();
  throw Diverged(what + " is no longer finite" + (first.empty() ? "" : ", first in " + first),
                 advice);
}

void BatchGradient::evaluate(Index B, const std::function<Var(const Piece& piece)>& f, Row& values,
                             Workers& workers) {
  const TimeSpent time(Part::learner);
  values.resize(B);
  const auto write = [&](TapedPiece&, const Piece& piece) {
    values.segment(piece.first, piece.count) = f(piece).value().array();
  };
  for_pieces(B, write, workers);
}

}  // namespace mbrl
