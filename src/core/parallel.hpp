// A parallel loop over a few threads that are started once.
//
// Work is cut into pieces by the caller, never by the number of threads, and each piece writes only
// to its own place: so the result has the same bits on 1 thread and on 8.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <vector>

#include "core/types.hpp"

namespace mbrl {

class Workers {
 public:
  explicit Workers(int threads) : allowed_(threads) {
    for (int i = 1; i < threads; ++i) helpers_.emplace_back([this, i] { help(i); });
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
  // From the next loop on, so many of the threads take part: at least 1, at most threads().
  void allow(int threads) { allowed_ = std::clamp(threads, 1, this->threads()); }

  // Calls piece(0), ..., piece(n - 1), each once, in any order and on any thread, and waits for
  // all. The first exception by index is thrown on. Loops do not nest.
  //
  // piece(i, thread) is told its thread, 0, ..., threads() - 1, to work in buffers that are kept
  // from one loop to the next; which buffers those are must not change the result.
  template <class Piece>
  void for_each(Index n, const Piece& piece) {
    const auto call = [](const void* f, Index i, int thread) {
      if constexpr (std::is_invocable_v<const Piece&, Index, int>)
        (*static_cast<const Piece*>(f))(i, thread);
      else
        (*static_cast<const Piece*>(f))(i);
    };
    run(n, call, std::addressof(piece));
  }

  // for_each over the columns 0, ..., n - 1 in equal chunks of at most `width`: piece(first,
  // how_many), and the thread if it wants to know.
  template <class Piece>
  void for_chunks(Index n, Index width, const Piece& piece) {
    const Index chunks = (n + width - 1) / width;
    for_each(chunks, [&](Index chunk, int thread) {
      const Index first = chunk * n / chunks, count = (chunk + 1) * n / chunks - first;
      if constexpr (std::is_invocable_v<const Piece&, Index, Index, int>)
        piece(first, count, thread);
      else
        piece(first, count);
    });
  }

 private:
  using Call = void (*)(const void* piece, Index i, int thread);

  void run(Index n, Call call, const void* piece) {
    const int wanted = static_cast<int>(std::min<Index>(allowed_, n)) - 1;  // helpers
    if (wanted <= 0) {
      for (Index i = 0; i < n; ++i) call(piece, i, 0);
      return;
    }
    call_ = call, piece_ = piece, count_ = n, next_ = 0, failed_ = n, busy_ = wanted;
    {
      const std::lock_guard lock(mutex_);
      round_ = (round_ / kMost + 1) * kMost + static_cast<std::uint64_t>(wanted);
    }
    wake_.notify_all();
    take_pieces(0);
    look_out_for([this] { return busy_ == 0; });
    if (busy_ != 0) {
      std::unique_lock lock(mutex_);
      idle_.wait(lock, [this] { return busy_ == 0; });
    }
    if (failed_ < n) std::rethrow_exception(error_);
  }

  // To fall asleep and be woken takes longer than a small loop: look again for a moment first.
  template <class Condition>
  static void look_out_for(const Condition& holds) {
    for (int i = 0; i < 100 && !holds(); ++i) std::this_thread::yield();
  }

  void take_pieces(int thread) {
    for (Index i = next_++; i < count_; i = next_++) {
      try {
        call_(piece_, i, thread);
      } catch (...) {
        const std::lock_guard lock(mutex_);
        if (i < failed_) failed_ = i, error_ = std::current_exception();
      }
    }
  }

  void help(int thread) {
    for (std::uint64_t seen = 0;;) {
      look_out_for([&] { return quit_ || round_ != seen; });
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return quit_ || round_ != seen; });
        if (quit_) return;
        seen = round_;
      }
      if (static_cast<std::uint64_t>(thread) > seen % kMost) continue;  // it is not needed
      take_pieces(thread);
      if (--busy_ > 0) continue;
      const std::lock_guard lock(mutex_);
      idle_.notify_one();
    }
  }

  static constexpr std::uint64_t kMost = 1 << 16;  // threads

  std::vector<std::thread> helpers_;
  int allowed_;
  std::mutex mutex_;
  std::condition_variable wake_, idle_;
  Call call_ = nullptr;
  const void* piece_ = nullptr;
  Index count_ = 0, failed_ = 0;
  std::atomic<Index> next_{0};
  std::exception_ptr error_;
  std::atomic<int> busy_{0};             // helpers that have not finished this loop
  std::atomic<std::uint64_t> round_{0};  // counts loops, times kMost; and the helpers of this one
  std::atomic<bool> quit_{false};
};

// One T for each thread: buffers that a piece of work finds where the last one left them.
template <class T>
class PerThread {
 public:
  void make_room(const Workers& workers) {
    while (static_cast<int>(each_.size()) < workers.threads()) each_.emplace_back();
  }
  T& operator[](int thread) { return each_[static_cast<std::size_t>(thread)]; }

 private:
  std::deque<T> each_;  // a deque: a T need not be movable
};

}  // namespace mbrl
