#include "planning/propagation.hpp"

namespace mbrl {

namespace {

void draw_luck(const UncertainModel& model, const PropagationConfig& config, Index H, Rng& rng,
               Luck& luck) {
  const std::string& how = config.propagation;
  const int particles = config.particles;
  const bool follows_one = how == "TSinf" || how == "TS1";
  // Of N thetas in all, no more than N are needed: particles share them.
  const int all = model.size_or(particles);
  model.sample_into(follows_one ? std::min(particles, all) : all, rng, luck.thetas);
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
}

}  // namespace

const Matrix& Imagination::returns(const UncertainModel& model, const Vector& s,
                                   const Matrix& plans, const PropagationConfig& config, Rng& rng,
                                   Workers& workers) {
  const Env& env = model.io().env();
  const Index H = plans.rows() / env.spec.action_dim(), K = plans.cols();
  require_shape("state to plan from", s, env.spec.state_dim(), 1);
  require_shape("plans", plans, H * env.spec.action_dim(), -1);
  draw_luck(model, config, H, rng, luck_);
  returns_.resize(config.propagation == "E" ? 1 : config.particles, K);

  if (config.propagation != "TSinf" && config.propagation != "TS1") {
    pooled_.make_room(workers);
    workers.for_chunks(K, plans_at_a_time(K), [&](Index first, Index count, int thread) {
      pooled_[thread].follow(model, luck_, config.propagation, s, plans.middleCols(first, count),
                             returns_.middleCols(first, count));
    });
    return returns_;
  }

  // 4. Repeat steps 1 to 3, for every particle.
  followers_.make_room(workers);
  const Index width = plans_at_a_time(K, config.particles), chunks = (K + width - 1) / width;
  workers.for_each(chunks * config.particles, [&](Index piece, int thread) {
    const Index chunk = piece / config.particles, i = piece % config.particles;
    const Index first = chunk * K / chunks, count = (chunk + 1) * K / chunks - first;
    // 1. theta ~ p(theta | D)   2. s_{t+1} ~ p(s_{t+1} | s_t, a_t, theta)
    const auto step = [&](Index t, const Var& s_t, const Var& a_t) {
      const std::size_t at = static_cast<std::size_t>(t);
      const Theta& theta = luck_.thetas[std::size_t(luck_.theta_of[at][std::size_t(i)])];
      TapedNextState next = model.predict(theta, s_t, a_t);
      if (config.sample_noise) next.mean = next.mean + scale_rows(luck_.noise[at].col(i), next.sd);
      return TapedStep{next.mean, next.reward ? *next.reward : env.reward(s_t, a_t, next.mean)};
    };
    // 3. R = sum_t r(s_t, a_t)
    followers_[thread].follow(env, std::cref(step), s, plans.middleCols(first, count),
                              returns_.row(i).segment(first, count).array());
  });
  return returns_;
}

Matrix imagined_returns(const UncertainModel& model, const Vector& s, const Matrix& plans,
                        const PropagationConfig& config, Rng& rng, Workers& workers) {
  return Imagination().returns(model, s, plans, config, rng, workers);
}

std::vector<Matrix> imagined_states(const UncertainModel& model, const Vector& s,
                                    const Vector& plan, const PropagationConfig& config, Rng& rng) {
  const Index m = model.io().env().spec.action_dim(), H = plan.size() / m;
  Luck luck;
  draw_luck(model, config, H, rng, luck);
  std::vector<Matrix> states;
  if (config.propagation != "TSinf" && config.propagation != "TS1") {
    Matrix returns(config.propagation == "E" ? 1 : config.particles, 1);
    PooledFollower().follow(model, luck, config.propagation, s, plan, returns, &states);
    return states;
  }
  states.assign(static_cast<std::size_t>(H), Matrix(s.size(), config.particles));
  for (Index i = 0; i < config.particles; ++i) {
    Matrix s_t = s;
    for (std::size_t t = 0; t < states.size(); ++t) {
      const Theta& theta = luck.thetas[std::size_t(luck.theta_of[t][std::size_t(i)])];
      const NextState next = model.predict(theta, s_t, plan.segment(Index(t) * m, m));
      s_t = next.mean;
      if (config.sample_noise) s_t += luck.noise[t].col(i).cwiseProduct(next.sd);
      states[t].col(i) = s_t;
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
