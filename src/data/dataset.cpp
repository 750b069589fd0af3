#include "data/dataset.hpp"

#include <numeric>

namespace mbrl {

std::vector<Index> chosen(const Mask& mask) {
  std::vector<Index> index;
  for (Index j = 0; j < mask.size(); ++j)
    if (mask(j)) index.push_back(j);
  return index;
}

Batch chosen(const Batch& batch, const Mask& mask) {
  const std::vector<Index> index = chosen(mask);
  return {batch.s(every, index),      batch.a(every, index),   batch.reward(index),
          batch.s_next(every, index), batch.terminated(index), batch.truncated(index)};
}

Batch side_by_side(const Batch& a, const Batch& b) {
  return {side_by_side(a.s, b.s),
          side_by_side(a.a, b.a),
          side_by_side(a.reward, b.reward),
          side_by_side(a.s_next, b.s_next),
          side_by_side(a.terminated, b.terminated),
          side_by_side(a.truncated, b.truncated)};
}

Dataset::Dataset(Index state_dim, Index action_dim, Index capacity)
    : n_(state_dim),
      m_(action_dim),
      capacity_(capacity),
      columns_(2 * n_ + m_ + 3, capacity > 0 ? std::min<Index>(capacity, 256) : 256) {}

void Dataset::append(const Transition& tr) {
  next_column() << tr.s, tr.a, tr.s_next, tr.reward, Scalar(tr.terminated), Scalar(tr.truncated);
}

void Dataset::append(const Batch& batch) {
  for (Index j = 0; j < batch.size(); ++j)
    next_column() << batch.s.col(j), batch.a.col(j), batch.s_next.col(j), batch.reward(j),
        Scalar(batch.terminated(j)), Scalar(batch.truncated(j));
}

// Makes room for one more, at the cost of the oldest if there is no other.
Matrix::ColXpr Dataset::next_column() {
  if (next_ == columns_.cols()) {
    if (capacity_ == 0 || columns_.cols() < capacity_) {
      const Index twice = 2 * columns_.cols();
      columns_.conservativeResize(Eigen::NoChange,
                                  capacity_ > 0 ? std::min(twice, capacity_) : twice);
    } else {
      next_ = 0;
    }
  }
  size_ = std::max(size_, next_ + 1);
  return columns_.col(next_++);
}

void Dataset::set_capacity(Index capacity) {
  if (capacity < 1) throw UserError("a replay buffer needs a capacity of at least 1");
  // The oldest first, and without those that are too many.
  const Index kept = std::min(size_, capacity);
  std::vector<Index> order;
  for (Index i = size_ - kept; i < size_; ++i)
    order.push_back(size_ < columns_.cols() ? i : (next_ + i) % size_);
  Matrix columns(columns_.rows(), std::max<Index>(kept, 1));
  columns.leftCols(kept) = columns_(every, order);
  columns_ = std::move(columns);
  capacity_ = capacity, size_ = next_ = kept;
}

Matrix Dataset::block(Index first_row, Index rows, const std::vector<Index>& index) const {
  return columns_(Eigen::seqN(first_row, rows), index);
}
Matrix Dataset::s(const std::vector<Index>& index) const { return block(0, n_, index); }
Matrix Dataset::a(const std::vector<Index>& index) const { return block(n_, m_, index); }
Matrix Dataset::s_next(const std::vector<Index>& index) const { return block(n_ + m_, n_, index); }
Matrix Dataset::reward(const std::vector<Index>& index) const {
  return block(2 * n_ + m_, 1, index);
}

Batch Dataset::batch(const std::vector<Index>& index) const {
  const Matrix x = columns_(every, index);
  const Index reward = 2 * n_ + m_;
  return {x.topRows(n_),
          x.middleRows(n_, m_),
          x.row(reward),
          x.middleRows(n_ + m_, n_),
          x.row(reward + 1).array() > Scalar(0.5),
          x.row(reward + 2).array() > Scalar(0.5)};
}

Batch Dataset::all() const {
  std::vector<Index> index(static_cast<std::size_t>(size_));
  std::iota(index.begin(), index.end(), Index(0));
  return batch(index);
}

std::vector<Index> Dataset::random_index(Index count, Rng& rng, Index oldest) const {
  std::vector<Index> index(static_cast<std::size_t>(count));
  for (Index& i : index) i = oldest + rng.below(size_ - oldest);
  return index;
}

Batch Dataset::sample(Index count, Rng& rng, Index oldest) const {
  Batch batch;
  batch.resize(n_, m_, count);
  sample_into(batch, 0, count, rng, oldest);
  return batch;
}

void Dataset::sample_into(Batch& batch, Index first, Index count, Rng& rng, Index oldest) const {
  for (Index j = first; j < first + count; ++j) {
    const auto x = columns_.col(oldest + rng.below(size_ - oldest));
    batch.s.col(j) = x.head(n_);
    batch.a.col(j) = x.segment(n_, m_);
    batch.s_next.col(j) = x.segment(n_ + m_, n_);
    batch.reward(j) = x(2 * n_ + m_);
    batch.terminated(j) = x(2 * n_ + m_ + 1) > Scalar(0.5);
    batch.truncated(j) = x(2 * n_ + m_ + 2) > Scalar(0.5);
  }
}

Matrix Dataset::random_states(Index count, Rng& rng) const {
  return s(random_index(count, rng, 0));
}

void Dataset::archive(Archive& ar) {
  Index room = columns_.cols();
  Matrix filled = columns_.leftCols(size_);
  ar("filled", filled), ar("room", room), ar("capacity", capacity_), ar("next", next_);
  if (!ar.loading()) return;
  size_ = filled.cols();
  ar.require(filled.rows() == columns_.rows(), "filled");
  ar.require(room >= std::max<Index>(size_, 1) && room <= 2 * size_ + 256, "room");
  ar.require(capacity_ >= 0 && (capacity_ == 0 || room <= capacity_), "capacity");
  ar.require(next_ == size_ || (size_ == room && next_ >= 0 && next_ < size_), "next");
  columns_.resize(columns_.rows(), room);
  columns_.leftCols(size_) = filled;
}

void Batch::archive(Archive& ar) {
  ar("s", s), ar("a", a), ar("reward", reward), ar("s_next", s_next);
  ar("terminated", terminated), ar("truncated", truncated);
  const Index B = s.cols();
  ar.require(a.cols() == B && reward.cols() == B && s_next.cols() == B && terminated.cols() == B &&
                 truncated.cols() == B && s_next.rows() == s.rows(),
             "size");
}

void Batch::resize(Index state_dim, Index action_dim, Index count) {
  s.resize(state_dim, count), a.resize(action_dim, count), s_next.resize(state_dim, count);
  reward.resize(count), terminated.resize(count), truncated.resize(count);
}

const Batch& Replay::sample(const Dataset& D, Index count, Index oldest) {
  batch_.resize(D.state_dim(), D.action_dim(), count);
  D.sample_into(batch_, 0, count, rng_, oldest);
  return batch_;
}

const Batch& Replay::mixed(const Dataset& real, const Dataset& imagined, Index count,
                           double real_ratio) {
  if (imagined.size() == 0) return sample(real, count);
  batch_.resize(real.state_dim(), real.action_dim(), count);
  // BEGIN SOLUTION hw5.3 (about 3 lines)
  const auto n = static_cast<Index>(real_ratio * double(count) + 1e-9);  // 0.29 * 100 is below 29
  real.sample_into(batch_, 0, n, rng_);
  imagined.sample_into(batch_, n, count - n, rng_);
  // END SOLUTION
  return batch_;
}

}  // namespace mbrl
