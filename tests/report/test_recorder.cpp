#include "report/recorder.hpp"

#include <doctest/doctest.h>

#include <array>

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
        "holdout_nll,low_bound,high_bound\n"
        "3,1,90,10,7,0.5,0.25,0.125,0,0,0\n"
        "5,2,90,10,7,0.5,0.0625,0.125,0,0,0\n");
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

TEST_CASE("checkpoint.bin is the last checkpoint, and first.bin stays the first") {
  Recorder record(into("checkpoints"), two_coordinates(), "test");
  for (const int k : {1, 2, 3}) {
    Matrix x = Matrix::Constant(1, 1, static_cast<Scalar>(k));
    record.checkpoint([&](Archive& ar) { ar("x", x); });
  }
  Matrix first, last;
  Archive(folder / "checkpoints/first.bin")("x", first);
  Archive(folder / "checkpoints/checkpoint.bin")("x", last);
  CHECK(first(0, 0) == 1);
  CHECK(last(0, 0) == 3);
}

}  // namespace test_recorder
