#include "core/parallel.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>

#include "core/random.hpp"

using namespace mbrl;

namespace test_parallel {

TEST_CASE("Workers count the calling thread") {
  CHECK(Workers(1).threads() == 1);
  CHECK(Workers(4).threads() == 4);
  CHECK(Workers(0).threads() == 1);
}

TEST_CASE("every piece is done exactly once, by any number of threads") {
  for (const int threads : {1, 2, 4}) {
    Workers workers(threads);
    for (const Index n : {0, 1, 2, 3, 5, 1000}) {
      std::vector<std::atomic<int>> times(static_cast<std::size_t>(n));
      workers.for_each(n, [&](Index i) { ++times[static_cast<std::size_t>(i)]; });
      for (const auto& count : times) CHECK(count == 1);
    }
  }
}

TEST_CASE("the result has the same bits on 1, 2 and 4 threads") {
  const Index n = 200;
  const auto result = [&](int threads) {
    Workers workers(threads);
    std::vector<Matrix> piece(static_cast<std::size_t>(n));
    workers.for_each(n, [&](Index i) {
      Rng rng(1, "piece", static_cast<std::uint64_t>(i));
      piece[static_cast<std::size_t>(i)] = rng.normal(3, 1 + i % 7).rowwise().sum();
    });
    Matrix total = Matrix::Zero(3, 1);
    for (const Matrix& x : piece) total += x;
    return total;
  };
  const Matrix alone = result(1);
  CHECK(alone.norm() > 0);
  CHECK(result(2) == alone);
  CHECK(result(4) == alone);
}

TEST_CASE("two workers are at work at the same time") {
  Workers workers(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // until the helper sleeps
  std::atomic<int> arrived{0};
  std::atomic<bool> met{true};
  workers.for_each(2, [&](Index) {
    ++arrived;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (arrived < 2 && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
    if (arrived < 2) met = false;
  });
  CHECK(met);
}

TEST_CASE("no more threads take part than are allowed, and all do when they may again") {
  Workers workers(4);
  const auto taking_part = [&](Index n) {
    std::array<std::atomic<int>, 4> pieces{};
    for (int repeat = 0; repeat < 50; ++repeat)
      workers.for_each(n, [&](Index, int thread) {
        ++pieces[static_cast<std::size_t>(thread)];
        std::this_thread::sleep_for(std::chrono::microseconds(50));
      });
    int all = 0, threads = 0;
    for (const auto& count : pieces) all += count, threads += count > 0;
    CHECK(all == 50 * n);  // each once
    return threads;
  };
  CHECK(taking_part(40) == 4);
  workers.allow(1);
  CHECK(taking_part(40) == 1);
  workers.allow(2);
  CHECK(taking_part(40) == 2);
  workers.allow(9);
  CHECK(taking_part(40) == 4);
  CHECK(workers.threads() == 4);
}

TEST_CASE("of several exceptions the one of the lowest index is thrown on") {
  for (const int threads : {1, 2, 4}) {
    Workers workers(threads);
    for (int repeat = 0; repeat < 200; ++repeat) {
      std::string message = "none";
      try {
        workers.for_each(40, [&](Index i) {
          // The later pieces fail first, where there are threads enough.
          if (i == 5) std::this_thread::sleep_for(std::chrono::microseconds(50));
          if (i >= 5) throw UserError(std::to_string(i));
        });
      } catch (const UserError& e) {
        message = e.what();
      }
      REQUIRE(message == "5");
    }
  }
}

TEST_CASE("workers go on after an exception, without throwing it again") {
  for (const int threads : {1, 2, 4}) {
    Workers workers(threads);
    CHECK_THROWS_AS(workers.for_each(3, [](Index) { throw Diverged("stop"); }), Diverged);
    std::atomic<int> count{0};
    CHECK_NOTHROW(workers.for_each(100, [&](Index) { ++count; }));
    CHECK(count == 100);
  }
}

TEST_CASE("workers serve ten thousand loops, and a loop of nothing does nothing") {
  Workers workers(4);
  std::atomic<Index> total{0};
  for (Index loop = 0; loop < 10000; ++loop)
    workers.for_each(loop % 5, [&](Index i) { total += i + 1; });
  CHECK(total == 2000 * (0 + 1 + 3 + 6 + 10));
}

TEST_CASE("chunks cover every column once, are equal but for one column, and none is too wide") {
  for (const int threads : {1, 3}) {
    Workers workers(threads);
    for (const Index n : {0, 1, 31, 32, 33, 100}) {
      std::vector<std::atomic<int>> times(static_cast<std::size_t>(n));
      std::atomic<int> wrong{0};
      workers.for_chunks(n, 32, [&](Index first, Index count) {
        const Index chunks = (n + 31) / 32;
        if (count > 32 || count < n / chunks || count > (n + chunks - 1) / chunks) ++wrong;
        for (Index i = first; i < first + count; ++i) ++times[static_cast<std::size_t>(i)];
      });
      CHECK(wrong == 0);
      for (const auto& count : times) CHECK(count == 1);
    }
  }
}

TEST_CASE("a piece that asks is told its thread, which does one piece at a time") {
  for (const int threads : {1, 3}) {
    Workers workers(threads);
    std::vector<std::atomic<int>> busy(static_cast<std::size_t>(threads));
    std::atomic<int> wrong{0}, done{0};
    workers.for_each(200, [&](Index, int thread) {
      if (thread < 0 || thread >= threads) {
        ++wrong;
        return;
      }
      if (busy[static_cast<std::size_t>(thread)]++ != 0) ++wrong;
      ++done;
      --busy[static_cast<std::size_t>(thread)];
    });
    CHECK(wrong == 0);
    CHECK(done == 200);
  }
}

}  // namespace test_parallel
