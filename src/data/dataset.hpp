// D, the data set of real transitions (s, a, r, s').
#pragma once

#include "envs/env.hpp"

namespace mbrl {

class Dataset {
 public:
  Dataset(Index state_dim, Index action_dim)
      : s_(state_dim, 256), a_(action_dim, 256), s_next_(state_dim, 256), reward_(1, 256) {}

  void append(const Transition& tr);

  Index size() const { return size_; }
  // The chosen transitions as columns, in the order of `index`.
  Matrix s(const std::vector<Index>& index) const;
  Matrix a(const std::vector<Index>& index) const;
  Matrix s_next(const std::vector<Index>& index) const;
  Matrix reward(const std::vector<Index>& index) const;
  // States of random transitions, with replacement, (state_dim, count).
  Matrix random_states(Index count, Rng& rng) const;

 private:
  void grow();

  Matrix s_, a_, s_next_, reward_;  // (dim, capacity); the first size_ columns are filled
  Index size_ = 0;
};

}  // namespace mbrl
