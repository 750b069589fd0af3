#include "exercise.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <iostream>

#include "core/not_written.hpp"

namespace mbrl {

namespace {

struct Wrong {
  std::string reasons;
};

std::string show(const Matrix& x) {
  std::ostringstream text;
  text.precision(7);
  constexpr Index most = 8;
  for (Index i = 0; i < std::min(x.rows(), most); ++i) {
    if (i > 0) text << "\n            ";
    for (Index j = 0; j < std::min(x.cols(), most); ++j) text << (j > 0 ? "  " : "") << x(i, j);
    if (x.cols() > most) text << "  ...";
  }
  if (x.rows() > most) text << "\n            ...";
  return x.size() > 0 ? text.str() : "nothing";
}

std::string shape(const Matrix& x) {
  return "(" + std::to_string(x.rows()) + ", " + std::to_string(x.cols()) + ")";
}

bool agree(const Matrix& a, const Matrix& b, double tolerance) {
  if (a.rows() != b.rows() || a.cols() != b.cols()) return false;
  for (Index k = 0; k < a.size(); ++k) {
    const double x = double(a.data()[k]), y = double(b.data()[k]);
    if (x == y) continue;  // also two infinities
    if (!(std::abs(x - y) <= tolerance * std::max(1.0, std::abs(y)))) return false;
  }
  return true;
}

// What the student's code comes to: the status on the first line, the reasons below.
std::string verdict(const std::function<void(Test& test)>& test) {
  try {
    const char* seed = std::getenv("SEED");
    Test inputs(seed ? std::strtoull(seed, nullptr, 10) : 1);
    test(inputs);
    return "ok\n";
  } catch (const NotWritten& error) {
    return std::string("not written\n") + error.what() + "\n";
  } catch (const Wrong& wrong) {
    return "wrong\n" + wrong.reasons;
  } catch (const std::exception& error) {
    return std::string("wrong\nit stopped with an error: ") + error.what() + "\n";
  } catch (...) {
    return "wrong\nit threw something that is no error\n";
  }
}

// Runs the test in a child, whose own output goes nowhere, and waits for its verdict.
std::string verdict_of_a_child(const std::function<void(Test& test)>& test, double seconds) {
  int ends[2];
  if (pipe(ends) != 0) return "wrong\nthere is no pipe to be had\n";
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    const int nowhere = open("/dev/null", O_RDWR);
    dup2(nowhere, 0), dup2(nowhere, 1), dup2(nowhere, 2);
    const rlimit memory{4ul << 30, 4ul << 30}, no_core{0, 0};
    setrlimit(RLIMIT_AS, &memory), setrlimit(RLIMIT_CORE, &no_core);
    const std::string text = verdict(test);
    const bool written = write(ends[1], text.data(), text.size()) == ssize_t(text.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  bool late = false;
  for (char some[4096];;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd ready{ends[0], POLLIN, 0};
    if (left.count() <= 0 || poll(&ready, 1, int(left.count())) == 0) {
      late = true;
      break;
    }
    const ssize_t count = read(ends[0], some, sizeof some);
    if (count <= 0) break;
    text.append(some, std::size_t(count));
  }
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (late)
    return "wrong\nit does not come to an end: stopped after " + std::to_string(int(seconds)) +
           " s\n";
  if (!text.empty()) return text;
  // Nothing said: how did it end? (Killed by us is what follows a child that had closed its pipe.)
  if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
    return std::string("wrong\nit crashed: ") + strsignal(WTERMSIG(status)) + "\n";
  return "wrong\nthe program ended before its test did\n";
}

}  // namespace

Value::Value(std::initializer_list<std::initializer_list<double>> rows) {
  entries.resize(Index(rows.size()), Index(rows.begin()->size()));
  Index i = 0;
  for (const auto& row : rows) {
    Index j = 0;
    for (const double x : row) entries(i, j++) = Scalar(x);
    ++i;
  }
}

void Test::equal(const std::string& what, const Value& got, const Value& expected,
                 const std::vector<Mistake>& mistakes, const std::string& hint,
                 double tolerance) const {
  if (agree(got.entries, expected.entries, tolerance)) return;
  std::string reasons = what + "\n  expected  " + show(expected.entries) + "\n  came      " +
                        show(got.entries) + "\n";
  std::string likely = hint;
  if (got.entries.rows() != expected.entries.rows() ||
      got.entries.cols() != expected.entries.cols())
    likely = "the shape is " + shape(got.entries) + " and should be " + shape(expected.entries);
  else if (!got.entries.allFinite() && expected.entries.allFinite())
    likely = "a number is infinite or not a number" + (hint.empty() ? "" : "; " + hint);
  for (const Mistake& mistake : mistakes)
    if (agree(got.entries, mistake.value.entries, tolerance)) {
      likely = mistake.hint;
      break;
    }
  throw Wrong{reasons + (likely.empty() ? "" : "  likely    " + likely + "\n")};
}

void Test::that(bool holds, const std::string& statement, const std::string& hint) const {
  if (!holds) throw Wrong{"expected: " + statement + "\n  likely    " + hint + "\n"};
}

int judge(const Exercise& exercise, const std::function<void(Test& test)>& test) {
  const char* limit = std::getenv("LIMIT");
  std::istringstream text(verdict_of_a_child(test, limit ? std::atof(limit) : 10));
  std::string status, line;
  std::getline(text, status);
  std::cout << exercise.id << "|" << status << "|" << exercise.points << "|" << exercise.title
            << "\n";
  while (std::getline(text, line)) std::cout << "    " << line << "\n";
  return status == "ok" ? 0 : status == "not written" ? 3 : 1;
}

}  // namespace mbrl
