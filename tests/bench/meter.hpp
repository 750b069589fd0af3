// What measures: time and allocations of a call, the machine's peak, and a line of the table.
// For one program only: it takes the place of malloc, to count.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/parallel.hpp"
#include "core/types.hpp"

#ifdef __GLIBC__
static std::atomic<long> allocations{0};
extern "C" void* __libc_malloc(std::size_t);
extern "C" void* malloc(std::size_t bytes) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(bytes);
}
static long allocated() { return allocations; }
#else
static long allocated() { return 0; }
#endif

namespace mbrl::bench {

inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Measured {
  double seconds = 0;      // per call: the median of five rounds
  double allocations = 0;  // per call, once warm
};

template <class Work>
Measured measure(const Work& work) {
  work();  // to warm up: buffers, caches, clock
  double start = now();
  work();
  const int calls = std::max(1, static_cast<int>(0.05 / (now() - start)));
  std::vector<double> rounds;
  rounds.reserve(5);
  long before = 0;
  for (int round = 0; round < 5; ++round) {
    before = allocated(), start = now();
    for (int i = 0; i < calls; ++i) work();
    rounds.push_back((now() - start) / calls);
  }
  const double counted = double(allocated() - before) / calls;
  std::sort(rounds.begin(), rounds.end());
  return {rounds[2], counted};
}

// ---- the peak ----

// n times twelve independent chains of fused multiply-adds, of the widest vectors that Eigen uses.
inline Scalar multiply_and_add(Index n) {
  using Vectors = Eigen::internal::packet_traits<Scalar>::type;
  using Eigen::internal::pmadd, Eigen::internal::pset1;
  const Vectors x = pset1<Vectors>(Scalar(0.9999)), y = pset1<Vectors>(Scalar(1e-4));
  const auto chain = [](int number) { return pset1<Vectors>(Scalar(number)); };
  Vectors a = chain(1), b = chain(2), c = chain(3), d = chain(4), e = chain(5), f = chain(6);
  Vectors g = chain(7), h = chain(8), i = chain(9), j = chain(10), k = chain(11), l = chain(12);
#pragma GCC unroll 4  // else counting the steps takes a cycle in thirteen
  for (Index step = 0; step < n; ++step) {
    a = pmadd(a, x, y), b = pmadd(b, x, y), c = pmadd(c, x, y), d = pmadd(d, x, y);
    e = pmadd(e, x, y), f = pmadd(f, x, y), g = pmadd(g, x, y), h = pmadd(h, x, y);
    i = pmadd(i, x, y), j = pmadd(j, x, y), k = pmadd(k, x, y), l = pmadd(l, x, y);
  }
  Scalar total = 0;
  for (const Vectors& v : {a, b, c, d, e, f, g, h, i, j, k, l}) total += Eigen::internal::predux(v);
  return total;
}

// In GFLOP/s.
inline double peak(Workers& workers) {
  constexpr Index n = 4000000;
  constexpr int lanes = Eigen::internal::packet_traits<Scalar>::size;
  std::vector<Scalar> kept(std::size_t(workers.threads()));
  const Measured m = measure([&] {
    workers.for_each(workers.threads(),
                     [&](Index i) { kept[std::size_t(i)] = multiply_and_add(n); });
  });
  return double(workers.threads()) * 2 * 12 * lanes * double(n) / m.seconds / 1e9;
}

// ---- the table ----

struct Machine {
  Workers one{1}, two{2};
  double peak_of_one = peak(one), peak_of_two = peak(two);
};

// work(workers) does something worth so many floating-point operations; 0: they do not count.
template <class Work>
void line(Machine& machine, const char* name, double flop, const Work& work) {
  const Measured one = measure([&] { work(machine.one); });
  const Measured two = measure([&] { work(machine.two); });
  std::printf("%-48s %10.3f %10.3f", name, 1e3 * one.seconds, 1e3 * two.seconds);
  if (flop > 0) {
    const double rate_1 = flop / one.seconds / 1e9, rate_2 = flop / two.seconds / 1e9;
    std::printf(" %8.1f %8.1f %5.0f%% %5.0f%%", rate_1, rate_2, 100 * rate_1 / machine.peak_of_one,
                100 * rate_2 / machine.peak_of_two);
  } else {
    std::printf(" %8s %8s %6s %6s", "", "", "", "");
  }
  std::printf(" %9.1f\n", two.allocations);
  std::fflush(stdout);
}

// ---- beside another program ----

template <class Ours, class ByHand>
void beside(const char* name, const Ours& ours, const ByHand& by_hand) {
  std::vector<double> first, second;
  for (int turn = 0; turn < 7; ++turn) {
    first.push_back(measure(ours).seconds);
    second.push_back(measure(by_hand).seconds);
  }
  std::sort(first.begin(), first.end()), std::sort(second.begin(), second.end());
  std::printf("%-48s %10.3f %10.3f %8.2f\n", name, 1e3 * first[3], 1e3 * second[3],
              first[3] / second[3]);
  std::fflush(stdout);
}

// ---- how the cost grows ----

// Three sizes and their times; linear would be 0.5, 1, 2.
template <class TimeOf>
void growth(const char* name, std::array<int, 3> sizes, const TimeOf& time_of) {
  std::array<double, 3> times{};
  for (std::size_t i = 0; i < 3; ++i) times[i] = time_of(sizes[i]);
  std::printf("%-24s", name);
  for (std::size_t i = 0; i < 3; ++i)
    std::printf(" %6d: %8.2f ms (%4.2f)", sizes[i], 1e3 * times[i], times[i] / times[1]);
  std::printf("\n");
  std::fflush(stdout);
}

// ---- memory ----

// What is alive after some work, beyond what was before, in megabytes.
template <class Work>
void memory(const char* name, const Work& work) {
#ifdef __GLIBC__
  const auto in_use = [] { return double(mallinfo2().uordblks + mallinfo2().hblkhd); };
  const double before = in_use();
  const auto kept = work();
  std::printf("%-48s %10.1f MB\n", name, (in_use() - before) / 1e6);
#else
  (void)name, (void)work;
#endif
}

}  // namespace mbrl::bench
