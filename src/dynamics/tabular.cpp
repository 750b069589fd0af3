#include "dynamics/tabular.hpp"

namespace mbrl {

TabularModel::TabularModel(Index states, Index actions, double remember)
    : actions_(actions),
      remember_(remember),
      pairs_(static_cast<std::size_t>(states * actions)),
      taken_(static_cast<std::size_t>(states)) {}

void TabularModel::update(Index s, Index a, double r, Index s_next, bool terminated, int now) {
  Pair& pair = of(s, a);
  auto& known = taken_[static_cast<std::size_t>(s)];
  if (known.empty()) visited_.push_back(s);
  if (pair.outcomes.empty()) known.push_back(a);

  pair.count *= remember_;
  for (Outcome& outcome : pair.outcomes) outcome.count *= remember_, outcome.reward *= remember_;
  // What has no weight is forgotten, and so is what was only imagined.
  std::erase_if(pair.outcomes, [](const Outcome& outcome) { return outcome.count <= 0; });
  pair.count += 1;
  pair.last_taken = now;
  for (Outcome& outcome : pair.outcomes)
    if (outcome.s_next == s_next) {
      outcome.count += 1, outcome.reward += r;
      return;
    }
  pair.outcomes.push_back({s_next, 1, r, terminated});
}

void TabularModel::imagine_untried(Index s) {
  auto& known = taken_[static_cast<std::size_t>(s)];
  if (known.empty()) visited_.push_back(s);
  for (Index a = 0; a < actions_; ++a)
    if (of(s, a).outcomes.empty()) {
      of(s, a).outcomes.push_back({s, 0, 0, false});
      known.push_back(a);
    }
}

double TabularModel::expected(Index s, Index a, const Value& V, double discount) const {
  const Pair& pair = of(s, a);
  if (pair.count == 0) return discount * V(s);  // untried: it stays, and pays nothing
  double reward = 0, to_come = 0;
  for (const Outcome& outcome : pair.outcomes) {
    reward += outcome.reward / pair.count;
    if (!outcome.terminated) to_come += outcome.count / pair.count * V(outcome.s_next);
  }
  return reward + discount * to_come;
}

double TabularModel::sampled(Index s, Index a, const Value& V, double discount, Rng& rng) const {
  const Pair& pair = of(s, a);
  if (pair.count == 0) return discount * V(s);
  double left = double(rng.uniform()) * pair.count;
  const Outcome* drawn = &pair.outcomes.back();
  for (const Outcome& outcome : pair.outcomes) {
    if (left < outcome.count) {
      drawn = &outcome;
      break;
    }
    left -= outcome.count;
  }

  return drawn->reward / drawn->count + (drawn->terminated ? 0 : discount * V(drawn->s_next));
}

double TabularModel::probability(Index s, Index a, Index s_next) const {
  for (const Outcome& outcome : of(s, a).outcomes)
    if (outcome.s_next == s_next) return of(s, a).count > 0 ? outcome.count / of(s, a).count : 1;
  return 0;
}

Index TabularModel::random_state(Rng& rng) const {
  return visited_[static_cast<std::size_t>(rng.below(static_cast<Index>(visited_.size())))];
}

Index TabularModel::random_action(Index s, Rng& rng) const {
  const auto& known = taken_[static_cast<std::size_t>(s)];
  return known[static_cast<std::size_t>(rng.below(static_cast<Index>(known.size())))];
}

}  // namespace mbrl
