// The program as people use it: what it prints, what it writes, how it refuses.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "the_program.hpp"

using namespace the_program;

namespace {

void check_refused(const std::string& arguments, const std::string& because) {
  CAPTURE(arguments);
  const Outcome outcome = mbrl_says(arguments);
  CAPTURE(outcome.said);
  CHECK(outcome.status == 2);
  CHECK(contains(outcome.said, because));
  CHECK(std::count(outcome.said.begin(), outcome.said.end(), '\n') == 1);
}

}  // namespace

TEST_CASE("bad input is met with one clear line and exit status 2") {
  const std::string out = " --out " + fresh("refused");
  check_refused("rum", "did you mean 'run'");
  check_refused("run", "needs an algorithm");
  check_refused("run v1.6 --env pendulum" + out, "did you mean 'v1.5'");
  check_refused("run v1.5 --env pendulm" + out, "did you mean 'pendulum'");
  check_refused("run v1.5" + out, "which environment?");
  check_refused("run v1.5 --env pendulum --horizn 5" + out, "did you mean --horizon");
  check_refused("run v1.5 --env pendulum --horizon -3" + out, "whole number from 0 to");
  check_refused("run v1.5 --env pendulum --horizon 2.5" + out, "whole number from 0 to");
  check_refused("run v1.5 --env pendulum --horizon many" + out, "whole number from 0 to");
  check_refused("run v1.5 --env pendulum --learning-rate nan" + out, "number from");
  check_refused("run v1.5 --env pendulum --planner cma" + out, "cem | random-shooting");
  check_refused("run v1.5 --env pendulum --horizon" + out, "--horizon needs a value");
  check_refused("run v1.5 --env pendulum horizon 5" + out, "not a setting");
  check_refused("run v1.5 --env pendulum --elites 50 --candidates 20" + out, "--elites 50");
  check_refused("run v1.5 --env pendulum --steps 0 --episodes 0" + out, "when to stop");
  check_refused("run oracle --env pendulum --hidden-width 3" + out, "unknown setting");
  check_refused("run random --env pendulum --out /proc/no/such/folder", "cannot write");
  check_refused("run random --env pendulum --preset paper" + out, "has no presets");
  check_refused("run pets --env pendulum --preset thesis" + out,
                "expected one of obstacles, half_cheetah, paper, mbrl-lib");
  check_refused("run pets --env pendulum --members 3 --elite-members 4" + out, "--elite-members 4");
  check_refused("run pets --env pendulum --propagation TS2" + out, "TSinf | TS1");
  check_refused("run sac --env maze" + out, "not for mazes");
  check_refused("run dyna --env pendulum" + out, "try --env maze");
  check_refused(
      "run mbpo --env pendulum --rollout-length 2 --last-rollout-length 5 --schedule-to 0" + out,
      "--schedule-to 0");
  check_refused("run v3.0 --env pendulum --learner ppo" + out, "sac | ddpg | naf");
  check_refused("run v1.5 --env", "--env needs a value: NAME");
  check_refused("run v1.5 --env --seed 3" + out, "--env needs a value: NAME");
  check_refused("run v1.5 --env pendulum --out", "--out needs a value: DIR");
  check_refused("run pets --env pendulum --preset" + out, "--preset needs a value");
  check_refused("run v1.5 --envs pendulum" + out, "did you mean --env?");
  check_refused("compare a --out", "--out needs a value");
  check_refused("play " + fresh("nothing"), "not a run folder");
  check_refused("compare " + fresh("nothing"), "not a run folder");
}

TEST_CASE("a refused run leaves no folder behind") {
  const std::string out = fresh("no-trace");
  check_refused("run v1.5 --env pendulum --elites 50 --candidates 20 --out " + out, "--elites 50");
  CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("an existing run is never overwritten") {
  const std::string out = fresh("twice");
  CHECK(mbrl_says("run random --env pendulum --episodes 1 --out " + out).status == 0);
  const auto before = read_csv(out + "/progress.csv").rows;
  check_refused("run random --env pendulum --episodes 2 --out " + out, "exists already");
  CHECK(read_csv(out + "/progress.csv").rows == before);
}

TEST_CASE("the same seed gives the same progress.csv on 1 and 2 threads") {
  for (const std::string env : {"pendulum", "cartpole_balance"}) {
    const std::string one = fresh("one"), two = fresh("two");
    const std::string run = "run v1.5 --env " + env + " --seed 3 --episodes 2" + tiny;
    CHECK(mbrl_says(run + "--threads 1 --out " + one).status == 0);
    CHECK(mbrl_says(run + "--threads 2 --quiet --out " + two).status == 0);
    CHECK(rows_but_seconds(one).size() >= 2);
    CHECK(rows_but_seconds(one) == rows_but_seconds(two));
  }
}

TEST_CASE("Ctrl-C stops a run with status 130 and leaves a folder that can be read and played") {
  const std::string out = fresh("interrupted");
  const char* program = std::getenv("MBRL");
  // A shell's background job ignores Ctrl-C, and so does what it starts, unless it is told not to.
  const std::string command = "(trap - INT; exec " + std::string(program ? program : "build/mbrl") +
                              " run v1.5 --env pendulum --quiet --episodes 10000 --out " + out +
                              tiny + ") & pid=$!; for try in {1..600}; do sleep 0.1; [ $(wc -l <" +
                              out +
                              "/progress.csv) -gt 3 ] && break; done; kill -INT $pid; wait $pid";
  const int status = std::system(("bash -m -c '" + command + "' >/dev/null 2>&1").c_str());
  CHECK(WEXITSTATUS(status) == 130);
  CHECK(read_csv(out + "/progress.csv").rows.size() >= 1);
  CHECK(mbrl_says("predict " + out).status == 0);
  CHECK(mbrl_says("compare " + out + " --out " + out + "/compared").status == 0);
  CHECK(mbrl_says("play " + out).status == 0);
}

TEST_CASE(
    "a run that was stopped resumes to what it would have been, and can then go on for longer") {
  const std::string straight = fresh("straight"), broken = fresh("broken");
  const std::string run = "run v1.5 --env pendulum --quiet --seed 4 --checkpoint-every 30" + tiny;
  REQUIRE(mbrl_says(run + "--episodes 4 --out " + straight).status == 0);
  const char* program = std::getenv("MBRL");
  const std::string killed =
      std::string(program ? program : "build/mbrl") + " " + run + "--episodes 3 --out " + broken +
      " & pid=$!; for try in {1..3000}; do sleep 0.02; [ $(wc -l <" + broken +
      "/progress.csv) -gt 1 ] && break; done; kill -KILL $pid; wait $pid; true";
  CHECK(std::system(("bash -m -c '" + killed + "' >/dev/null 2>&1").c_str()) == 0);
  CHECK(mbrl_says("resume " + broken).status == 0);
  CHECK(rows_but_seconds(broken).size() + 1 == rows_but_seconds(straight).size());
  CHECK(mbrl_says("resume " + broken + " --episodes 4 --threads 1").status == 0);
  CHECK(rows_but_seconds(broken) == rows_but_seconds(straight));
  CHECK(bytes_of(broken + "/checkpoint.bin") == bytes_of(straight + "/checkpoint.bin"));
  // Where nothing is left to do, nothing is done.
  CHECK(mbrl_says("resume " + broken).status == 0);
  CHECK(bytes_of(broken + "/checkpoint.bin") == bytes_of(straight + "/checkpoint.bin"));
}

TEST_CASE("what cannot be resumed is refused with the reason, and nothing is changed") {
  const std::string out = fresh("refused-resume"), other = fresh("refused-other");
  REQUIRE(
      mbrl_says("run v1.5 --env pendulum --episodes 1 --checkpoint-every 30 --out " + out + tiny)
          .status == 0);
  REQUIRE(mbrl_says("run random --env pendulum --episodes 1 --out " + other).status == 0);
  const auto everything = [&] {
    std::string all;
    for (const char* file : {"config.txt", "progress.csv", "model.csv", "checkpoint.bin"})
      all += bytes_of(out + "/" + file);
    return all;
  };
  check_refused("resume " + fresh("nothing"), "not a run folder");
  check_refused("resume " + out + " --horizon 6", "keeps its settings");
  check_refused("resume " + out + " --record", "keeps its settings");
  const std::string whole = bytes_of(out + "/checkpoint.bin");
  const auto refuses = [&](const std::string& file, const std::string& bytes,
                           const std::string& because) {
    const std::string path = out + "/" + file, good = bytes_of(path);
    std::ofstream(path, std::ios::binary) << bytes;
    const std::string before = everything();
    check_refused("resume " + out + " --episodes 2", because);
    CHECK(everything() == before);
    std::ofstream(path, std::ios::binary) << good;
  };
  refuses("checkpoint.bin", whole.substr(0, whole.size() / 2), "--previous the run goes on from");
  refuses("checkpoint.bin", bytes_of(other + "/checkpoint.bin"), "another run");
  refuses("model.csv", "", "whole rows");
  std::string config = bytes_of(out + "/config.txt");
  refuses("config.txt", config.substr(0, config.size() / 2), "config.txt");
  refuses("config.txt", config + "horizon = 7\n", "a second horizon");
  config.replace(config.find("horizon = 5"), 11, "horizon = 6");
  refuses("config.txt", config, "there 'horizon = 5', in config.txt 'horizon = 6'");
  check_refused("play " + out + " --horizon many", "whole number");
  std::ofstream(out + "/checkpoint.bin", std::ios::binary) << "damaged";
  CHECK(mbrl_says("resume " + out + " --previous").status == 0);
  CHECK(bytes_of(out + "/checkpoint.bin") == whole);
}

TEST_CASE(
    "a full disk ends a run with one clear line and status 1, and the last checkpoint is good") {
  const std::string out = fresh("full");
  REQUIRE(mbrl_says("run v1.5 --env pendulum --quiet --episodes 1 --checkpoint-every 30 --out " +
                    out + tiny)
              .status == 0);
  const std::string good = bytes_of(out + "/checkpoint.bin");
  // No file may become larger than the checkpoint is: the next one, with more data, does not fit.
  const char* program = std::getenv("MBRL");
  const std::string limit = std::to_string(good.size() / 1024);
  const std::string command = "bash -c 'ulimit -f " + limit + "; " +
                              std::string(program ? program : "build/mbrl") + " resume " + out +
                              " --episodes 100' >" + out + "/said 2>&1";
  const int status = std::system(command.c_str());
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(contains(bytes_of(out + "/said"), "cannot write"));
  CHECK(bytes_of(out + "/checkpoint.bin") == good);
  CHECK(mbrl_says("resume " + out + " --episodes 2").status == 0);
}

TEST_CASE("words that find no room end a command with status 1 and one line") {
  if (!std::filesystem::exists("/dev/full")) return;
  const std::string run = "run random --env pendulum --episodes 1 --out " + fresh("dev-full");
  for (const std::string& command :
       {std::string("list"), std::string("run v1.5 --help"), std::string("--help"), run}) {
    CAPTURE(command);
    const Outcome outcome = mbrl_says(command + " >/dev/full 2>&3 #", "exec 3>&1; ");
    CAPTURE(outcome.said);
    CHECK(outcome.status == 1);
    CHECK(contains(outcome.said, "mbrl: cannot write"));
    CHECK(std::count(outcome.said.begin(), outcome.said.end(), '\n') == 1);
  }
}

TEST_CASE("a folder for temporary files that is missing is not needed") {
  const std::string out = fresh("tmpdir");
  const Outcome outcome =
      mbrl_says("run random --env pendulum --episodes 1 --out " + out, "TMPDIR=/no/such/folder ");
  CAPTURE(outcome.said);
  CHECK(outcome.status == 0);
  CHECK(std::filesystem::exists(out + "/learning_curve.png") == draws());
}

TEST_CASE("config.txt of a machine with 384 processors, or saved on Windows, is gone on with") {
  const std::string out = fresh("machine");
  REQUIRE(mbrl_says("run v1.5 --env pendulum --episodes 1 --out " + out + tiny).status == 0);
  std::string config = bytes_of(out + "/config.txt");
  const auto at = config.find("threads = ");
  config.replace(at, config.find('\n', at) - at, "threads = 384");
  std::string windows;
  for (const char c : config) windows += c == '\n' ? "\r\n" : std::string(1, c);
  const auto understood = [&](const std::string& text, const std::string& command) {
    std::ofstream(out + "/config.txt", std::ios::binary) << text;
    const std::string word = command.substr(0, command.find(' '));
    const Outcome outcome = mbrl_says(word + " " + out + command.substr(word.size()));
    CAPTURE(command);
    CAPTURE(outcome.said);
    CHECK(outcome.status == 0);
  };
  for (const char* command :
       {"play ", "predict ", "resume --threads 2 ", "play --threads 2 ", "resume "})
    understood(config, command);
  for (const char* command : {"play ", "resume "}) understood(windows, command);
}

TEST_CASE("a run that was started with Ctrl-C ignored is not stopped by it") {
  const std::string out = fresh("ignored");
  const char* program = std::getenv("MBRL");
  const std::string command =
      "trap \"\" INT TERM; " + std::string(program ? program : "build/mbrl") +
      " run random --env reacher --episodes 0 --steps 60000 --quiet --out " + out +
      " & pid=$!; until [ -s " + out +
      "/progress.csv ]; do sleep 0.02; done; kill -INT $pid; kill -TERM $pid; wait $pid";
  const int status = std::system(("bash -c '" + command + "' >/dev/null 2>&1").c_str());
  CHECK(WEXITSTATUS(status) == 0);
  CHECK(read_csv(out + "/progress.csv").column("env_steps").back() == 60000);
}

// What the program shows on a terminal of that kind.
std::string shown_on(const std::string& kind, const std::string& arguments) {
  const int terminal = posix_openpt(O_RDWR | O_NOCTTY);
  REQUIRE(terminal >= 0);
  REQUIRE(grantpt(terminal) == 0);
  REQUIRE(unlockpt(terminal) == 0);
  const std::string name = ptsname(terminal);
  const int open_end = open(name.c_str(), O_RDWR | O_NOCTTY);  // what was shown stays until read
  CHECK(mbrl_says(arguments + " >" + name, "TERM=" + kind + " ").status == 0);
  std::string shown;
  pollfd ready{terminal, POLLIN, 0};
  char chunk[4096];
  while (poll(&ready, 1, 100) > 0 && (ready.revents & POLLIN)) {
    const auto n = read(terminal, chunk, sizeof chunk);
    if (n <= 0) break;
    shown.append(chunk, std::size_t(n));
  }
  close(open_end), close(terminal);
  return shown;
}

TEST_CASE("only a terminal that knows control codes is sent any") {
  const std::string run = "run random --env pendulum --episodes 1 --out ";
  const std::string live = shown_on("xterm", run + fresh("xterm"));
  CHECK(contains(live, "\033["));
  for (const std::string kind : {"dumb", "''"}) {
    const std::string plain = shown_on(kind, run + fresh("dumb"));
    CHECK(contains(plain, "episode    1"));
    CHECK_FALSE(contains(plain, "\033"));
  }
}

TEST_CASE("GNUPLOT=none is not called a gnuplot that is missing") {
  const Outcome outcome =
      mbrl_says("run random --env pendulum --episodes 1 --out " + fresh("none"), "GNUPLOT=none ");
  CHECK(outcome.status == 0);
  CHECK(contains(outcome.said, "GNUPLOT is none"));
  CHECK_FALSE(contains(outcome.said, "not installed"));
}

TEST_CASE("a run that goes on cannot be resumed beside itself") {
  const std::string out = fresh("beside");
  const char* program = std::getenv("MBRL");
  const std::string mbrl = program ? program : "build/mbrl";
  const std::string command =
      mbrl + " run random --env reacher --episodes 0 --steps 3000000 --quiet --out " + out +
      " & pid=$!; until [ -s " + out + "/progress.csv ]; do sleep 0.05; done; " + mbrl +
      " resume " + out + " >" + out + "/said 2>&1; status=$?; kill -KILL $pid; exit $status";
  const int status = std::system(("bash -m -c '" + command + "' >/dev/null 2>&1").c_str());
  CHECK(WEXITSTATUS(status) == 2);
  CHECK(contains(bytes_of(out + "/said"), "another mbrl is running into"));
}

TEST_CASE("a checkpoint that someone took away is not a run that has not begun") {
  const std::string out = fresh("taken-away");
  REQUIRE(mbrl_says("run random --env reacher --steps 1000 --quiet --out " + out).status == 0);
  std::filesystem::remove(out + "/checkpoint.bin");
  const std::string progress = bytes_of(out + "/progress.csv");
  check_refused("resume " + out, "checkpoint.bin is missing; with --previous");
  CHECK(bytes_of(out + "/progress.csv") == progress);
}

TEST_CASE("a run that diverges ends with status 3, and says what did and what to try") {
  const std::string out = fresh("diverged");
  const Outcome outcome = mbrl_says(
      "run ddpg --env pendulum --learner-learning-rate 1 --steps 3000 --target-rate 1 --quiet "
      "--out " +
      out);
  CAPTURE(outcome.said);
  CHECK(outcome.status == 3);
  CHECK(contains(outcome.said, "stopped, because"));
  CHECK(contains(outcome.said, "learning-rate"));
}

TEST_CASE("list names the algorithms and environments, and --help every setting with its default") {
  const Outcome list = mbrl_says("list");
  CHECK(list.status == 0);
  for (const char* name : {"v1.5", "v3.0", "dyna", "dyna-style", "mve", "mbpo", "sac", "random",
                           "oracle", "pendulum", "cartpole_swingup", "obstacles", "maze"})
    CHECK(contains(list.said, name));
  const Outcome help = mbrl_says("run v1.5 --help");
  CHECK(help.status == 0);
  for (const char* part : {"--horizon", "--keep-old", "default 0.1", "step 3", "--learned-reward"})
    CHECK(contains(help.said, part));
}

TEST_CASE("run, play and compare leave the files that the README promises") {
  const std::string a = fresh("run-a"), b = fresh("run-b"), both = fresh("compared");
  CHECK(mbrl_says("run v1.5 --env pendulum --episodes 2 --seed 1 --record" + tiny + "--out " + a)
            .status == 0);
  CHECK(mbrl_says("run v1.5 --env pendulum --episodes 2 --seed 2" + tiny + "--out " + b).status ==
        0);
  CHECK(mbrl_says("play " + a).status == 0);
  const Outcome compared = mbrl_says("compare " + a + " " + b + " --out " + both);
  CHECK(compared.status == 0);
  CHECK(contains(compared.said, "2 seeds"));
  CHECK(read_csv(both + ".csv").rows.size() == 2);
  std::vector<std::string> files{a + "/config.txt", a + "/progress.csv", a + "/model.csv",
                                 a + "/transitions.csv", a + "/checkpoint.bin"};
  if (draws())
    for (const char* figure :
         {"/learning_curve.png", "/learning_curve.svg", "/play.gif", "/filmstrip.png"})
      files.push_back(a + figure);
  for (const auto& file : files) {
    CAPTURE(file);
    CHECK(std::filesystem::exists(file));
    CHECK(std::filesystem::file_size(file) > 0);
  }
}

TEST_CASE("predict compares every learned model with the truth; a run without a model is refused") {
  const std::string none = fresh("predict-none");
  CHECK(mbrl_says("run random --env pendulum --episodes 1 --out " + none).status == 0);
  check_refused("predict " + none, "no learned model");
  for (const std::string algorithm : {"v1.5", "pets"}) {
    const std::string out = fresh("predict-" + algorithm);
    REQUIRE(mbrl_says("run " + algorithm + " --env pendulum --episodes 1" + tiny + "--out " + out)
                .status == 0);
    CHECK(mbrl_says("predict " + out).status == 0);
    const auto table = read_csv(out + "/predict.csv");
    CHECK(table.rows.size() == 2 * 50);  // two coordinates, twice the horizon of 25
    CHECK(table.number(0, "rmse") > 0);
    if (algorithm == "pets") CHECK(table.number(0, "sd") > 0);
  }
}

TEST_CASE("a walk through a maze can be run, looked at, and played") {
  const std::string out = fresh("maze");
  const Outcome ran = mbrl_says("run dyna --env maze --episodes 20 --out " + out);
  CHECK(ran.status == 0);
  CHECK(contains(ran.said, "steps"));
  CHECK(mbrl_says("play " + out).status == 0);
}

// The reward that a run in a maze had collected between two real steps.
double collected(const std::string& folder, double from, double to) {
  const auto progress = read_csv(folder + "/progress.csv");
  double sum = 0;
  for (std::size_t r = 0; r < progress.rows.size(); ++r) {
    const double steps = progress.number(r, "env_steps");
    if (steps > from && steps <= to) sum += progress.number(r, "return");
  }
  return sum;
}

TEST_CASE("dyna in a maze that changes is the book's Dyna-Q+, unless other flags say otherwise") {
  const std::string run = "run dyna --quiet --env ";
  double blocked = 0, shortcut = 0;
  for (const std::string seed : {"1", "2", "3"}) {
    const std::string a = fresh("blocking"), b = fresh("shortcut");
    REQUIRE(mbrl_says(run + "maze_blocking --seed " + seed + " --out " + a).status == 0);
    REQUIRE(mbrl_says(run + "maze_shortcut --seed " + seed + " --out " + b).status == 0);
    blocked += collected(a, 2000, 3000) / 3, shortcut += collected(b, 5000, 6000) / 3;
  }
  CHECK(blocked > 30);   // the book's way round; with counts and no bonus: 0
  CHECK(shortcut > 65);  // a way of 10 steps; of 16: at most 62
  const std::string other = fresh("other"), plain = fresh("plain");
  REQUIRE(mbrl_says(run + "maze_blocking --kappa 0 --steps 50 --out " + other).status == 0);
  CHECK(contains(bytes_of(other + "/config.txt"), "steps = 50\n"));
  CHECK(contains(bytes_of(other + "/config.txt"), "kappa = 0\n"));
  CHECK(contains(bytes_of(other + "/config.txt"), "alpha = 1\n"));
  REQUIRE(mbrl_says(run + "maze --steps 50 --out " + plain).status == 0);
  CHECK(contains(bytes_of(plain + "/config.txt"), "alpha = 0.1\n"));
  const std::string without = fresh("q-learning");  // no model, nothing to plan with
  REQUIRE(
      mbrl_says("run q-learning --quiet --env maze_blocking --steps 50 --out " + without).status ==
      0);
  CHECK(contains(bytes_of(without + "/config.txt"), "planning-updates = 0\n"));
  CHECK(contains(bytes_of(without + "/config.txt"), "alpha = 0.1\n"));
}

TEST_CASE("every preset of every algorithm can be taken") {
  int found = 0;
  for (const std::string algorithm : {"pets", "dyna", "mbpo"}) {
    std::istringstream help(mbrl_says("run " + algorithm + " --help").said);
    for (std::string word; help >> word;) {
      if (word != "--preset" || !(help >> word)) continue;
      CAPTURE(algorithm);
      CAPTURE(word);
      const Outcome outcome = mbrl_says("run " + algorithm + " --env nowhere --preset " + word);
      CHECK(contains(outcome.said, "nowhere"));  // refused for the environment alone
      ++found;
    }
  }
  CHECK(found == 8);
}

TEST_CASE("play --before shows the policy as it was at first") {
  const std::string out = fresh("before");
  REQUIRE(mbrl_says("run pets --env pendulum --episodes 1" + tiny + "--out " + out).status == 0);
  CHECK(mbrl_says("play --before " + out).status == 0);
  CHECK(std::filesystem::exists(out + "/first.bin"));
  if (std::filesystem::exists(out + "/learning_curve.png"))
    CHECK(std::filesystem::exists(out + "/before_play.gif"));
}

TEST_CASE("play --export writes a learned policy, and says where there is none") {
  const std::string out = fresh("export"), none = fresh("export-none"), file = out + "/a.policy";
  REQUIRE(mbrl_says("run mbpo --env pendulum --steps 60 --initial-steps 40 --epochs 2 " +
                    std::string("--rollouts-per-step 2 --learner-width 8 --out ") + out)
              .status == 0);
  const Outcome played = mbrl_says("play " + out + " --export " + file);
  CHECK(played.status == 0);
  CHECK(contains(played.said, "the policy is in " + file));
  CHECK(contains(played.said, "played one episode of pendulum"));
  const std::string head = "mbrl policy 1\nenv pendulum\nalgorithm mbpo\nsteps 60\n";
  CHECK(bytes_of(file).rfind(head + "activation relu\nlayers 3 8 8 1\n", 0) == 0);
  REQUIRE(mbrl_says("run v1.5 --env pendulum --episodes 1" + tiny + "--out " + none).status == 0);
  check_refused("play " + none + " --export " + none + "/a.policy", "there is no policy to export");
  CHECK_FALSE(std::filesystem::exists(none + "/a.policy"));
  check_refused("play " + out + " --export", "--export needs a value: FILE");
  check_refused("predict " + out + " --export a", "unknown setting --export");
}
