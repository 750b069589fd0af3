#include "report/recorder.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "envs/all.hpp"
#include "pictures.hpp"

using namespace mbrl;

namespace test_recorder {

const TestFolder folder("mbrl-recorder");

RunOptions into(const std::string& name) {
  RunOptions options;
  options.quiet = options.record = true;
  options.threads = 1;
  options.out = folder / name;
  std::filesystem::create_directories(options.out);
  return options;
}

EnvSpec two_coordinates() {
  EnvSpec spec;
  spec.state_names = {"x", "v"};
  spec.action_low = Vector::Constant(1, -1), spec.action_high = Vector::Constant(1, 1);
  return spec;
}

enum class End { none, terminated, truncated };

Transition step(double reward, End end = End::none) {
  return {Vector{{1, 2}},         Vector{{3}},          static_cast<Scalar>(reward), Vector{{4, 5}},
          end == End::terminated, end == End::truncated};
}

// One base episode and a half, then two learned ones.
void two_phases(Recorder& record) {
  record.begin("base");
  record.step(step(-1)), record.step(step(-2, End::terminated)), record.step(step(-4));
  record.begin("learned");
  FitReport report{90, 10, 7, 0.5, 0.25, 0.125};
  report.gradient_norm = 2;
  record.refit(report);
  record.step(step(10)), record.step(step(20, End::truncated));
  report.holdout_loss = 0.0625;
  record.refit(report);
  record.step(step(100, End::terminated));
}

TEST_CASE("every finished episode is a row with its own return and length, half ones are none") {
  Recorder record(into("progress"), two_coordinates(), "test");
  two_phases(record);
  CHECK(record.env_steps() == 6);
  CHECK(record.returns() == std::vector<double>{30, 100});
  const Csv csv = read_csv(folder / "progress/progress.csv");
  CHECK(csv.column("env_steps") == std::vector<double>{2, 5, 6});
  CHECK(csv.column("episode") == std::vector<double>{0, 1, 2});
  CHECK(csv.column("return") == std::vector<double>{-3, 30, 100});
  CHECK(csv.column("length") == std::vector<double>{2, 2, 1});
  CHECK(csv.words("phase") == std::vector<std::string>{"base", "learned", "learned"});
  CHECK(std::isnan(csv.number(0, "holdout_loss")));
  CHECK(csv.number(1, "holdout_loss") == 0.25);
  CHECK(csv.number(2, "holdout_loss") == 0.0625);
  CHECK(csv.number(0, "seconds") > 0);
  CHECK(csv.number(2, "seconds") > csv.number(0, "seconds"));
}

TEST_CASE("transitions.csv holds every step as it was, each episode from step 0") {
  Recorder record(into("transitions"), two_coordinates(), "test");
  two_phases(record);
  CHECK(content(folder / "transitions/transitions.csv") ==
        "episode,step,s_0,s_1,a_0,reward,s_next_0,s_next_1,terminated,truncated\n"
        "0,0,1,2,3,-1,4,5,0,0\n"
        "0,1,1,2,3,-2,4,5,1,0\n"
        "0,0,1,2,3,-4,4,5,0,0\n"
        "1,0,1,2,3,10,4,5,0,0\n"
        "1,1,1,2,3,20,4,5,0,1\n"
        "2,0,1,2,3,100,4,5,1,0\n");
}

TEST_CASE("model.csv holds what every refit reported, and when") {
  Recorder record(into("model"), two_coordinates(), "test");
  two_phases(record);
  CHECK(content(folder / "model/model.csv") ==
        "env_steps,refit,train_rows,holdout_rows,epochs,train_loss,holdout_loss,seconds,"
        "holdout_nll,low_bound,high_bound,gradient_norm\n"
        "3,1,90,10,7,0.5,0.25,0.125,0,0,0,2\n"
        "5,2,90,10,7,0.5,0.0625,0.125,0,0,0,2\n");
}

TEST_CASE("plans are wanted at every tenth step, and only by a run that is written") {
  Recorder record(into("plans"), two_coordinates(), "test");
  RunOptions nowhere = into("nowhere");
  nowhere.out = "";
  Recorder unwritten(nowhere, two_coordinates(), "test");
  for (int i = 0; i < 21; ++i) {
    CHECK(record.wants_plan() == (i % 10 == 0));
    CHECK_FALSE(unwritten.wants_plan());
    if (record.wants_plan()) record.plan(2, 1);
    record.step(step(0)), unwritten.step(step(0));
  }
  CHECK(content(folder / "plans/plans.csv") == "env_steps,promised,real\n0,2,1\n10,2,1\n20,2,1\n");
}

TEST_CASE("eval.csv holds mean and standard deviation of the episodes that were acted") {
  const auto env = make_env("pendulum");
  RunOptions options = into("eval");
  options.evaluate_episodes = 4;
  Recorder record(options, env->spec, "test");
  const auto push = [](const Vector& s) { return Vector::Constant(1, s(0) > 0 ? 2 : -1); };
  record.evaluate(*env, push);
  std::vector<double> returns;
  for (std::uint64_t k = 0; k < 4; ++k) {
    World world(*env, Rng(record.seed(), "evaluation", k));
    double total = 0;
    while (!world.over()) total += double(world.step(push(world.s())).reward);
    returns.push_back(total);
  }
  double mean = 0, variance = 0;
  for (const double r : returns) mean += r / 4;
  for (const double r : returns) variance += (r - mean) * (r - mean) / 4;
  const Csv table = read_csv(options.out + "/eval.csv");
  CHECK(table.column("mean_return")[0] == doctest::Approx(mean));
  CHECK(table.column("sd")[0] == doctest::Approx(std::sqrt(variance)));
  CHECK(std::sqrt(variance) > 1);
}

TEST_CASE("a run goes on until the first of its budgets is used up") {
  RunOptions options = into("budget");
  for (const auto& [steps, episodes, taken] :
       std::vector<std::array<int, 3>>{{7, 0, 7}, {0, 2, 6}, {5, 2, 5}, {7, 2, 6}}) {
    options.steps = steps, options.episodes = episodes;
    Recorder record(options, two_coordinates(), "test");
    for (int t = 1; record.running(); ++t)
      record.step(step(0, t % 3 == 0 ? End::truncated : End::none));
    CHECK(record.env_steps() == taken);
    CHECK_FALSE(record.was_interrupted());
  }
}

TEST_CASE("the base policy's episodes do not count towards the budget of episodes") {
  RunOptions options = into("base");
  options.episodes = 1;
  Recorder record(options, two_coordinates(), "test");
  record.begin("base");
  record.step(step(0, End::terminated));
  CHECK(record.running());
  record.begin("learned");
  record.step(step(0, End::terminated));
  CHECK_FALSE(record.running());
}

TEST_CASE("an interruption is remembered, also when it is over") {
  bool now = true;
  Recorder record(into("interrupted"), two_coordinates(), "test", [&] { return now; });
  CHECK_FALSE(record.running());
  now = false;
  CHECK_FALSE(record.running());
  CHECK(record.was_interrupted());
}

// A run of a counter: `steps` base steps, then so many learned ones as its budget allows.
struct Counter {
  int n = 0;

  void run(Recorder& record, int base) {
    record.keep([&](Archive& ar) { ar("n", n); });
    if (!record.learned()) {
      record.begin("base");
      for (int t = 0; t < base && record.running(); ++t) record.step(step(0));
      if (!record.running()) return;
      record.begin("learned");
    }
    for (; record.running(); ++n) record.step(step(n, n % 3 == 2 ? End::truncated : End::none));
  }
};

int saved(const std::string& path) {
  Archive archive(path);
  int n = 0;
  archive("n", n);
  return n;
}

TEST_CASE("a run is saved every so many learned steps and at its end, the last but one is kept") {
  RunOptions options = into("saved");
  options.steps = 16, options.episodes = 0, options.checkpoint_every = 5;
  Counter counter;
  std::vector<int> seen;
  Recorder record(options, two_coordinates(), "test", [&] {
    const std::string path = options.out + "/checkpoint.bin";
    if (std::filesystem::exists(path) && (seen.empty() || seen.back() != saved(path)))
      seen.push_back(saved(path));
    return false;
  });
  counter.run(record, 4);
  CHECK(seen == std::vector<int>{5, 10});
  CHECK(saved(options.out + "/checkpoint.bin") == 12);
  CHECK(saved(options.out + "/previous.bin") == 10);
  CHECK(saved(options.out + "/first.bin") == 1);
}

TEST_CASE("a run that is stopped while the base policy acts leaves nothing to go on from") {
  RunOptions options = into("base-stopped");
  int asked = 0;
  Recorder record(options, two_coordinates(), "test", [&] { return ++asked > 2; });
  Counter().run(record, 4);
  CHECK_FALSE(std::filesystem::exists(options.out + "/checkpoint.bin"));
}

TEST_CASE("a resumed run counts on, keeps the rows it knew of, and drops the later ones") {
  RunOptions options = into("resumed");
  options.steps = 11, options.episodes = 0;
  {
    Counter counter;
    Recorder record(options, two_coordinates(), "test");
    counter.run(record, 4);
  }
  const std::string path = options.out + "/progress.csv", known = content(path);
  std::ofstream(path, std::ios::app) << "99,9,1,1,1,learned,nan\n12,";
  std::ofstream(options.out + "/model.csv") << "begun after the checkpoint\n";
  {
    Recorder record(
        options, two_coordinates(), "test", [] { return false; },
        Archive(options.out + "/checkpoint.bin"));
    Counter counter;
    record.keep([&](Archive& ar) { ar("n", counter.n); });
    CHECK(counter.n == 7);
    CHECK(record.env_steps() == 11);
    CHECK(record.returns() == std::vector<double>{3, 12});
    CHECK(record.learned());
    CHECK(content(path) == known);
    CHECK_FALSE(std::filesystem::exists(options.out + "/model.csv"));
    CHECK_FALSE(record.running());
  }
  options.steps = 13;
  Recorder record(
      options, two_coordinates(), "test", [] { return false; },
      Archive(options.out + "/checkpoint.bin"));
  Counter counter;
  counter.run(record, 4);
  CHECK(record.returns() == std::vector<double>{3, 12, 21});
  const Csv csv = read_csv(path);
  CHECK(csv.column("env_steps") == std::vector<double>{7, 10, 13});
  CHECK(csv.number(2, "seconds") > csv.number(1, "seconds"));
}

TEST_CASE("a resume that is refused changes nothing: another run's checkpoint, or rows that lack") {
  RunOptions options = into("refused");
  options.steps = 11, options.episodes = 0;
  options.config = "algorithm = v1.5\nenv = pendulum\nhorizon = 5\nsteps = 11\n";
  {
    Counter counter;
    Recorder record(options, two_coordinates(), "test");
    counter.run(record, 4);
  }
  const auto resume = [&](const std::string& config) {
    RunOptions other = options;
    other.config = config;
    Recorder record(
        other, two_coordinates(), "test", [] { return false; },
        Archive(options.out + "/checkpoint.bin"));
    Counter counter;
    record.keep([&](Archive& ar) { ar("n", counter.n); });
  };
  const auto all = [&] {
    std::string text;
    for (const char* name : {"progress.csv", "transitions.csv", "checkpoint.bin"})
      text += content(options.out + "/" + name);
    return text;
  };
  std::ofstream(options.out + "/progress.csv", std::ios::app) << "99,";
  const std::string before = all();
  CHECK_THROWS_WITH_AS(resume("algorithm = v1.5\nenv = pendulum\nhorizon = 6\nsteps = 11\n"),
                       doctest::Contains("there 'horizon = 5', in config.txt 'horizon = 6'"),
                       UserError);
  CHECK(all() == before);
  CHECK_NOTHROW(resume("algorithm = v1.5\nenv = pendulum\nhorizon = 5\nsteps = 99\n"));

  std::ofstream(options.out + "/progress.csv", std::ios::app) << "99,";
  std::filesystem::resize_file(options.out + "/transitions.csv", 200);
  const std::string shorter = all();
  CHECK_THROWS_WITH_AS(resume(options.config), doctest::Contains("whole rows"), UserError);
  CHECK(all() == shorter);
}

TEST_CASE("a checkpoint says which algorithm and environment it is of") {
  RunOptions options = into("whose");
  options.steps = 11, options.episodes = 0;
  options.config = "algorithm = v1.5\nenv = pendulum\n";
  Recorder record(options, two_coordinates(), "test");
  Counter().run(record, 4);
  Archive archive(options.out + "/checkpoint.bin");
  CHECK_NOTHROW(require_run_of(archive, "v1.5", "pendulum"));
  CHECK_THROWS_WITH_AS(require_run_of(archive, "pets", "pendulum"),
                       doctest::Contains("another run"), UserError);
  CHECK_THROWS_WITH_AS(require_run_of(archive, "v1.5", "reacher"), doctest::Contains("another run"),
                       UserError);
}

// What is printed while it lives goes into a file.
struct CapturedOutput {
  std::string path;
  int before;

  explicit CapturedOutput(const std::string& into) : path(into) {
    std::fflush(stdout);
    before = dup(STDOUT_FILENO);
    std::FILE* file = std::fopen(path.c_str(), "w");
    dup2(fileno(file), STDOUT_FILENO);
    std::fclose(file);
  }
  ~CapturedOutput() {
    std::fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
  }
};

TEST_CASE("the returns of a task whose scale is 0.01 can be read, and none is a minus zero") {
  RunOptions options = into("small");
  options.quiet = false;
  {
    const CapturedOutput output(folder / "said");
    Recorder record(options, two_coordinates(), "test");
    record.begin("base");
    record.step(step(-0.01234, End::terminated));
    record.begin("learned");
    record.step(step(-0.0021, End::terminated)), record.step(step(-0.0, End::terminated));
    record.step(step(-1234.5, End::terminated));
    record.plan(-0.0, -0.0);
    record.finish();
  }
  const std::string said = content(folder / "said");
  CAPTURE(said);
  for (const char* shown : {"return   -0.0123 ", "return  -0.00210 ", "return      0.00 ",
                            "return  -1234.50 ", "of the last 3: -411.50"})
    CHECK_MESSAGE(said.find(shown) != std::string::npos, std::string(shown));
  CHECK(said.find("-0.00 ") == std::string::npos);
  CHECK(read_csv(folder / "small/plans.csv").words("promised").back() == "0");
  CHECK(read_csv(folder / "small/plans.csv").words("real").back() == "0");
}

}  // namespace test_recorder
