#include "learners/batch_gradient.hpp"

namespace mbrl {

BatchGradient::Slope BatchGradient::operator()(
    Index B, const std::function<TapedShare(Tape& tape, const Piece& piece)>& share,
    Workers& workers) {
  const Index n = std::min(static_cast<Index>(tapes_.size()), B);
  std::vector<Slope> of_piece(static_cast<std::size_t>(n));
  workers.for_each(n, [&](Index p) {
    const Index first = p * B / n, end = (p + 1) * B / n;
    Tape& tape = tapes_[static_cast<std::size_t>(p)];
    tape.clear();
    const TapedShare mine = share(tape, {p, first, end - first});
    tape.backward(mine.value);
    of_piece[static_cast<std::size_t>(p)] = {double(mine.value.value()(0, 0)),
                                             adjoints(mine.leaves)};
  });
  Slope total = of_piece[0];
  for (std::size_t p = 1; p < of_piece.size(); ++p) {
    total.value += of_piece[p].value;
    for (std::size_t i = 0; i < total.gradient.size(); ++i)
      *total.gradient[i] += *of_piece[p].gradient[i];
  }
  return total;
}

}  // namespace mbrl
