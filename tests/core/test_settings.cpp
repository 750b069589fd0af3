#include "core/settings.hpp"

#include <doctest/doctest.h>

using namespace mbrl;

namespace test_settings {

struct Config {
  int horizon = 20;
  double keep_old = 0.1;
  bool learned_reward = false;
  std::string planner = "cem";
  void list(Settings& field) {
    field("horizon", horizon, 1, 100, "how far");
    field("keep-old", keep_old, 0, 1, "how much");
    field("learned-reward", learned_reward, "whether");
    field("planner", planner, {"cem", "random-shooting"}, "which");
  }
};

TEST_CASE("settings set the fields of the Config they were listed from") {
  Config c;
  Settings settings;
  c.list(settings);
  settings.set("horizon", "7");
  settings.set("keep_old", "0.25");  // underscores are accepted
  settings.set("learned-reward", "true");
  settings.set("planner", "random-shooting");
  CHECK(c.horizon == 7);
  CHECK(c.keep_old == 0.25);
  CHECK(c.learned_reward);
  CHECK(c.planner == "random-shooting");
  CHECK(settings.find("keep-old").get() == "0.25");
}

TEST_CASE("a preset of words sets the fields that they name, and says them") {
  Config c;
  Settings settings;
  c.list(settings);
  settings.add_task_preset("walker", "--horizon 7 --keep-old 0.25 --learned-reward true");
  CHECK(settings.presets()[0].gloss ==
        "taken with --env walker: --horizon 7 --keep-old 0.25 --learned-reward true");
  settings.apply_preset("walker");
  CHECK(c.horizon == 7);
  CHECK(c.keep_old == 0.25);
  CHECK(c.learned_reward);
  settings.add_task_preset("misspelt", "--horizont 7");
  CHECK_THROWS_AS(settings.apply_preset("misspelt"), UserError);
}

TEST_CASE("the ends of a valid range are valid") {
  Config c;
  Settings settings;
  c.list(settings);
  for (const int end : {1, 100}) {
    settings.set("horizon", std::to_string(end));
    CHECK(c.horizon == end);
  }
  for (const int end : {0, 1}) {
    settings.set("keep-old", std::to_string(end));
    CHECK(c.keep_old == end);
  }
}

TEST_CASE("a bad value is refused with what was expected, and changes nothing") {
  Config c;
  Settings settings;
  c.list(settings);
  for (const char* bad : {"", "abc", "7x", "0", "101", "1.5", "nan", "inf", "1e99", "--"})
    CHECK_THROWS_WITH_AS(settings.set("horizon", bad),
                         doctest::Contains("whole number from 1 to 100"), UserError);
  for (const char* bad : {"-0.1", "1.1", "nan", "0.5 ", "0,5"})
    CHECK_THROWS_AS(settings.set("keep-old", bad), UserError);
  CHECK_THROWS_AS(settings.set("learned-reward", "yes"), UserError);
  CHECK_THROWS_WITH_AS(settings.set("planner", "cma"), doctest::Contains("cem | random-shooting"),
                       UserError);
  CHECK(c.horizon == 20);
  CHECK(c.keep_old == 0.1);
}

TEST_CASE("an unknown key is met with the nearest known one") {
  Config c;
  Settings settings;
  c.list(settings);
  CHECK_THROWS_WITH_AS(settings.set("horizn", "3"), doctest::Contains("did you mean --horizon"),
                       UserError);
  CHECK_THROWS_WITH_AS(settings.set("planer", "cem"), doctest::Contains("did you mean --planner"),
                       UserError);
}

TEST_CASE("what several fields must fulfil together is checked, every condition of it") {
  Settings settings;
  CHECK_NOTHROW(settings.check());
  settings.add_check([] {});
  settings.add_check([] { throw UserError("the second"); });
  CHECK_THROWS_WITH_AS(settings.check(), "the second", UserError);
}

}  // namespace test_settings
