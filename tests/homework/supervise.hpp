// Code that is not to be trusted runs in a process of its own: here that process is started,
// watched and ended, with all that it has started in its turn. What it says comes through a pipe.
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace mbrl {

struct Limits {
  double seconds = 10;
  std::size_t said = 64 << 10;      // bytes; what is said beyond is not kept
  rlim_t memory = rlim_t(4) << 30;  // bytes, of each process
  rlim_t file = RLIM_INFINITY;      // bytes, of each file that is written
  rlim_t processes = 0;             // of this user; 0: as many as before
};

struct Ended {
  std::string said;
  bool late = false;  // was stopped when its time was over
  int status = 0;     // as waitpid gives it
};

inline void set_limits(const Limits& limits) {
  const auto limit = [](auto what, rlim_t most) {
    rlimit now;
    getrlimit(what, &now);
    now.rlim_cur = now.rlim_max = std::min(most, now.rlim_max);
    setrlimit(what, &now);
  };
  limit(RLIMIT_AS, limits.memory);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, limits.file);
  limit(RLIMIT_CPU, rlim_t(4 * limits.seconds) + 2);
  if (limits.processes > 0) limit(RLIMIT_NPROC, limits.processes);
}

// Linux gives to this process what its descendants leave behind: none escapes by leaving its
// session.
inline void adopt_orphans() {
#ifdef __linux__
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
}

// Every process whose parent this one is.
inline std::vector<pid_t> children() {
  std::vector<pid_t> found;
#ifdef __linux__
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", none)) {
    const pid_t pid = pid_t(std::atol(entry.path().filename().c_str()));
    if (pid <= 0) continue;
    std::ifstream in(entry.path() / "stat");
    std::string text;
    std::getline(in, text, '\0');  // nothing, if that process has just ended
    const auto name_ends = text.rfind(')');
    if (name_ends == std::string::npos) continue;
    char state;
    pid_t parent = 0;
    std::istringstream(text.substr(name_ends + 1)) >> state >> parent;
    if (parent == getpid()) found.push_back(pid);
  }
#endif
  return found;
}

// Ends all of them, and what they leave behind, until nothing is left.
inline void end_all_children() {
  for (int round = 0; round < 1000; ++round) {
    const std::vector<pid_t> left = children();
    if (left.empty()) break;
    for (const pid_t pid : left) kill(pid, SIGKILL);
    for (const pid_t pid : left) waitpid(pid, nullptr, 0);
  }
}

// Runs `body` in a child with a session of its own, which says what it has to say to the descriptor
// that it is given; its other output goes nowhere. It ends with body(), or when its time is over,
// whatever it has started. The caller is to have no other children, if it adopts orphans.
inline Ended supervise(const std::function<void(int say)>& body, const Limits& limits) {
  int ends[2];
  if (pipe(ends) != 0) return {"", false, 1 << 8};
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    setsid();
    const int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, 0), dup2(nowhere, 1), dup2(nowhere, 2);
    if (nowhere > 2) close(nowhere);
    set_limits(limits);
    body(ends[1]);
    std::exit(0);
  }
  close(ends[1]);
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  Ended ended;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(limits.seconds);
  for (bool over = child < 0; !over;) {
    // It is over when the child has ended, though a process that it left may hold the pipe open.
    over = waitpid(child, &ended.status, WNOHANG) == child;
    if (!over && std::chrono::steady_clock::now() > end) {
      ended.late = over = true;
      kill(child, SIGKILL);
      waitpid(child, &ended.status, 0);
    }
    ssize_t count = 0;
    std::size_t at_once = 0;
    for (char some[4096]; at_once < (1 << 20) && (count = read(ends[0], some, sizeof some)) > 0;) {
      at_once += std::size_t(count);
      ended.said.append(some, std::min(std::size_t(count), limits.said - ended.said.size()));
    }
    if (over) break;
    pollfd ready{ends[0], POLLIN, 0};
    if (count == 0)
      usleep(1000);  // it has closed the pipe and has not ended
    else
      poll(&ready, 1, 5);
  }
  kill(-child, SIGKILL);
  close(ends[0]);
  return ended;
}

// ---- what the test of an exercise says ----

struct Verdict {
  std::string status, reasons;  // "ok", "not written" or "wrong"; lines
  int checks = 0;               // that were passed
};

// Verdict "ok" only if it says so with the secret, says nothing else, and ends as a program should.
inline Verdict verdict_of(const Ended& ended, const std::string& secret, double seconds) {
  if (ended.late)
    return {"wrong",
            "it does not come to an end: stopped after " + std::to_string(int(seconds)) + " s\n"};
  std::istringstream in(ended.said);
  std::string status, rest;
  std::getline(in, status);
  rest.assign(std::istreambuf_iterator<char>(in), {});
  if (status == "wrong" || status == "not written") return {status, rest};
  if (WIFSIGNALED(ended.status))
    return {"wrong",
            std::string("it was ended by a signal: ") + strsignal(WTERMSIG(ended.status)) + "\n"};
  const std::string ok = "ok " + secret + " ";
  if (status.empty()) return {"wrong", "the program ended before its test did\n"};
  if (status.compare(0, ok.size(), ok) != 0)
    return {"wrong", "something else than the test tried to say what comes of it\n"};
  const std::string crashed = "wrong\n";
  if (rest.compare(0, crashed.size(), crashed) == 0)
    return {"wrong", "after the test: " + rest.substr(crashed.size())};
  if (!rest.empty()) return {"wrong", "the program went on to say something after its test\n"};
  if (ended.status != 0)
    return {"wrong", "after the test the program did not end with exit status 0\n"};
  return {"ok", "", std::atoi(status.c_str() + ok.size())};
}

}  // namespace mbrl
