// What a person sees while a run goes on: one line per episode, and on a terminal a live line
// below.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace mbrl {

// Whether what is printed goes to a terminal that can take a line back.
bool is_live_terminal();

class ProgressLine {
 public:
  struct Now {
    std::string phase;
    int env_steps, episodes, episodes_wanted;
    double share_done;  // of the budget, 0 to 1
  };
  struct Episode {
    std::string phase;
    int number, env_steps;
    double total_reward, holdout_loss;    // NaN where there is no model
    double random_return, oracle_return;  // the ends of the bar; NaN: no bar
    int length = 0;                       // in steps, where that is what counts; 0: not shown
  };

  ProgressLine(std::string title, bool quiet);
  void begin();  // shows the title

  double seconds() const { return before_ + since(start_); }
  // The run was going on for so long before it was stopped and resumed.
  void add_seconds(double before) { before_ += before; }
  // The time left is estimated from here on: what comes before is not like what comes after.
  void start_clock() { clock_ = Clock::now(); }

  void update(const Now& now);  // the live line, on a terminal only
  void episode(const Episode& e);
  void finish(const std::vector<double>& returns, int env_steps, bool interrupted,
              const std::string& out) const;

 private:
  using Clock = std::chrono::steady_clock;
  static double since(Clock::time_point t) {
    return std::chrono::duration<double>(Clock::now() - t).count();
  }

  // Where a return lies between that of a random policy (empty) and that of the oracle (full).
  static std::string bar(const Episode& e);

  std::string title_;
  bool quiet_, terminal_;
  Clock::time_point start_ = Clock::now(), clock_ = start_, last_shown_{};
  double before_ = 0;
};

}  // namespace mbrl
