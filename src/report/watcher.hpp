// Someone who looks on while a run goes, as the page in the browser does (docs/web/).
//
// A watcher is told of what happens right after it did. It gets nothing that a run draws its random
// numbers from: a run that is watched has the bits of one that is not.
#pragma once

#include <functional>

#include "core/reports.hpp"
#include "envs/env.hpp"

namespace mbrl {

struct Watcher {
  // The states after each action of a plan, as the model imagines them, each (state_dim, count); or
  // (state_dim, 1) where the model knows only one future.
  using Imagine = std::function<std::vector<Matrix>(const Vector& plan, int count, Rng& luck)>;

  std::function<void(const Transition& tr, bool learned)> step = [](const Transition&, bool) {};
  std::function<void(const FitReport& report)> refit = [](const FitReport&) {};
  // See Recorder::searched.
  std::function<void(const Vector& s, const Vector& plan, const Matrix& candidates,
                     const Imagine& imagine)>
      searched = [](const Vector&, const Vector&, const Matrix&, const Imagine&) {};
};

}  // namespace mbrl
