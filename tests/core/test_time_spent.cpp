#include "core/time_spent.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace mbrl;

namespace test_time_spent {

void wait() { std::this_thread::sleep_for(std::chrono::milliseconds(40)); }

// The per cent that a summary gives to a part; 0 where it does not name it.
int share(const std::string& summary, const std::string& part) {
  const std::size_t at = summary.find(part + " ");
  return at == std::string::npos ? 0 : std::stoi(summary.substr(at + part.size() + 1));
}

TEST_CASE("time is booked to the innermost scope, and to the rest outside of all") {
  TimeSpent::start_anew();
  wait();
  {
    const TimeSpent planning(Part::planning);
    wait();
    {
      const TimeSpent model(Part::model);
      wait();
    }
    wait();
  }
  const std::string summary = TimeSpent::summary();
  CAPTURE(summary);
  CHECK(std::abs(share(summary, "planning") - 50) <= 10);
  CHECK(std::abs(share(summary, "model") - 25) <= 10);
  CHECK(std::abs(share(summary, "the rest") - 25) <= 10);
  CHECK(summary.find("learner") == std::string::npos);
}

TEST_CASE("a new start forgets what was before") {
  {
    const TimeSpent learner(Part::learner);
    wait();
  }
  TimeSpent::start_anew();
  wait();
  CHECK(TimeSpent::summary() == "the rest 100 %");
}

}  // namespace test_time_spent
