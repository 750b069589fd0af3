// What holds of every algorithm with a model and a learner.
#pragma once

#include <doctest/doctest.h>

#include "envs/all.hpp"
#include "envs/policy.hpp"
#include "short_run.hpp"

namespace mbrl {

template <class Config, class Run>
std::vector<double> returns_of(const Env& env, const Config& config, Run run,
                               const RunOptions& options) {
  Recorder record(options, env.spec, "test");
  run(env, config, record);
  return record.returns();
}

template <class Config, class Run>
void check_same_on_all_threads(const Config& config, Run run) {
  const auto env = make_env("pendulum");
  env->spec.max_steps = 40;
  const auto one = returns_of(*env, config, run, quietly(3, 1));
  CHECK(one.size() == 3);
  CHECK(one == returns_of(*env, config, run, quietly(3, 2)));
  CHECK(one == returns_of(*env, config, run, quietly(3, 4)));
}

template <class Config, class Run, class Load>
void check_loads(const Config& config, Run run, Load load, bool has_model) {
  const auto env = make_env("pendulum");
  env->spec.max_steps = 40;
  RunOptions options = quietly(2);
  options.out = empty_folder("load");
  options.evaluate_every = 40;
  Recorder record(options, env->spec, "test");
  run(*env, config, record);
  CHECK(read_csv(options.out + "/learner.csv").rows.size() >= 1);
  CHECK(read_csv(options.out + "/eval.csv").rows.size() >= 1);
  Workers workers(1);
  const Vector s{{Scalar(1), Scalar(0)}};
  std::vector<Vector> actions;
  for (const char* file : {"checkpoint.bin", "checkpoint.bin", "first.bin"}) {
    Archive archive(options.out + "/" + file);
    const Policy policy = load(*env, config, 1, workers, archive);
    actions.push_back(policy.act(s));
    if (has_model) CHECK(policy.imagine(s, Vector::Zero(9), 50).back().cols() == 50);
  }
  CHECK(actions[0] == actions[1]);
  CHECK(actions[0] != actions[2]);
}

}  // namespace mbrl
