// The model of Dyna: p-hat(s' | s, a) and r-hat(s, a) from counts, and the states and actions
// seen so far.
//
// Lecture, "Dyna", step 3; Sutton & Barto, chapter 8.
#pragma once

#include <functional>
#include <vector>

#include "core/checkpoint.hpp"

namespace mbrl {

class TabularModel {
 public:
  using Value = std::function<double(Index s)>;

  // remember: the factor on old counts at each new observation of the same (s, a): 1 for a world
  // that never changes, 0 to keep only the latest.
  TabularModel(Index states, Index actions, double remember = 1);

  // Adds (s, a, r, s'), observed at the real step `now`.
  void update(Index s, Index a, double r, Index s_next, bool terminated, int now);
  // Untried actions of a visited state are assumed to lead back to it, without reward, and to have
  // been tried last before the first real step (for Dyna-Q+).
  void imagine_untried(Index s);

  bool knows(Index s, Index a) const { return !of(s, a).outcomes.empty(); }
  // E[r + gamma (1 - terminated) V(s')] over what is known of (s, a).
  double expected(Index s, Index a, const Value& V, double discount) const;
  // r + gamma (1 - terminated) V(s') of one outcome, drawn by its probability.
  double sampled(Index s, Index a, const Value& V, double discount, Rng& rng) const;
  // p-hat(s' | s, a)
  double probability(Index s, Index a, Index s_next) const;

  // A visited state, uniformly, and an action that is known in it, uniformly.
  Index random_state(Rng& rng) const;
  Index random_action(Index s, Rng& rng) const;
  // The real step at which (s, a) was last taken.
  int last_taken(Index s, Index a) const { return of(s, a).last_taken; }

  void archive(Archive& ar);

 private:
  struct Outcome {
    Index s_next;
    double count, reward;  // reward: the sum over the count
    bool terminated;
  };
  struct Pair {
    std::vector<Outcome> outcomes{};
    double count = 0;  // of all outcomes together
    int last_taken = 0;
  };
  const Pair& of(Index s, Index a) const { return pairs_[std::size_t(s * actions_ + a)]; }
  Pair& of(Index s, Index a) { return pairs_[std::size_t(s * actions_ + a)]; }

  Index actions_;
  double remember_;
  std::vector<Pair> pairs_;
  std::vector<Index> visited_;             // visited states, in the order of their first visit
  std::vector<std::vector<Index>> taken_;  // [s]: actions known there
};

}  // namespace mbrl
