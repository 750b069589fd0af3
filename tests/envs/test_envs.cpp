#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "check_env.hpp"
#include "envs/all.hpp"

namespace mbrl {

// ---- exactly the example of docs/your_own_environment.md ----

// A rocket hovers: hold it 1 m above the ground, and never touch the ground.
//
// State (height, velocity). Action: thrust in [0, 20] m/s^2. Reward: -(height - 1)^2 after the
// step, and -100 for a crash, which terminates.
struct Hover {
  static constexpr Scalar g = Scalar(9.81), dt = Scalar(0.05), max_thrust = 20;

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "hover";
    spec.summary = "hold a rocket 1 m above the ground";
    spec.state_names = {"height [m]", "velocity [m/s]"};
    spec.action_low = Vector::Constant(1, 0);
    spec.action_high = Vector::Constant(1, max_thrust);
    spec.max_steps = 100;
    spec.terminates = true;
    spec.seconds_per_step = dt;
    spec.horizon = 20;
    spec.noise_scale = Vector{{Scalar(0), Scalar(0.5)}};
    return spec;
  }

  template <class M>
  M dynamics(const M& s, const M& a) const {
    const RowOf<M> thrust = clamp(row(a, 0), 0, max_thrust);
    const RowOf<M> velocity = row(s, 1) + dt * (thrust - g);
    const RowOf<M> height = row(s, 0) + dt * velocity;
    return stack(height, velocity);
  }

  template <class M>
  RowOf<M> reward(const M&, const M&, const M& s_next) const {
    const RowOf<M> height = row(s_next, 0), cost = square(height - Scalar(1));
    return where(values(height) <= 0, -cost - Scalar(100), -cost);
  }

  Mask terminated(const Matrix& s_next) const { return row(s_next, 0) <= 0; }

  template <class M>
  M features(const M& s) const {
    return s;
  }

  Vector reset(Rng& rng) const { return Vector{{rng.uniform(Scalar(0.5), Scalar(1.5)), 0}}; }

  Drawing draw(const Vector& s) const {
    const double height = double(s(0));
    return {{-1, -0.2},
            {1, 2},
            {box({-1, -0.2}, {1, 0}, "#bbbbbb"), line({{-0.4, 1}, {0.4, 1}}, "#9bbb59", 3),
             box({-0.1, height}, {0.1, height + 0.4}, "#c0504d")}};
  }
};

// ---- the end of the example ----

}  // namespace mbrl

using namespace mbrl;

namespace test_envs {

// The file at a path below the top of the repository.
std::string read_file(const std::string& path) {
  const std::filesystem::path here(__FILE__);
  std::ifstream file(here.parent_path().parent_path().parent_path() / path);
  REQUIRE_MESSAGE(file.good(), "run the tests from the top of the repository");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string message_of(const std::string& name) {
  try {
    make_env(name);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("every environment passes the conformance test") {
  for (const std::string& name : env_names()) check_env(*make_env(name));
}

TEST_CASE("make_env gives the environment of that name") {
  const std::vector<std::string> names = env_names();
  CHECK(names.size() >= 8);
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == names.size());
  for (const std::string& name : names) CHECK(make_env(name)->spec.name == name);
  CHECK(make_env("pendulum")->spec.name == "pendulum");
}

TEST_CASE("an unknown environment is refused with the nearest name and all names") {
  const std::string message = message_of("pendulm");
  CHECK(message.find("'pendulm'") != std::string::npos);
  CHECK(message.find("did you mean 'pendulum'") != std::string::npos);
  for (const std::string& name : env_names()) CHECK(message.find(name) != std::string::npos);
  CHECK(message_of("cartpole-balance").find("mean 'cartpole_balance'") != std::string::npos);
}

TEST_CASE("the environment of the docs passes the conformance test, and is the one of the docs") {
  check_env(*make_env(Hover{}));
  const std::string test = read_file("tests/envs/test_envs.cpp");
  const std::string opening = "docs/your_own_environment.md ----\n\n";
  const std::size_t begin = test.find(opening) + opening.size();
  const std::string example = test.substr(begin, test.find("\n// ---- the end", begin) - begin);
  CHECK(example.size() > 1500);
  CHECK(read_file("docs/your_own_environment.md").find(example) != std::string::npos);
}

TEST_CASE("the world refuses an action of the wrong size or that is not finite") {
  const auto env = make_env("pendulum");
  World world(*env, Rng(1, "world"));
  const Vector before = world.s();
  CHECK_THROWS_AS(world.step(Vector::Zero(2)), UserError);
  CHECK_THROWS_AS(world.step(Vector::Constant(1, std::numeric_limits<Scalar>::infinity())),
                  Diverged);
  CHECK(world.s() == before);
}

TEST_CASE("an episode that ends in its last step is terminated, not truncated") {
  const auto env = make_env(Hover{});
  int fall = 0;  // steps to the ground without thrust
  for (World world(*env, Rng(1, "world")); !world.over(); ++fall) world.step(Vector::Zero(1));
  CHECK(fall < env->spec.max_steps);
  for (const int limit : {fall - 1, fall, fall + 1}) {
    env->spec.max_steps = limit;
    World world(*env, Rng(1, "world"));
    Transition last;
    while (!world.over()) last = world.step(Vector::Zero(1));
    CHECK(last.terminated == (limit >= fall));
    CHECK(last.truncated == (limit < fall));
  }
}

TEST_CASE("the same stream gives the same noisy world, and another stream another one") {
  const auto env = make_env("reacher");
  env->process_noise = 0.5;
  World one(*env, Rng(1, "world")), same(*env, Rng(1, "world")), other(*env, Rng(2, "world"));
  for (int t = 0; t < 20; ++t)
    for (World* world : {&one, &same, &other}) world->step(Vector::Zero(2));
  CHECK(one.s() == same.s());
  CHECK(one.s() != other.s());
}

TEST_CASE("a box of actions that is infinite or empty is refused as such, not as a divergence") {
  for (const Scalar high : {Scalar(INFINITY), Scalar(NAN), Scalar(-2)}) {
    const auto env = make_env("pendulum");
    env->spec.action_high(0) = high;
    CHECK_THROWS_WITH_AS(World(*env, Rng(1, "world")),
                         doctest::Contains("the box of actions of pendulum must be finite"),
                         UserError);
  }
}

}  // namespace test_envs
