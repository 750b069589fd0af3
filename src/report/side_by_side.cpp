#include "report/side_by_side.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "core/text.hpp"
#include "report/progress.hpp"

namespace mbrl {

namespace {

using Clock = std::chrono::steady_clock;

// One LiveStatus for each job, which the children of this process see too.
class SharedStatuses {
 public:
  explicit SharedStatuses(std::size_t n) : bytes_(n * sizeof(LiveStatus)) {
    memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory_ == MAP_FAILED) throw std::runtime_error("no memory for the runs' progress");
    for (std::size_t i = 0; i < n; ++i) new (&(*this)[i]) LiveStatus;
  }
  SharedStatuses(const SharedStatuses&) = delete;
  ~SharedStatuses() { munmap(memory_, bytes_); }

  LiveStatus& operator[](std::size_t i) { return static_cast<LiveStatus*>(memory_)[i]; }

 private:
  std::size_t bytes_;
  void* memory_;
};

struct Run {
  pid_t process = 0;  // 0: not under way
  int status = -1;    // -1: not begun, or not ended
  int episodes_shown = 0;
  Clock::time_point begun{};

  bool waits() const { return process == 0 && status < 0; }
};

// The new process: what it prints goes to log.txt, appended to what was there.
[[noreturn]] void work(const Job& job, LiveStatus& live) {
  const int log = open((job.folder + "/log.txt").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  if (log < 0) std::fprintf(stderr, "mbrl: %s/log.txt: %s\n", job.folder.c_str(), strerror(errno));
  if (log < 0) _exit(1);
  dup2(log, STDOUT_FILENO), dup2(log, STDERR_FILENO);
  std::printf("process %d\n", static_cast<int>(getpid()));
  std::fflush(stdout);
  const int status = job.work(live);
  std::fflush(nullptr);
  _exit(status);
}

// The last line of a run's log, but for those on its figures: how it ended.
std::string last_line(const std::string& path) {
  std::string last;
  if (FILE* file = std::fopen(path.c_str(), "r")) {
    char chunk[512];
    std::string line;
    while (std::fgets(chunk, sizeof chunk, file)) {
      line += chunk;
      if (line.back() != '\n') continue;
      line.pop_back();
      const bool of_figures =
          line.rfind("drew ", 0) == 0 || line.find("was not drawn") != std::string::npos;
      if (!line.empty() && !of_figures) last = line;
      line.clear();
    }
    std::fclose(file);
  }
  return last;
}

std::string line_of(const Job& job, const LiveStatus& live) {
  char text[200];
  std::snprintf(text, sizeof text, "%-20s episode %4d   %7d steps   return %9s", job.label.c_str(),
                live.episodes.load(), live.env_steps.load(),
                live.episodes > 0 ? return_text(live.last_return).c_str() : "");
  return text;
}

// How many columns the terminal has: a line that is broken cannot be taken back.
std::size_t columns() {
  winsize size{};
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

// The lines below the last one that stays.
class LiveLines {
 public:
  void clear() {
    for (; shown_ > 0; --shown_) std::printf("\033[A\033[K");
  }
  void show(const std::vector<std::string>& lines) {
    clear();
    const std::size_t width = columns() - 1;
    for (const std::string& line : lines) std::printf("%s\n", line.substr(0, width).c_str());
    shown_ = lines.size();
    std::fflush(stdout);
  }

 private:
  std::size_t shown_ = 0;
};

// Gives every run its share of the processors.
void share_threads(const std::vector<Run>& runs, const SideBySide& how, SharedStatuses& live) {
  const auto under_way = [](const Run& run) { return run.process > 0; };
  const auto count = static_cast<int>(std::count_if(runs.begin(), runs.end(), under_way));
  int number = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!under_way(runs[i])) continue;
    const int share = how.processors / count + (number++ < how.processors % count ? 1 : 0);
    live[i].threads = how.threads > 0 ? how.threads : std::max(1, share);
  }
}

}  // namespace

std::vector<int> run_side_by_side(const std::vector<Job>& jobs, const SideBySide& how,
                                  const std::function<int()>& stop) {
  SharedStatuses live(jobs.size());
  std::vector<Run> runs(jobs.size());
  const bool terminal = is_live_terminal();
  LiveLines lines;
  int told = 0;  // the signal that the runs were sent

  // Begins the next one that waits.
  const auto begin_next = [&] {
    const auto next =
        std::find_if(runs.begin(), runs.end(), [](const Run& r) { return r.waits(); });
    const auto i = static_cast<std::size_t>(next - runs.begin());
    std::fflush(nullptr);  // what is in the buffers is said once
    const pid_t process = fork();
    if (process == 0) work(jobs[i], live[i]);
    if (process < 0)
      throw std::runtime_error(std::string("cannot begin a run: ") + strerror(errno));
    next->process = process, next->begun = Clock::now();
  };

  const auto has_ended = [&](std::size_t i, int status) {
    Run& run = runs[i];
    run.process = 0;
    run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    lines.clear();
    if (WIFSIGNALED(status))
      std::printf("%-20s killed by signal %d; mbrl resume goes on with it\n", jobs[i].label.c_str(),
                  WTERMSIG(status));
    else
      std::printf("%-20s %s\n", jobs[i].label.c_str(),
                  last_line(jobs[i].folder + "/log.txt").c_str());
    std::fflush(stdout);
  };

  const auto show = [&] {
    if (how.quiet) return;
    std::vector<std::string> now;
    int waiting = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      waiting += runs[i].waits();
      if (runs[i].process == 0) continue;
      if (terminal) {
        const double share = live[i].share_done;
        const std::chrono::duration<double> spent = Clock::now() - runs[i].begun;
        char left[40] = "";
        if (share > 0)
          std::snprintf(left, sizeof left, "   about %.0f s left",
                        spent.count() * (1 - share) / share);
        now.push_back(line_of(jobs[i], live[i]) + left);
      } else if (live[i].episodes > runs[i].episodes_shown) {
        runs[i].episodes_shown = live[i].episodes;
        std::printf("%s\n", line_of(jobs[i], live[i]).c_str());
        std::fflush(stdout);
      }
    }
    if (waiting > 0) now.push_back(std::to_string(waiting) + " more to come");
    if (terminal) lines.show(now);
  };

  for (;;) {
    const int asked = stop();
    if (asked != 0 && told == 0) {
      told = asked == SIGTERM ? SIGINT : SIGTERM;  // Ctrl-C has reached them already
      for (const Run& run : runs)
        if (run.process > 0) kill(run.process, told);
    }
    const auto under_way =
        std::count_if(runs.begin(), runs.end(), [](const Run& r) { return r.process > 0; });
    const bool any_waits =
        std::any_of(runs.begin(), runs.end(), [](const Run& r) { return r.waits(); });
    if (told == 0 && any_waits && under_way < how.at_once) {
      begin_next();
      share_threads(runs, how, live);
      continue;
    }
    if (under_way == 0) break;

    show();
    std::this_thread::sleep_for(std::chrono::milliseconds(terminal ? 100 : 20));
    int status = 0;
    while (const pid_t process = waitpid(-1, &status, WNOHANG)) {
      if (process < 0) break;
      for (std::size_t i = 0; i < runs.size(); ++i)
        if (runs[i].process == process) show(), has_ended(i, status);
      share_threads(runs, how, live);
    }
  }
  lines.clear();
  std::vector<int> statuses;
  for (const Run& run : runs) statuses.push_back(run.status < 0 ? 130 : run.status);
  return statuses;
}

}  // namespace mbrl
