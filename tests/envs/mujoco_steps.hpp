// The steps of MuJoCo in mujoco/, that ours are compared with.
#pragma once

#include <fstream>
#include <sstream>

#include "check_env.hpp"

namespace mbrl {

// Twenty steps that MuJoCo 3.3.8 took from these states under these actions, its solver run to the
// end. Robots: five in the air, five with hinges at their limits, ten on the ground. Carts: five on
// the rail, fifteen at its ends (their poles stand straight, as ours do).
struct MujocoSteps {
  std::vector<std::string> kind;
  Steps steps;

  explicit MujocoSteps(const Env& env) {
    std::ifstream file("tests/envs/mujoco/" + env.spec.name + ".csv");
    std::string line;
    std::getline(file, line);
    const Index n = env.spec.state_dim(), m = env.spec.action_dim();
    for (Matrix* x : {&steps.s, &steps.s_next}) x->resize(n, 20);
    steps.a.resize(m, 20);
    for (Index j = 0; std::getline(file, line) && j < 20; ++j) {
      std::istringstream words(line);
      std::string word;
      std::getline(words, word, ',');
      kind.push_back(word);
      for (Matrix* x : {&steps.s, &steps.a, &steps.s_next})
        for (Index i = 0; i < x->rows(); ++i) {
          std::getline(words, word, ',');
          (*x)(i, j) = Scalar(std::stod(word));
        }
    }
    REQUIRE(kind.size() == 20);
  }
};

}  // namespace mbrl
