// D, the data set of real transitions (s, a, r, s').
#pragma once

#include "envs/env.hpp"

namespace mbrl {

class Dataset {
 public:
  Dataset(Index state_dim, Index action_dim)
      : s_(state_dim, 256), a_(action_dim, 256), s_next_(state_dim, 256), reward_(1, 256) {}

  void append(const Transition& tr) {
    if (size_ == s_.cols()) grow();
    s_.col(size_) = tr.s;
    a_.col(size_) = tr.a;
    s_next_.col(size_) = tr.s_next;
    reward_(0, size_) = tr.reward;
    ++size_;
  }

  Index size() const { return size_; }
  // The chosen transitions as columns, in the order of `index`.
  Matrix s(const std::vector<Index>& index) const { return s_(Eigen::all, index); }
  Matrix a(const std::vector<Index>& index) const { return a_(Eigen::all, index); }
  Matrix s_next(const std::vector<Index>& index) const { return s_next_(Eigen::all, index); }
  Matrix reward(const std::vector<Index>& index) const { return reward_(Eigen::all, index); }

 private:
  void grow() {
    for (Matrix* part : {&s_, &a_, &s_next_, &reward_})
      part->conservativeResize(part->rows(), 2 * part->cols());
  }

  Matrix s_, a_, s_next_, reward_;  // (dim, capacity); the first size_ columns are filled
  Index size_ = 0;
};

}  // namespace mbrl
