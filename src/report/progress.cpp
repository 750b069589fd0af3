#include "report/progress.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/text.hpp"
#include "core/time_spent.hpp"

namespace mbrl {

// Not a file or pipe, and not one like Emacs' shell.
bool is_live_terminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && kind && *kind && std::string(kind) != "dumb";
}

ProgressLine::ProgressLine(std::string title, bool quiet)
    : title_(std::move(title)), quiet_(quiet), terminal_(is_live_terminal()) {}

void ProgressLine::begin() {
  if (!quiet_) std::printf("%s\n", title_.c_str()), std::fflush(stdout);
}

void ProgressLine::update(const Now& now) {
  if (quiet_ || !terminal_ || since(last_shown_) < 0.1) return;
  last_shown_ = Clock::now();
  const double spent = since(clock_), speed = now.env_steps / std::max(1e-9, seconds());
  const double left = now.share_done > 0 ? spent * (1 - now.share_done) / now.share_done : 0;
  const std::string wanted =
      now.episodes_wanted > 0 ? "/" + std::to_string(now.episodes_wanted) : "";
  if (now.phase == "base")
    std::printf("\r\033[Kcollecting with the base policy: %d steps", now.env_steps);
  else
    std::printf("\r\033[K%3.0f %%   episode %d%s   %d steps   %.0f steps/s   about %.0f s left",
                100 * now.share_done, now.episodes + 1, wanted.c_str(), now.env_steps, speed, left);
  std::fflush(stdout);
}

void ProgressLine::episode(const Episode& e) {
  if (quiet_) return;
  if (terminal_) std::printf("\r\033[K");
  const std::string got = return_text(e.total_reward);
  if (e.phase == "base")
    std::printf("base policy    %7d steps   return %9s  %s", e.env_steps, got.c_str(),
                bar(e).c_str());
  else
    std::printf("episode %4d   %7d steps   return %9s  %s", e.number, e.env_steps, got.c_str(),
                bar(e).c_str());
  if (e.length > 0) std::printf(" in %5d steps", e.length);
  if (std::isfinite(e.holdout_loss)) std::printf("  model error %8.2e", e.holdout_loss);
  std::printf("  %5.0f s\n", seconds());
  std::fflush(stdout);
}

void ProgressLine::finish(const std::vector<double>& returns, int env_steps, bool interrupted,
                          const std::string& out) const {
  if (terminal_ && !quiet_) std::printf("\r\033[K");
  if (!quiet_) std::printf("time: %s\n", TimeSpent::summary().c_str());
  const std::size_t last = std::min<std::size_t>(3, returns.size());
  double mean = 0;
  for (std::size_t i = returns.size() - last; i < returns.size(); ++i)
    mean += returns[i] / double(last);
  std::printf("%s after %zu episodes, %d steps, %.1f s", interrupted ? "stopped" : "done",
              returns.size(), env_steps, seconds());
  if (last > 0) std::printf("; mean return of the last %zu: %s", last, return_text(mean).c_str());
  if (!out.empty()) std::printf("; in %s", out.c_str());
  std::printf("\n");
  std::fflush(stdout);
}

std::string ProgressLine::bar(const Episode& e) {
  if (!std::isfinite(e.random_return) || !std::isfinite(e.oracle_return)) return "";
  constexpr int width = 20;
  const double share = (e.total_reward - e.random_return) / (e.oracle_return - e.random_return);
  const int full = static_cast<int>(std::lround(width * std::fmin(1, std::fmax(0, share))));
  return "[" + std::string(full, '#') + std::string(width - full, '.') + "]";
}

}  // namespace mbrl
