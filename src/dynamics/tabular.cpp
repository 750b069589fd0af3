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
  // BEGIN SOLUTION hw5.1 (about 6 lines)
  double reward = 0, to_come = 0;
  for (const Outcome& outcome : pair.outcomes) {
    reward += outcome.reward / pair.count;
    if (!outcome.terminated) to_come += outcome.count / pair.count * V(outcome.s_next);
  }
  return reward + discount * to_come;
  // END SOLUTION
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

void TabularModel::archive(Archive& ar) {
  // One list for each member, all pairs behind one another: a pair has so many outcomes.
  std::vector<Index> outcomes, s_next, known;
  std::vector<int> last_taken;
  std::vector<double> pair_count, count, reward;
  std::vector<Index> terminated;
  for (const Pair& pair : pairs_) {
    outcomes.push_back(static_cast<Index>(pair.outcomes.size()));
    pair_count.push_back(pair.count), last_taken.push_back(pair.last_taken);
    for (const Outcome& o : pair.outcomes) {
      s_next.push_back(o.s_next), terminated.push_back(o.terminated);
      count.push_back(o.count), reward.push_back(o.reward);
    }
  }
  for (const auto& actions : taken_) {
    known.push_back(static_cast<Index>(actions.size()));
    known.insert(known.end(), actions.begin(), actions.end());
  }
  ar("outcomes", outcomes), ar("pair count", pair_count), ar("last taken", last_taken);
  ar("s_next", s_next), ar("terminated", terminated), ar("count", count), ar("reward", reward);
  ar("visited", visited_), ar("known", known);
  if (!ar.loading()) return;

  const auto below = [](Index i, std::size_t n) {
    return i >= 0 && static_cast<std::size_t>(i) < n;
  };
  ar.require(outcomes.size() == pairs_.size() && pair_count.size() == pairs_.size() &&
                 last_taken.size() == pairs_.size(),
             "outcomes");
  ar.require(terminated.size() == s_next.size() && count.size() == s_next.size() &&
                 reward.size() == s_next.size(),
             "s_next");
  std::size_t at = 0;
  for (std::size_t k = 0; k < pairs_.size(); ++k) {
    pairs_[k] = {{}, pair_count[k], last_taken[k]};
    ar.require(outcomes[k] >= 0 && (outcomes[k] > 0 || pair_count[k] == 0), "outcomes");
    ar.require_count(last_taken[k], "last taken");
    for (Index n = 0; n < outcomes[k]; ++n, ++at) {
      ar.require(at < s_next.size() && below(s_next[at], taken_.size()), "s_next");
      pairs_[k].outcomes.push_back({s_next[at], count[at], reward[at], terminated[at] != 0});
    }
  }
  for (const Index s : visited_) ar.require(below(s, taken_.size()), "visited");
  std::size_t next = 0;
  for (auto& actions : taken_) {
    actions.clear();
    ar.require(next < known.size(), "known");
    for (Index n = known[next++]; n > 0; --n) {
      ar.require(next < known.size() && below(known[next], std::size_t(actions_)), "known");
      actions.push_back(known[next++]);
    }
  }
  for (const Index s : visited_) ar.require(!taken_[std::size_t(s)].empty(), "visited");
}

}  // namespace mbrl
