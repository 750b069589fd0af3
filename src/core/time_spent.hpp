// Where the time of a run goes. A scope that does something worth knowing says so in its first
// line,
//
//   const TimeSpent time(Part::planning);
//
// and its time, until it ends, is booked there and nowhere else: of two nested scopes the inner one
// counts. Each thread has its own books; the helpers of a parallel loop keep none.
#pragma once

#include <array>
#include <chrono>
#include <string>

namespace mbrl {

enum class Part { planning, model, imagining, learner, environment, rest };

class TimeSpent {
 public:
  explicit TimeSpent(Part part) : outer_(books().part) { turn_to(part); }
  TimeSpent(const TimeSpent&) = delete;
  TimeSpent& operator=(const TimeSpent&) = delete;
  ~TimeSpent() { turn_to(outer_); }

  // From now on, for this thread.
  static void start_anew() { books() = {}; }

  // For example "planning 81 %, model 17 %, the rest 2 %": what makes at least one per cent.
  static std::string summary() {
    turn_to(books().part);
    const auto& seconds = books().seconds;
    double total = 0;
    for (const double s : seconds) total += s;
    constexpr std::array names{"planning", "model",       "imagining",
                               "learner",  "environment", "the rest"};
    std::string all;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const int percent = static_cast<int>(100 * seconds[i] / total + 0.5);
      if (percent == 0) continue;
      all +=
          (all.empty() ? "" : ", ") + std::string(names[i]) + " " + std::to_string(percent) + " %";
    }
    return all;
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Books {
    std::array<double, 6> seconds{};
    Part part = Part::rest;
    Clock::time_point since = Clock::now();
  };
  static Books& books() {
    static thread_local Books mine;
    return mine;
  }
  static void turn_to(Part part) {
    Books& mine = books();
    const Clock::time_point now = Clock::now();
    mine.seconds[static_cast<std::size_t>(mine.part)] +=
        std::chrono::duration<double>(now - mine.since).count();
    mine.part = part, mine.since = now;
  }

  Part outer_;
};

}  // namespace mbrl
