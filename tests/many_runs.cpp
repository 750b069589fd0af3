// Many runs by one command: the same bits as one by one, whatever happens to some of them.
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <sstream>
#include <thread>

#include "the_program.hpp"

using namespace the_program;
namespace fs = std::filesystem;

namespace {

const std::string three =
    "run v1.5 --env pendulum --seeds 1-3 --episodes 6 --checkpoint-every 30" + tiny;

std::string program() {
  const char* name = std::getenv("MBRL");
  return name ? name : "build/mbrl";
}

// What three seeds are when nothing happens to them, one by one.
const std::string& one_by_one() {
  static const std::string folder = [] {
    const std::string out = fresh("many-one-by-one");
    for (const std::string seed : {"1", "2", "3"})
      REQUIRE(mbrl_says("run v1.5 --env pendulum --quiet --episodes 6 --checkpoint-every 30" +
                        tiny + "--seed " + seed + " --out " + out + "/seed-" + seed)
                  .status == 0);
    return out;
  }();
  return folder;
}

void check_same_as_one_by_one(const std::string& out) {
  for (const std::string seed : {"/seed-1", "/seed-2", "/seed-3"}) {
    CAPTURE(seed);
    CHECK(rows_but_seconds(out + seed) == rows_but_seconds(one_by_one() + seed));
    CHECK(bytes_of(out + seed + "/checkpoint.bin") ==
          bytes_of(one_by_one() + seed + "/checkpoint.bin"));
  }
}

// Waits until something holds, for a minute at most.
bool comes_true(const std::function<bool()>& holds) {
  for (int i = 0; i < 6000 && !holds(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return holds();
}

std::size_t episodes_of(const std::string& run) {
  const std::string rows = bytes_of(run + "/progress.csv");
  const auto lines = std::count(rows.begin(), rows.end(), '\n');
  return std::size_t(std::max<std::ptrdiff_t>(0, lines - 1));
}

// The process that a run said it is.
pid_t process_of(const std::string& run) {
  const std::string log = bytes_of(run + "/log.txt");
  REQUIRE(log.rfind("process ", 0) == 0);
  return std::stoi(log.substr(8));
}

// Starts the three seeds, two at a time, in a process group of their own, waits until the first has
// ended an episode of its policy, and disturbs them. Returns the exit status of the command, 128 +
// the signal if it was killed.
int disturbed(const std::string& out, const std::function<void(pid_t command)>& disturb) {
  const std::string command =
      "exec " + program() + " " + three + "--jobs 2 --out " + out + " >/dev/null 2>&1";
  const pid_t process = fork();
  if (process == 0) {
    setpgid(0, 0);
    signal(SIGINT, SIG_DFL), signal(SIGTERM, SIG_DFL);
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(1);
  }
  CHECK(comes_true([&] { return episodes_of(out + "/seed-1") >= 2; }));
  disturb(process);
  int status = 0;
  waitpid(process, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream all(text);
  for (std::string line; std::getline(all, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("three seeds by one command are the bits of three runs") {
  const std::string out = fresh("many-seeds");
  const Outcome outcome = mbrl_says(three + "--out " + out);
  CAPTURE(outcome.said);
  CHECK(outcome.status == 0);
  check_same_as_one_by_one(out);
  CHECK(contains(outcome.said, "| v1.5 on pendulum | 3 | "));
  CHECK(contains(outcome.said, "3 seeds: return "));
  CHECK(contains(outcome.said, "seed 2 "));
  CHECK(read_csv(out + "/episodes.csv").rows.size() == 18);
  CHECK(read_csv(out + "/compare.csv").rows.size() > 0);
  CHECK(fs::exists(out + "/compare.png") == draws());
  CHECK(contains(bytes_of(out + "/seed-1/log.txt"), "episode    6"));
  // Again from the files alone; and it is not begun anew by accident.
  fs::remove(out + "/episodes.csv");
  CHECK(mbrl_says("compare " + out).status == 0);
  CHECK(read_csv(out + "/episodes.csv").rows.size() == 18);
  const Outcome again = mbrl_says(three + "--out " + out);
  CHECK(again.status == 2);
  CHECK(contains(again.said, "exists already"));
}

TEST_CASE("Ctrl-C stops all of them where they can be resumed, from outside or a terminal") {
  for (const bool whole_group : {false, true}) {  // as a terminal does
    CAPTURE(whole_group);
    const std::string out = fresh("many-ctrl-c");
    CHECK(disturbed(out, [&](pid_t p) { kill(whole_group ? -p : p, SIGINT); }) == 130);
    // None has gone on to its end: two were under way, the third had not begun.
    for (const std::string seed : {"/seed-1", "/seed-2", "/seed-3"})
      CHECK(episodes_of(out + seed) < 6);
    CHECK(mbrl_says("resume " + out).status == 0);
    check_same_as_one_by_one(out);
  }
}

TEST_CASE("a run that is killed takes no other with it") {
  const std::string out = fresh("many-child-killed");
  CHECK(disturbed(out, [&](pid_t) { kill(process_of(out + "/seed-1"), SIGKILL); }) == 137);
  CHECK(rows_but_seconds(out + "/seed-2") == rows_but_seconds(one_by_one() + "/seed-2"));
  CHECK(rows_but_seconds(out + "/seed-3") == rows_but_seconds(one_by_one() + "/seed-3"));
  CHECK(rows_but_seconds(out + "/seed-1") != rows_but_seconds(one_by_one() + "/seed-1"));
  CHECK(mbrl_says("resume " + out + " --jobs 3").status == 0);
  check_same_as_one_by_one(out);
}

TEST_CASE("when the command itself is killed, its runs stop where they can be resumed") {
  const std::string out = fresh("many-parent-killed");
  CHECK(disturbed(out, [&](pid_t p) { kill(p, SIGKILL); }) == 137);
  CHECK(comes_true([&] { return contains(bytes_of(out + "/seed-1/log.txt"), "stopped after"); }));
  CHECK(comes_true([&] { return kill(process_of(out + "/seed-1"), 0) != 0; }));
  CHECK(comes_true([&] { return kill(process_of(out + "/seed-2"), 0) != 0; }));
  CHECK(mbrl_says("resume " + out).status == 0);
  check_same_as_one_by_one(out);
}

TEST_CASE("a disk that is full ends the runs with status 1") {
  const std::string out = fresh("many-full");
  const std::string command = "ulimit -f 16; " + program() + " " + three + "--out " + out;
  const int status = std::system(("bash -c '" + command + "' >/dev/null 2>&1").c_str());
  CHECK(WEXITSTATUS(status) == 1);
  CHECK(mbrl_says("resume " + out).status == 0);
  check_same_as_one_by_one(out);
}

TEST_CASE("lists make a grid: a run for each of every value, and one table of all episodes") {
  const std::string out = fresh("many-grid");
  const std::string settings = " --env pendulum,reacher --seeds 1,3 --episodes 1 --quiet --out " +
                               out +
                               " --initial-steps 40 --epochs 1 --horizon 3 --elites 5 "
                               "--candidates 10,20";
  CHECK(mbrl_says("run random,v1.5" + settings).status == 2);  // random has no candidates
  CHECK(!fs::exists(out));
  const Outcome done = mbrl_says("run v1.5" + settings);
  CAPTURE(done.said);
  CHECK(done.status == 0);
  CHECK(fs::exists(out + "/pendulum_candidates-20_seed-3/config.txt"));
  const auto table = read_csv(out + "/episodes.csv");
  CHECK(table.columns == std::vector<std::string>{"algorithm", "env", "candidates", "seed",
                                                  "episode", "env_steps", "return", "length",
                                                  "seconds"});
  CHECK(table.rows.size() == 8);
  CHECK(contains(done.said, "| v1.5 on reacher, candidates 10 | 2 | "));
}

TEST_CASE("printed commands are complete: each makes its run, in any order") {
  const std::string out = fresh("many-commands");
  const Outcome printed = mbrl_says("run v1.5 --env pendulum --seeds 2-3,9 --episodes 1 --quiet" +
                                    tiny + "--out " + out + " --print-commands");
  CHECK(printed.status == 0);
  CHECK(!fs::exists(out));
  std::vector<std::string> commands = lines_of(printed.said);
  REQUIRE(commands.size() == 3);
  std::reverse(commands.begin(), commands.end());
  for (const std::string& command : commands)
    CHECK(std::system((command + " >/dev/null").c_str()) == 0);
  CHECK(mbrl_says("compare " + out).status == 0);
  CHECK(read_csv(out + "/episodes.csv").words("seed") == std::vector<std::string>{"2", "3", "9"});
  CHECK(lines_of(mbrl_says("resume " + out + " --print-commands").said).size() == 3);
}

TEST_CASE("what is wrong with a grid is said before anything begins") {
  const std::string out = fresh("many-refused-grid"),
                    run = "run v1.5 --env pendulum --out " + out + " ";
  for (const auto& refused :
       {std::pair<std::string, std::string>{"--seeds 5-1", "5-1 is empty"},
        {"--seeds one", "expected numbers and ranges"},
        {"--seeds", "--seeds needs a value"},
        {"--seeds 1-3 --seed 2", "--seed and --seeds"},
        {"--seeds 1,1", "1 is there twice"},
        {"--seeds 1-", "expected numbers and ranges"},
        {"--seeds 0-99999", "that is too many"},
        {"--seeds 1-2 --candidates 100,0", "--candidates 0"},
        {"--seeds 1-2 --candidates 10,,20", "a value between commas is missing"},
        {"--seeds 1-2 --jobs 0", "--jobs 0"},
        {"--seeds 1-2 --nonsense 3,4", "unknown setting --nonsense"}}) {
    const std::string &flags = refused.first, &because = refused.second;
    CAPTURE(flags);
    const Outcome outcome = mbrl_says(run + flags);
    CAPTURE(outcome.said);
    CHECK(outcome.status == 2);
    CHECK(contains(outcome.said, because));
    CHECK(!fs::exists(out));
  }
}
