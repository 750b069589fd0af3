// How fast the hot paths are, beside what the machine can do at most: `make bench`.
//
// The peak is measured in the same run, by a loop of fused multiply-adds. An allocation is a call
// of malloc in the last of several calls, when the buffers are warm (counted with glibc only).
#include "algorithms/09_mbpo.hpp"
#include "tests/bench/by_hand.hpp"
#include "tests/bench/growth.hpp"
#include "tests/bench/meter.hpp"
#include "tests/bench/setups.hpp"

namespace mbrl::bench {
namespace {

// ---- speed ----

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

// The matrix products of one update of SAC and nothing else: what an update cannot be faster than.
// A batch is cut into two pieces, as there.
class ProductsOfSac {
 public:
  ProductsOfSac(Index features, Index actions, Index width, Index B) : columns_(B / 2) {
    Rng rng(1, "bench");
    for (Piece& piece : pieces_) {
      piece.actor = network({features, width, width, 2 * actions}, rng);
      piece.critic = network({features + actions, width, width, 1}, rng);
    }
  }

  void operator()(Workers& workers) {
    workers.for_each(2, [&](Index i) {
      Piece& piece = pieces_[std::size_t(i)];
      pass(piece.actor, true, false, false);  // the target: the action in s'
      for (int critic = 0; critic < 2; ++critic) {
        pass(piece.critic, true, false, false);  //   and its value
        pass(piece.critic, true, true, false);   // the critic's loss, and its gradient
        pass(piece.critic, true, false, true);   // the actor's loss, through the critic
      }
      pass(piece.actor, true, true, false);  //   and its gradient
    });
  }

 private:
  struct Layer {
    Matrix W, x, y, dW, dx;
  };
  struct Piece {
    std::vector<Layer> actor, critic;
  };

  std::vector<Layer> network(const std::vector<Index>& sizes, Rng& rng) const {
    std::vector<Layer> layers;
    for (std::size_t l = 0; l + 1 < sizes.size(); ++l)
      layers.push_back({rng.normal(sizes[l + 1], sizes[l]), rng.normal(sizes[l], columns_),
                        rng.normal(sizes[l + 1], columns_), Matrix(sizes[l + 1], sizes[l]),
                        Matrix(sizes[l], columns_)});
    return layers;
  }
  static void pass(std::vector<Layer>& layers, bool values, bool of_weights, bool of_input) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
      auto& [W, x, y, dW, dx] = layers[l];
      if (values) y.noalias() = W * x;
      if (of_weights) dW.noalias() = y * x.transpose();
      if (of_input || (of_weights && l > 0)) dx.noalias() = W.transpose() * y;
    }
  }

  Index columns_;
  std::array<Piece, 2> pieces_;
};

void updates(Machine& machine, const Env& env) {
  const Dataset D = random_steps(env, 2000);
  struct Size {
    const char* kind;
    int width, batch;
  };
  for (const auto& [kind, width, batch] :
       {Size{"sac", 64, 100}, {"sac", 256, 256}, {"ddpg", 256, 256}, {"naf", 256, 256}}) {
    LearnerConfig config;
    config.kind = kind, config.hidden_width = width, config.batch_size = batch;
    const auto learner = make_learner(env, config, 1);
    Replay replay(Rng(1, "replay"));
    const std::string of = std::string(kind) + " update, 2 x " + std::to_string(width) +
                           ", batch " + std::to_string(batch);
    // 16 passes through a network: a backward pass is two of them, without the first layer's
    // inputs.
    const bool sac = config.kind == "sac";
    const double flop = sac ? 16.0 * batch * flop_of(6, 1, 2, width) : 0;
    line(machine, (of + ", with sampling").c_str(), flop,
         [&, n = batch](Workers& workers) { learner->update(replay.sample(D, n), workers); });
    if (!sac) continue;
    ProductsOfSac products(env.feature_dim(), env.spec.action_dim(), width, batch);
    line(machine, "    its matrix products alone", flop,
         [&](Workers& workers) { products(workers); });
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

void all() {
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
}  // namespace mbrl::bench

int main() { mbrl::bench::all(); }
