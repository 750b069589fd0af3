// How fast the hot paths are, beside what the machine can do at most: `make bench`.
//
// The peak is measured in the same run, by a loop of fused multiply-adds. An allocation is a call
// of malloc in the last of several calls, when the buffers are warm (counted with glibc only).

#include <atomic>
#include <chrono>
#include <cstdio>

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "algorithms/02_pets.hpp"
#include "algorithms/09_mbpo.hpp"
#include "bench_by_hand.hpp"
#include "envs/all.hpp"

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

namespace mbrl {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// ---- the meter ----

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
Scalar multiply_and_add(Index n) {
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
double peak(Workers& workers) {
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

// Multiplications and additions of a network for one column.
double flop_of(double in, double out, double layers, double width) {
  return 2 * (in * width + (layers - 1) * width * width + width * out);
}

// ---- what is measured ----

void products(Machine& machine) {
  Rng rng(1, "bench");
  for (const Index width : {64, 128, 200, 256, 500}) {
    const Index B = 256, pieces = 8;
    const Matrix W = rng.normal(width, width), x = rng.normal(width, B);
    std::vector<Matrix> y(std::size_t(pieces), Matrix(width, B));
    const std::string name =
        "8 products " + std::to_string(width) + " x " + std::to_string(width) + " by 256 columns";
    line(machine, name.c_str(), 2.0 * double(pieces * width * width * B), [&](Workers& workers) {
      workers.for_each(pieces, [&](Index i) { y[std::size_t(i)].noalias() = W * x; });
    });
  }
}

void entries(Machine& machine) {
  Rng rng(1, "bench");
  const Matrix x = rng.normal(200, 256);
  for (const auto& [g, name] : {std::pair{Activation::silu, "silu of 200 x 256"},
                                std::pair{Activation::tanh, "tanh of 200 x 256"},
                                std::pair{Activation::relu, "relu of 200 x 256"}}) {
    Tape tape;
    line(machine, name, 0, [&, act = g](Workers&) {
      tape.clear();
      activate(act, tape.constant(x));
    });
  }
  Matrix draws(200, 256);
  line(machine, "51,200 normal draws", 0, [&](Workers&) { rng.fill_normal(draws); });
}

ModelConfig four_by_200() {
  ModelConfig network;
  network.hidden_layers = 4, network.hidden_width = 200, network.batch_size = 256;
  return network;
}

RegressionData random_data(Index in, Index out, Index rows, Rng& rng) {
  RegressionData data;
  data.x = rng.normal(in, rows), data.y = rng.normal(out, rows);
  for (Index i = 0; i < rows; ++i) data.row.push_back(i);
  data.x_holdout = rng.normal(in, 16), data.y_holdout = rng.normal(out, 16);
  return data;
}

pets::Config large_pets() {
  pets::Config config;
  config.model.network = four_by_200();
  config.propagation.particles = 20;
  config.planner.horizon = 15;
  config.planner.cem.candidates = 350, config.planner.cem.elites = 35;
  config.planner.cem.iterations = 5;
  return config;
}

double flop_of_planning(const pets::Config& c, double in, double out) {
  const CemConfig& cem = c.planner.cem;
  return double(cem.candidates) * cem.iterations * c.planner.horizon * c.propagation.particles *
         flop_of(in, out, c.model.network.hidden_layers, c.model.network.hidden_width);
}

// cartpole_swingup sees 5 features and 1 action, and says mean and log-variance of 4 coordinates.
void planning(Machine& machine, const Env& env) {
  const pets::Config config = large_pets();
  pets::Agent agent(env, config, 1);
  const Vector s = Vector::Zero(4);
  line(machine, "PETS planning step, 4 x 200, 525,000 evaluations", flop_of_planning(config, 6, 8),
       [&](Workers& workers) { agent.act(s, workers); });
  pets::Config small;
  small.planner.horizon = 15;
  pets::Agent fast(env, small, 1);
  line(machine, "PETS planning step, defaults, 150,000 evaluations", flop_of_planning(small, 6, 8),
       [&](Workers& workers) { fast.act(s, workers); });
}

constexpr int kTrainingSteps = 20;

void training(Machine& machine) {
  Rng rng(1, "bench");
  ModelConfig network = four_by_200();
  network.epochs = 1;
  EnsembleConfig config;
  config.members = 7;
  const RegressionData data = random_data(6, 4, 256 * kTrainingSteps, rng);
  Ensemble ensemble(6, 4, network, config, 1);
  const double flop = kTrainingSteps * 7 * 256.0 * (3 * flop_of(6, 8, 4, 200) - 2 * 6 * 200);
  line(machine, "20 training steps of 7 members, 4 x 200, batch 256", flop,
       [&](Workers& workers) { ensemble.fit(data, workers); });
}

Dataset random_steps(const Env& env, int steps) {
  Dataset D(env.spec.state_dim(), env.spec.action_dim());
  World world(env, Rng(1, "world"));
  Rng rng(1, "bench");
  for (int i = 0; i < steps; ++i) {
    if (world.over()) world.reset();
    D.append(world.step(random_action(env.spec, rng)));
  }
  return D;
}

void updates(Machine& machine, const Env& env) {
  const Dataset D = random_steps(env, 2000);
  LearnerConfig config;
  config.hidden_width = 256;
  for (const char* kind : {"sac", "ddpg", "naf"}) {
    config.kind = kind;
    const auto learner = make_learner(env, config, 1);
    Replay replay(Rng(1, "replay"));
    const std::string name = std::string(kind) + " update, 2 x 256, batch 256, sampling included";
    // 14 passes through a network; one backward is two of them, without the first layer's inputs.
    const double flop = config.kind == "sac" ? 14 * 256.0 * flop_of(6, 1, 2, 256) : 0;
    line(machine, name.c_str(), flop,
         [&](Workers& workers) { learner->update(replay.sample(D, 256), workers); });
  }
}

void imagining(Machine& machine, const Env& env) {
  const Dataset D = random_steps(env, 2000);
  mbpo::Config config;
  config.rollouts_per_step = 160;  // 100 steps between refits: 16,000 rollouts of 5
  config.model.network = four_by_200();
  mbpo::Agent agent(env, config, 1);
  line(machine, "MBPO rollout of 80,000 states, 4 x 200",
       80000 * (flop_of(6, 8, 4, 200) + flop_of(5, 2, 2, 128)),
       [&](Workers& workers) { agent.imagine(D, 0, workers); });
}

void worlds(Machine& machine) {
  for (const char* name : {"pendulum", "cartpole_balance", "cartpole_swingup", "reacher",
                           "half_cheetah", "hopper", "walker2d"}) {
    const auto env = make_env(name);
    Rng rng(1, "bench");
    World world(*env, Rng(1, "world"));
    line(machine, (std::string("1000 steps of ") + name).c_str(), 0, [&](Workers&) {
      for (int i = 0; i < 1000; ++i) {
        if (world.over()) world.reset();
        world.step(random_action(env->spec, rng));
      }
    });
  }
}

// ---- beside the same by hand ----

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

void training_beside_hand(Workers& workers) {
  Rng rng(1, "bench");
  ModelConfig network = four_by_200();
  network.epochs = 1;
  EnsembleConfig config;
  config.members = 7;
  const RegressionData data = random_data(6, 4, 256 * kTrainingSteps, rng);
  Ensemble ensemble(6, 4, network, config, 1);
  std::deque<by_hand::Member> members;
  std::deque<Rng> shuffles;
  for (int i = 0; i < config.members; ++i) {
    members.emplace_back(ensemble.member(i), network);
    shuffles.emplace_back(1, "by hand", std::uint64_t(i));
  }
  beside(
      "20 training steps of 7 members", [&] { ensemble.fit(data, workers); },
      [&] {
        workers.for_each(config.members, [&](Index i) {
          for_minibatches(data.x.cols(), 256, shuffles[std::size_t(i)],
                          [&](const std::vector<Index>& batch) {
                            members[std::size_t(i)].step(data.x, data.y, batch);
                          });
        });
      });
}

void update_beside_hand(const Env& env) {
  Workers alone(1);
  const Dataset D = random_steps(env, 2000);
  LearnerConfig config;
  config.hidden_width = 256;
  Sac sac(env, config, 1);
  Replay replay(Rng(1, "replay")), replay_too(Rng(1, "replay"));
  const MlpConfig shape{2, 256, Activation::relu, Init::xavier};
  Rng rng(1, "by hand");
  const Index n = env.features(D.s({0})).rows(), m = env.spec.action_dim();
  by_hand::Sac by_hand(make_mlp(n, 2 * m, shape, rng), make_mlp(n + m, 1, shape, rng),
                       make_mlp(n + m, 1, shape, rng), config);
  Matrix eps_next(m, 256), eps(m, 256);
  beside(
      "SAC update, on one thread", [&] { sac.update(replay.sample(D, 256), alone); },
      [&] {
        const Batch& batch = replay_too.sample(D, 256);
        rng.fill_normal(eps_next), rng.fill_normal(eps);
        by_hand.update(env.features(batch.s), env.spec.to_unit_box(batch.a), batch.reward,
                       batch.terminated, env.features(batch.s_next), eps_next, eps);
      });
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

void growths(Workers& workers, const Env& env) {
  const auto plan = [&](const auto& change) {
    return [&, change](int size) {
      pets::Config config = large_pets();
      config.planner.cem.iterations = 1;
      change(config, size);
      pets::Agent agent(env, config, 1);
      const Vector s = Vector::Zero(4);
      return measure([&] { agent.act(s, workers); }).seconds;
    };
  };
  growth("planning: candidates", {175, 350, 700},
         plan([](pets::Config& c, int n) { c.planner.cem.candidates = n; }));
  growth("planning: particles", {10, 20, 40},
         plan([](pets::Config& c, int n) { c.propagation.particles = n; }));
  growth("planning: horizon", {10, 20, 40},
         plan([](pets::Config& c, int n) { c.planner.horizon = n; }));
  growth("planning: members", {5, 10, 20},
         plan([](pets::Config& c, int n) { c.model.ensemble.members = n; }));
  growth("planning: width", {100, 200, 400},
         plan([](pets::Config& c, int n) { c.model.network.hidden_width = n; }));

  const auto train = [&](const auto& change) {
    return [&, change](int size) {
      Rng rng(1, "bench");
      ModelConfig network = four_by_200();
      network.epochs = 1;
      EnsembleConfig config;
      config.members = 6;
      change(network, config, size);
      const RegressionData data = random_data(6, 4, 5 * network.batch_size, rng);
      Ensemble ensemble(6, 4, network, config, 1);
      return measure([&] { ensemble.fit(data, workers); }).seconds / 5;
    };
  };
  growth("a training step: members", {3, 6, 12},
         train([](ModelConfig&, EnsembleConfig& c, int n) { c.members = n; }));
  growth("a training step: width", {100, 200, 400},
         train([](ModelConfig& c, EnsembleConfig&, int n) { c.hidden_width = n; }));
  growth("a training step: batch", {128, 256, 512},
         train([](ModelConfig& c, EnsembleConfig&, int n) { c.batch_size = n; }));

  growth("a SAC update: width", {128, 256, 512}, [&](int width) {
    const Dataset D = random_steps(env, 2000);
    LearnerConfig config;
    config.hidden_width = width;
    Sac sac(env, config, 1);
    Replay replay(Rng(1, "replay"));
    return measure([&] { sac.update(replay.sample(D, 256), workers); }).seconds;
  });
  growth("a SAC update: batch", {128, 256, 512}, [&](int batch) {
    const Dataset D = random_steps(env, 2000);
    LearnerConfig config;
    config.hidden_width = 256;
    Sac sac(env, config, 1);
    Replay replay(Rng(1, "replay"));
    return measure([&] { sac.update(replay.sample(D, batch), workers); }).seconds;
  });
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

void memories(Workers& workers, const Env& env) {
  memory("PETS agent, 4 x 200, after a planning step", [&] {
    auto agent = std::make_unique<pets::Agent>(env, large_pets(), 1);
    agent->act(Vector::Zero(4), workers);
    return agent;
  });
  memory("PETS agent, defaults, after a planning step", [&] {
    auto agent = std::make_unique<pets::Agent>(env, pets::Config{}, 1);
    agent->act(Vector::Zero(4), workers);
    return agent;
  });
  memory("7 members, 4 x 200, after a fit", [&] {
    Rng rng(1, "bench");
    ModelConfig network = four_by_200();
    network.epochs = 1;
    EnsembleConfig config;
    config.members = 7;
    auto ensemble = std::make_unique<Ensemble>(6, 4, network, config, 1);
    ensemble->fit(random_data(6, 4, 5120, rng), workers);
    return ensemble;
  });
  memory("SAC learner, 2 x 256, after an update", [&] {
    LearnerConfig config;
    config.hidden_width = 256;
    const Dataset D = random_steps(env, 300);
    auto sac = std::make_unique<Sac>(env, config, 1);
    sac->update(D.sample(256, *std::make_unique<Rng>(1, "bench")), workers);
    return sac;
  });
  memory("10,000 transitions", [&] { return std::make_unique<Dataset>(random_steps(env, 10000)); });
}

void bench() {
  Machine machine;
  std::printf(
      "%s, %d numbers to a vector. Peak of fused multiply-adds: %.0f GFLOP/s on one "
      "thread, %.0f on two.\n\n",
      sizeof(Scalar) == 4 ? "float" : "double", int(Eigen::internal::packet_traits<Scalar>::size),
      machine.peak_of_one, machine.peak_of_two);
  std::printf("%-48s %10s %10s %8s %8s %6s %6s %9s\n", "", "ms", "ms", "GFLOP/s", "GFLOP/s", "peak",
              "peak", "malloc");
  std::printf("%-48s %10s %10s %8s %8s %6s %6s %9s\n", "threads", "1", "2", "1", "2", "1", "2",
              "per call");
  const auto env = make_env("cartpole_swingup");
  products(machine);
  entries(machine);
  planning(machine, *env);
  training(machine);
  updates(machine, *env);
  imagining(machine, *env);
  worlds(machine);

  std::printf("\n%-48s %10s %10s %8s\n", "beside the same without the tape", "tape, ms", "hand, ms",
              "ratio");
  training_beside_hand(machine.two);
  update_beside_hand(*env);

  std::printf(
      "\nhow the cost grows on two threads; linear would be 0.50, 1.00, 2.00 (width: 0.25, 1, "
      "4)\n");
  growths(machine.two, *env);

  std::printf("\nmemory\n");
  memories(machine.two, *env);
}

}  // namespace
}  // namespace mbrl

int main() {
  mbrl::bench();
  return 0;
}
