// A parallel loop over a few threads that are started once.
//
// Work is cut into pieces by the caller, never by the number of threads, and each piece writes only
// to its own place: so the result has the same bits on 1 thread and on 8.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/types.hpp"

namespace mbrl {

class Workers {
 public:
  explicit Workers(int threads) {
    for (int i = 1; i < threads; ++i) helpers_.emplace_back([this] { help(); });
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  ~Workers() {
    {
      const std::lock_guard lock(mutex_);
      quit_ = true;
    }
    wake_.notify_all();
    for (auto& helper : helpers_) helper.join();
  }

  int threads() const { return static_cast<int>(helpers_.size()) + 1; }

  // Calls piece(0), ..., piece(n - 1), each once, in any order and on any thread, and waits for
  // all. The first exception by index is thrown on. Loops do not nest.
  void for_each(Index n, const std::function<void(Index)>& piece) {
    if (helpers_.empty() || n == 1) {
      for (Index i = 0; i < n; ++i) piece(i);
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      piece_ = &piece, count_ = n, next_ = 0, failed_ = n;
      busy_ = static_cast<int>(helpers_.size());
      ++round_;
    }
    wake_.notify_all();
    take_pieces();
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return busy_ == 0; });
    if (failed_ < n) std::rethrow_exception(error_);
  }

  // for_each over the columns 0, ..., n - 1 in chunks of a fixed width: piece(first, how_many).
  void for_chunks(Index n, Index width, const std::function<void(Index, Index)>& piece) {
    for_each((n + width - 1) / width,
             [&](Index chunk) { piece(chunk * width, std::min(width, n - chunk * width)); });
  }

 private:
  void take_pieces() {
    for (Index i = next_++; i < count_; i = next_++) {
      try {
        (*piece_)(i);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (i < failed_) failed_ = i, error_ = std::current_exception();
      }
    }
  }

  void help() {
    for (int seen = 0;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return quit_ || round_ != seen; });
        if (quit_) return;
        seen = round_;
      }
      take_pieces();
      const std::lock_guard lock(mutex_);
      if (--busy_ == 0) idle_.notify_one();
    }
  }

  std::vector<std::thread> helpers_;
  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  const std::function<void(Index)>* piece_ = nullptr;
  Index count_ = 0, failed_ = 0;
  std::atomic<Index> next_{0};
  std::exception_ptr error_;
  int busy_ = 0, round_ = 0;
  bool quit_ = false;
};

}  // namespace mbrl
