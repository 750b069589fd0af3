// Fuzzes the reader of checkpoints: any bytes, behind the right header and before the right
// checksum. They are refused by a UserError, or make an agent that can act.
//
// The first byte says whose checkpoint it is to be; the others are what stands in the file between
// header and checksum. Begun with a file name, it writes one good input for each agent there.
#include <filesystem>
#include <fstream>

#include "algorithms/all.hpp"
#include "envs/all.hpp"

namespace {

using namespace mbrl;

constexpr std::size_t kHeader = 16, kChecksum = 8;

std::string saved(const std::function<void(Archive&)>& fill) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("mbrl-fuzz-" + std::to_string(getpid()))).string();
  Archive archive;
  fill(archive);
  archive.save(path);
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return bytes;
}

// FNV-1a, 64 bits, behind what it is of.
std::string with_checksum(std::string bytes) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return bytes + std::string(reinterpret_cast<const char*>(&h), sizeof h);
}

ModelConfig tiny_network() {
  ModelConfig network;
  network.hidden_layers = 1, network.hidden_width = 2, network.epochs = 1;
  return network;
}

// What every run goes on from but for its agent, as small as can be.
struct Run {
  std::unique_ptr<Env> env;
  World world;
  Dataset D;
  Replay replay{Rng(1, "replay")};
  Workers workers{1};

  explicit Run(const std::string& name)
      : env(make_env(name)),
        world(*env, Rng(1, "world")),
        D(env->spec.state_dim(), env->spec.action_dim()) {
    D.append(world.step(env->spec.action_middle()));
  }
  void archive(Archive& ar) { ar("world", world), ar("D", D), ar("replay", replay); }
  void act(const Vector& a) {
    if (world.over()) world.reset();
    const Transition tr = world.step(a);
    D.append(tr);
    replay.sample(D, 2);
  }
};

// Archives one of the agents; when loading, lets it act.
void agent_number(int which, Archive& ar) {
  if (which == 0) {
    Run run("pendulum");
    version_1_5::Config config;
    config.model = tiny_network();
    config.planner.horizon = 2, config.planner.cem.candidates = 4, config.planner.cem.elites = 2;
    version_1_5::Agent agent(*run.env, config, 1);
    ar("run", run), ar("agent", agent);
    if (ar.loading()) run.act(agent.act(run.world.s(), run.workers));
  } else if (which == 1) {
    Run run("pendulum");
    pets::Config config;
    config.model.network = tiny_network();
    config.model.ensemble.members = 2, config.model.ensemble.elite_members = 1;
    config.planner.horizon = 2, config.planner.cem.candidates = 4, config.planner.cem.elites = 2;
    pets::Agent agent(*run.env, config, 1);
    ar("run", run), ar("agent", agent);
    if (ar.loading()) run.act(agent.act(run.world.s(), run.workers));
  } else if (which == 2) {
    Run run("pendulum");
    mbpo::Config config;
    config.model.network = tiny_network();
    config.model.ensemble.members = 2, config.model.ensemble.elite_members = 1;
    config.rollouts_per_step = 1, config.refit_every = 2;
    config.learner.hidden_layers = 1, config.learner.hidden_width = 2;
    mbpo::Agent agent(*run.env, config, 1);
    agent.imagine(run.D, 0, run.workers);
    ar("run", run), ar("agent", agent);
    if (ar.loading()) {
      agent.imagine(run.D, 0, run.workers);
      agent.learner->update(run.replay.mixed(run.D, agent.imagined, 2, 0.5), run.workers);
      run.act(agent.learner->act(run.world.s()));
    }
  } else if (which == 3) {
    Run run("pendulum");
    mba::Config config;
    config.model.network = tiny_network();
    config.rollouts = 2;
    config.learner.hidden_layers = 1, config.learner.hidden_width = 2;
    mba::Agent agent(*run.env, config, 1);
    agent.episodes.push_back(run.D.all());
    agent.linear.fit(agent.episodes);
    ar("run", run), ar("agent", agent);
    if (!ar.loading()) return;
    agent.imagine(run.workers);
    run.act(agent.learner->act(run.world.s()));
  } else {
    const auto env = make_env("maze");
    const MazeEnv& maze = dyna::as_maze(*env);
    dyna::Agent agent(maze.maze(), {}, 1);
    agent.learn(0, 1, 0, 1, false);
    ar("agent", agent);
    if (ar.loading()) agent.learn(0, 1, 0, 1, false);
  }
}
constexpr int kAgents = 5;

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc == 3 && std::string((*argv)[1]) == "--seeds") {
    for (int which = 0; which < kAgents; ++which) {
      const std::string good = saved([&](Archive& ar) { agent_number(which, ar); });
      std::ofstream((*argv)[2] + ("/agent_" + std::to_string(which)), std::ios::binary)
          << static_cast<char>(which) << good.substr(kHeader, good.size() - kHeader - kChecksum);
    }
    std::exit(0);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  static const std::string header = saved([](Archive&) {}).substr(0, kHeader);
  const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    Archive archive(with_checksum(header + body), "fuzzed");
    agent_number(data[0] % kAgents, archive);
  } catch (const UserError&) {
  } catch (const Diverged&) {  // numbers that no one could act with
  }
  return 0;
}
