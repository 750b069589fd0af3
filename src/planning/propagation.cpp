#include "planning/propagation.hpp"

#include "planning/pooled_returns.hpp"

namespace mbrl {

namespace {

bool follows_one_theta(const std::string& how) { return how == "TSinf" || how == "TS1"; }

}  // namespace

Luck draw_luck(const UncertainModel& model, const PropagationConfig& config, Index H, Rng& rng) {
  config.check();
  Luck luck;
  const std::string& how = config.propagation;
  const int particles = config.particles;
  // Of N thetas in all, no more than N are needed: particles share them.
  const int all = model.size_or(particles);
  model.sample_into(follows_one_theta(how) ? std::min(particles, all) : all, rng, luck.thetas);
  const auto N = static_cast<Index>(luck.thetas.size());
  for (auto* list : {&luck.noise, &luck.noise_again}) list->resize(static_cast<std::size_t>(H));
  luck.theta_of.resize(static_cast<std::size_t>(H));
  for (std::size_t t = 0; t < luck.theta_of.size(); ++t) {
    std::vector<Index>& theta_of = luck.theta_of[t];
    theta_of.resize(static_cast<std::size_t>(particles));
    // BEGIN SOLUTION hw3.4 (about 6 lines)
    if (t == 0 || how == "TS1") {
      rng.permute(theta_of);
      for (Index& theta : theta_of) theta %= N;
    } else {
      theta_of = luck.theta_of[t - 1];
    }
    // END SOLUTION
    for (auto* list : {&luck.noise, &luck.noise_again}) {
      Matrix& noise = (*list)[t];
      if (list == &luck.noise_again && how != "MM") continue;
      noise.resize(model.io().env().spec.state_dim(), particles);
      rng.fill_normal(noise);
    }
  }
  return luck;
}

namespace {

// f_i: the world as particle i meets it, step by step from t = 0 on, the same under every plan.
// theta ~ p(theta | D), and s_{t+1} ~ p(s_{t+1} | s_t, a_t, theta).
Dynamics<Matrix> world_of_particle(Index i, const UncertainModel& model, const Luck& luck,
                                   bool sample_noise) {
  return [i, &model, &luck, sample_noise, t = std::size_t(0)](const Matrix& s,
                                                              const Matrix& a) mutable {
    const Theta& theta = luck.thetas[std::size_t(luck.theta_of[t][std::size_t(i)])];
    NextState<Matrix> next = model.predict(theta, s, a);
    if (sample_noise) next.mean += luck.noise[t].col(i).asDiagonal() * next.sd;
    ++t;
    return model.arrive(std::move(next), s, a);
  };
}

}  // namespace

Matrix imagined_returns(const UncertainModel& model, const Vector& s, const Matrix& plans,
                        const PropagationConfig& config, Rng& rng, Workers& workers) {
  const Env& env = model.io().env();
  const Index m = env.spec.action_dim(), H = plans.rows() / m, K = plans.cols();
  require_shape("state to plan from", s, env.spec.state_dim(), 1);
  require_shape("plans", plans, H * m, -1);
  const Luck luck = draw_luck(model, config, H, rng);
  const Index particles = config.propagation == "E" ? 1 : config.particles;
  Matrix returns(particles, K);

  if (!follows_one_theta(config.propagation)) {
    workers.for_chunks(K, plans_at_a_time(K), [&](Index first, Index count) {
      returns.middleCols(first, count) = pooled_returns(model, luck, config.propagation, particles,
                                                        s, plans.middleCols(first, count));
    });
    return returns;
  }

  const Index width = plans_at_a_time(K, particles), chunks = (K + width - 1) / width;
  workers.for_each(chunks * particles, [&](Index piece) {
    const Index chunk = piece / particles, i = piece % particles;
    const Index first = chunk * K / chunks, count = (chunk + 1) * K / chunks - first;
    const Dynamics<Matrix> f_i = world_of_particle(i, model, luck, config.sample_noise);
    returns.row(i).segment(first, count) =
        return_of_plans(env, f_i, s, plans.middleCols(first, count)).matrix();
  });
  return returns;
}

std::vector<Matrix> imagined_states(const UncertainModel& model, const Vector& s,
                                    const Vector& plan, const PropagationConfig& config, Rng& rng) {
  const Index m = model.io().env().spec.action_dim(), H = plan.size() / m;
  const Luck luck = draw_luck(model, config, H, rng);
  std::vector<Matrix> states;
  if (!follows_one_theta(config.propagation)) {
    const Index particles = config.propagation == "E" ? 1 : config.particles;
    pooled_returns(model, luck, config.propagation, particles, s, plan, &states);
    return states;
  }
  states.assign(static_cast<std::size_t>(H), Matrix(s.size(), config.particles));
  for (Index i = 0; i < config.particles; ++i) {
    const Dynamics<Matrix> f_i = world_of_particle(i, model, luck, config.sample_noise);
    Matrix s_t = s;
    for (Index t = 0; t < H; ++t) {
      s_t = f_i(s_t, plan.segment(t * m, m)).s_next;
      states[static_cast<std::size_t>(t)].col(i) = s_t;
    }
  }
  return states;
}

void score(const Matrix& returns, const std::string& kind, double risk, Row& scores) {
  // BEGIN SOLUTION hw3.3 (about 8 lines)
  scores = returns.colwise().mean();
  if (kind == "expected") return;
  const auto weight = static_cast<Scalar>(kind == "optimistic" ? risk : -risk);
  for (Index k = 0; k < scores.size(); ++k) {
    const Scalar mean = scores(k);
    const Scalar variance = (returns.col(k).array() - mean).square().mean();
    scores(k) = mean + weight * std::sqrt(variance);
  }
  // END SOLUTION
}

Row score(const Matrix& returns, const std::string& kind, double risk) {
  Row scores;
  score(returns, kind, risk, scores);
  return scores;
}

}  // namespace mbrl
