#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "pictures.hpp"
#include "report/csv.hpp"
#include "report/recorder.hpp"
#include "report/run_folder.hpp"

namespace test_run_folder {

using namespace mbrl;
namespace fs = std::filesystem;

TEST_CASE("config.txt that was saved on Windows says the same") {
  const std::string text = "algorithm = v1.5\nenv = pendulum\nseed = 1\nplanner = cem\n";
  std::string windows;
  for (const char c : text) windows += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(parse_config(windows, "config.txt") == parse_config(text, "config.txt"));
}

TEST_CASE("a machine of more processors than threads are accepted makes no config.txt in vain") {
  CHECK(default_threads(0) == 1);
  CHECK(default_threads(8) == 8);
  CHECK(default_threads(384) == 256);
  const auto threads_of = [](const std::string& stored, const std::set<std::string>& overruled) {
    RunOptions options;
    options.threads = 3;
    Settings settings;
    options.list(settings);
    RunConfig config{{"algorithm", "v1.5"}, {"env", "pendulum"}};
    for (const auto& field : settings.fields()) config[field.name] = field.get();
    config["threads"] = stored;
    apply_config(config, settings, overruled);
    return options.threads;
  };
  CHECK(threads_of("2", {}) == 2);
  CHECK(threads_of("384", {}) == 256);
  CHECK(threads_of("384", {"threads"}) == 3);
  CHECK_THROWS_AS(threads_of("many", {}), UserError);
  CHECK_THROWS_AS(threads_of("0", {}), UserError);
}

}  // namespace test_run_folder
