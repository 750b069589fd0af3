// Several runs at the same time, each a process of its own: one that dies takes no other with it.
//
// Seeds are the natural grain: a run on one thread of its own wastes nothing, and its numbers do
// not depend on what runs beside it. When fewer runs are left than processors, the threads that
// have become free go to those.
#pragma once

#include <atomic>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

namespace mbrl {

// What a run tells, and is told, while it goes on: in memory that two processes share.
struct LiveStatus {
  std::atomic<int> threads{1};  // that the run may use from now on
  std::atomic<int> env_steps{0}, episodes{0};
  std::atomic<double> last_return{std::nan("")}, share_done{0};
};

struct Job {
  std::string label;                          // "seed 3"
  std::string folder;                         // where it says what it has to say: log.txt
  std::function<int(LiveStatus& live)> work;  // in the new process; returns its exit status
};

struct SideBySide {
  int processors = 1;  // to be shared among the runs
  int at_once = 1;     // runs
  int threads = 0;     // of each run; 0: as many as there are to be had
  bool quiet = false;
};

// Works through the jobs, and shows a line for each: live on a terminal, else at every episode.
// stop: the signal that asked to stop, or 0; asked ten times a second. Once there is one, no job is
// begun, and those under way are asked to stop (by SIGINT or SIGTERM, whichever it was not).
// Returns the exit statuses, in the order of the jobs; 128 + a signal for one that was killed, 130
// for one that was not begun.
std::vector<int> run_side_by_side(const std::vector<Job>& jobs, const SideBySide& how,
                                  const std::function<int()>& stop);

}  // namespace mbrl
