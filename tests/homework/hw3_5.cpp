// Where the search for the next plan begins. The last plan is loaded, as from a checkpoint, and is
// all at the walls of the box: there CEM's spread is 0, and every candidate is the start itself.
#include <unistd.h>

#include <filesystem>

#include "exercise.hpp"
#include "planning/mpc.hpp"

using namespace mbrl;

namespace {

struct Enough {};  // thrown when the first candidates have been seen

// The mean of the first candidates that are scored after `plan`, with actions from the box [-1, 3].
Matrix start_after(const Vector& plan, Index action_dim, std::uint64_t seed) {
  EnvSpec spec;
  spec.action_low = Vector::Constant(action_dim, -1);
  spec.action_high = Vector::Constant(action_dim, 3);
  PlannerConfig config;
  config.horizon = static_cast<int>(plan.size() / action_dim), config.cem.candidates = 20000;
  Mpc mpc(spec, config, seed);

  const std::string path = (std::filesystem::temp_directory_path() /
                            ("mbrl-homework-" + std::to_string(getpid()) + ".bin"))
                               .string();
  Vector last = plan;
  Rng rng(seed, "planner");
  Archive saved;
  saved("plan", last), saved("rng", rng);
  saved.save(path);
  Archive loaded(path);
  std::filesystem::remove(path);
  mpc.archive(loaded);

  Matrix start;
  const Objective J = [&](const Matrix& plans, Row&) {
    start = plans.rowwise().mean();
    throw Enough();
  };
  try {
    mpc.plan(J);
  } catch (const Enough&) {
  }
  return start;
}

}  // namespace

int main() {
  return judge({"hw3.5", 3, "A bug between one plan and the next"}, [](Test& test) {
    // Four steps of one action.
    Matrix start = start_after(Vector{{-1, 3, 3, -1}}, 1, test.rng.bits());
    test.equal("action_dim 1, the plan -1 | 3 | 3 | -1: where the next search begins (as a row)",
               start.topRows(3).transpose(), {{3, 3, -1}},
               {{{{-1, 3, 3}}, "the last plan is not moved on: its first action has been executed"},
                {{{1, -1, 3}}, "the last plan is moved back in time"}},
               "a plan is moved on by one step");
    // Four steps of two actions.
    const Vector plan{{-1, 3, 3, 3, -1, -1, 3, -1}};
    start = start_after(plan, 2, test.rng.bits());
    test.equal("action_dim 2, the plan -1 3 | 3 3 | -1 -1 | 3 -1: where the next search begins",
               start.topRows(6).transpose(), {{3, 3, -1, -1, 3, -1}},
               {{{{3, 3, 3, -1, -1, 3}},
                 "right where an action is one number, wrong where it is two: a_2 of the last plan "
                 "should be a_1 now, and its entries stay in their order"},
                {{{3, -1, -1, 3, -1, 1}}, "that is moved on by too much"}},
               "a plan is (H * action_dim), step by step: a_1 on top, and all its entries first");
    // What is new at the end: two standard deviations reach from the centre, 1, to the walls.
    test.equal("the last step of that start, to within 0.1", start.bottomRows(2).transpose(),
               {{1, 1}},
               {{{{3, -1}}, "the last step of the old plan stands there twice"},
                {{{0, 0}}, "the centre of the box is not 0 in every task"}},
               "nothing is known of the step that is new: it begins at the centre of the box", 0.1);
    start = start_after(Vector{{3, -1}}, 2, test.rng.bits());
    test.equal("a plan of one step, 3 -1: where the next search begins, to within 0.1",
               start.transpose(), {{1, 1}}, {{{{3, -1}}, "the step that was executed is left"}},
               "no step of it is left, all is new", 0.1);
  });
}
