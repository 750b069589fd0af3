#include "data/dataset.hpp"

namespace mbrl {

void Dataset::append(const Transition& tr) {
  if (size_ == s_.cols()) grow();
  s_.col(size_) = tr.s;
  a_.col(size_) = tr.a;
  s_next_.col(size_) = tr.s_next;
  reward_(0, size_) = tr.reward;
  ++size_;
}

Matrix Dataset::s(const std::vector<Index>& index) const { return s_(Eigen::all, index); }

Matrix Dataset::a(const std::vector<Index>& index) const { return a_(Eigen::all, index); }

Matrix Dataset::s_next(const std::vector<Index>& index) const { return s_next_(Eigen::all, index); }

Matrix Dataset::reward(const std::vector<Index>& index) const { return reward_(Eigen::all, index); }

Matrix Dataset::random_states(Index count, Rng& rng) const {
  std::vector<Index> index(static_cast<std::size_t>(count));
  for (Index& i : index) i = rng.below(size_);
  return s(index);
}

void Dataset::grow() {
  for (Matrix* part : {&s_, &a_, &s_next_, &reward_})
    part->conservativeResize(part->rows(), 2 * part->cols());
}

}  // namespace mbrl
