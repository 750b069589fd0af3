// A training loop that is advanced from outside, a real step at a time: for a page that draws it
// while it learns, or several runs side by side.
//
// The loop stays as it is. It runs on a thread of its own, and waits wherever its Recorder asks
// whether to stop: at the top of the loop, where it can also be resumed.
#pragma once

#include <exception>
#include <functional>
#include <semaphore>
#include <thread>
#include <utility>

namespace mbrl {

class Stepwise {
 public:
  // run(pause) makes a Recorder with pause as its `interrupted`, and calls the algorithm.
  using Pause = std::function<bool()>;
  explicit Stepwise(std::function<void(Pause)> run) : run_(std::move(run)) {
    loop_ = std::thread([this] {
      go_.acquire();
      try {
        if (!stop_) run_([this] { return wait_here(); });
      } catch (...) {
        error_ = std::current_exception();
      }
      over_ = true;
      waits_.release();
    });
  }
  Stepwise(const Stepwise&) = delete;
  Stepwise& operator=(const Stepwise&) = delete;

  // Stops the loop where it is.
  ~Stepwise() {
    stop_ = true;
    go_.release();
    loop_.join();
  }

  // On to the next place where it waits, one real step further, or none where a phase of the run
  // begins. Returns whether there is more to come. What the loop throws is thrown here.
  bool step() {
    if (over_) return false;
    go_.release();
    waits_.acquire();
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    return !over_;
  }

 private:
  bool wait_here() {
    waits_.release();
    go_.acquire();
    return stop_;
  }

  std::function<void(Pause)> run_;
  std::binary_semaphore go_{0}, waits_{0};
  bool stop_ = false, over_ = false;  // handed over with the semaphores
  std::exception_ptr error_;
  std::thread loop_;
};

}  // namespace mbrl
