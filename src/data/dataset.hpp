// D, the data set of transitions (s, a, r, s'), and, with a capacity, the replay buffer B of the
// off-policy learners: it keeps the newest ones.
#pragma once

#include "envs/env.hpp"

namespace mbrl {

// Some transitions as columns.
struct Batch {
  Matrix s, a;                 // (state_dim, B), (action_dim, B)
  Row reward;                  // (1, B)
  Matrix s_next;               // (state_dim, B)
  Mask terminated, truncated;  // (1, B): reached a terminal state; cut off by the time limit

  Index size() const { return s.cols(); }
  void resize(Index state_dim, Index action_dim, Index count);
  void archive(Archive& ar);
};
// The columns that the mask selects.
Batch chosen(const Batch& batch, const Mask& mask);
std::vector<Index> chosen(const Mask& mask);  // their numbers
// Those of `a` and then those of `b`.
Batch side_by_side(const Batch& a, const Batch& b);
template <class M>
M side_by_side(const M& a, const M& b) {
  M both(a.rows(), a.cols() + b.cols());
  both << a, b;
  return both;
}

class Dataset {
 public:
  // capacity: how many of the newest transitions are kept; 0: all.
  Dataset(Index state_dim, Index action_dim, Index capacity = 0);

  void append(const Transition& tr);
  void append(const Batch& batch);

  Index size() const { return size_; }
  Index state_dim() const { return n_; }
  Index action_dim() const { return m_; }
  Index capacity() const { return capacity_; }
  // A new capacity, at least 1. The oldest that no longer fit are dropped.
  void set_capacity(Index capacity);

  // The chosen transitions as columns, in the order of `index`. Number i is the i-th that was
  // appended, as long as none had to go.
  Matrix s(const std::vector<Index>& index) const;
  Matrix a(const std::vector<Index>& index) const;
  Matrix s_next(const std::vector<Index>& index) const;
  Matrix reward(const std::vector<Index>& index) const;
  Batch batch(const std::vector<Index>& index) const;
  Batch all() const;

  // Transitions drawn uniformly with replacement, from number `oldest` on.
  Batch sample(Index count, Rng& rng, Index oldest = 0) const;
  // The same into the columns first, ..., first + count - 1 of a batch that has room for them.
  void sample_into(Batch& batch, Index first, Index count, Rng& rng, Index oldest = 0) const;
  // States of random transitions, (state_dim, count).
  Matrix random_states(Index count, Rng& rng) const;

  void archive(Archive& ar);

 private:
  Matrix::ColXpr next_column();
  std::vector<Index> random_index(Index count, Rng& rng, Index oldest) const;
  Matrix block(Index first_row, Index rows, const std::vector<Index>& index) const;

  Index n_, m_, capacity_;
  Matrix columns_;             // a transition a column: s, a, s_next, reward, terminated, truncated
  Index size_ = 0, next_ = 0;  // next_: where the next one goes
};

// Draws random batches for training, each overwriting the last.
class Replay {
 public:
  explicit Replay(Rng rng) : rng_(std::move(rng)) {}

  // Of the transitions from number `oldest` on, uniformly and with replacement.
  const Batch& sample(const Dataset& D, Index count, Index oldest = 0);
  // Of both real and imagined ones: floor(real_ratio count) real, the rest imagined; all real while
  // nothing has been imagined.
  const Batch& mixed(const Dataset& real, const Dataset& imagined, Index count, double real_ratio);

  void archive(Archive& ar) { ar("rng", rng_); }

 private:
  Rng rng_;
  Batch batch_;
};

}  // namespace mbrl
