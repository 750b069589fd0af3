#include "planning/propagation.hpp"

namespace mbrl {

namespace {

constexpr Index kChunk = 100;  // plans at a time: fixed, so that the bits do not depend on threads

// What is drawn before the plans are looked at, and is the same for all of them.
struct Luck {
  std::vector<Theta> thetas;
  std::vector<std::vector<Index>> theta_of;  // [t][particle]: which theta it meets at step t
  std::vector<Matrix> noise, noise_again;    // [t], (state_dim, particles), N(0, 1); again: for MM
};

Luck draw_luck(const UncertainModel& model, const PropagationConfig& config, Index H, Rng& rng) {
  const std::string& how = config.propagation;
  const int particles = config.particles;
  const bool follows_one = how == "TSinf" || how == "TS1";
  Luck luck;
  luck.thetas = model.sample(follows_one ? particles : model.size_or(particles), rng);
  std::vector<Index> order = rng.permutation(particles);
  for (Index t = 0; t < H; ++t) {
    if (how == "TS1") order = rng.permutation(particles);
    luck.theta_of.push_back(order);
    luck.noise.push_back(rng.normal(model.io().env().spec.state_dim(), particles));
    if (how == "MM")
      luck.noise_again.push_back(rng.normal(model.io().env().spec.state_dim(), particles));
  }
  return luck;
}

// Rewards of a batch as they come in, until each of its particles has terminated.
class Ledger {
 public:
  Ledger(const Env& env, Index width, std::vector<Matrix>* visited)
      : env_(env),
        total_(Row::Zero(width)),
        alive_(Mask::Constant(width, true)),
        visited_(visited) {}

  // reward: the learned one, or empty where the known one is to be asked
  void book(const Matrix& s, const Matrix& a, const Matrix& s_next, const Row& reward) {
    if (visited_) visited_->push_back(s_next);
    const auto after = static_cast<Scalar>(env_.spec.after_termination);
    total_ += where(alive_, reward.size() ? reward : env_.reward(s, a, s_next),
                    Row::Constant(total_.size(), after));
    if (env_.spec.terminates) alive_ = alive_ && !env_.terminated(s_next);
  }
  const Row& total() const { return total_; }

 private:
  const Env& env_;
  Row total_;
  Mask alive_;
  std::vector<Matrix>* visited_;  // where all states go that were imagined, if anywhere
};

// TS1 and TSinf: the slide's steps 1 to 3 for one particle, under many plans at once.
Row follow_one_particle(const UncertainModel& model, const Luck& luck, Index particle, bool noisy,
                        const Vector& s_now, const Matrix& plans,
                        std::vector<Matrix>* visited = nullptr) {
  const Env& env = model.io().env();
  const Index m = env.spec.action_dim(), K = plans.cols();
  Matrix s = s_now.replicate(1, K);
  Ledger ledger(env, K, visited);
  for (std::size_t t = 0; t < luck.noise.size(); ++t) {
    const Matrix a = plans.middleRows(static_cast<Index>(t) * m, m);
    const Index theta = luck.theta_of[t][static_cast<std::size_t>(particle)];
    NextState next = model.predict(luck.thetas[static_cast<std::size_t>(theta)], s, a);
    if (noisy) next.mean += luck.noise[t].col(particle).asDiagonal() * next.sd;
    ledger.book(s, a, next.mean, next.reward);
    s = std::move(next.mean);
  }
  return ledger.total();
}

// Replaces the particles of each plan by draws from a normal with their mean and variance.
// s: (state_dim, particles * K), particle by particle  noise: (state_dim, particles)
void match_moments(Matrix& s, Index K, const Matrix& noise) {
  const Index particles = noise.cols();
  Matrix mean = Matrix::Zero(s.rows(), K), variance = mean;
  for (Index i = 0; i < particles; ++i)
    mean += s.middleCols(i * K, K) / static_cast<Scalar>(particles);
  for (Index i = 0; i < particles; ++i)
    variance += (s.middleCols(i * K, K) - mean).cwiseAbs2() / static_cast<Scalar>(particles);
  const Matrix sd = variance.cwiseSqrt();
  for (Index i = 0; i < particles; ++i)
    s.middleCols(i * K, K) = mean + noise.col(i).asDiagonal() * sd;
}

// E, DS and MM: what all thetas say is pooled into one normal before the next step.
Matrix follow_pooled(const UncertainModel& model, const Luck& luck, const std::string& how,
                     const Vector& s_now, const Matrix& plans,
                     std::vector<Matrix>* visited = nullptr) {
  const Env& env = model.io().env();
  const Index m = env.spec.action_dim(), K = plans.cols();
  const Index particles = how == "E" ? 1 : luck.noise[0].cols();
  Matrix s = s_now.replicate(1, particles * K);
  Ledger ledger(env, particles * K, visited);
  for (std::size_t t = 0; t < luck.noise.size(); ++t) {
    const Matrix a = plans.middleRows(static_cast<Index>(t) * m, m).replicate(1, particles);
    NextState next = model.predict(luck.thetas, s, a);
    if (how != "E")
      for (Index i = 0; i < particles; ++i)
        next.mean.middleCols(i * K, K) +=
            luck.noise[t].col(i).asDiagonal() * next.sd.middleCols(i * K, K);
    if (how == "MM") match_moments(next.mean, K, luck.noise_again[t]);
    ledger.book(s, a, next.mean, next.reward);
    s = std::move(next.mean);
  }
  Matrix returns(particles, K);
  for (Index i = 0; i < particles; ++i) returns.row(i) = ledger.total().segment(i * K, K).matrix();
  return returns;
}

}  // namespace

Matrix imagined_returns(const UncertainModel& model, const Vector& s, const Matrix& plans,
                        const PropagationConfig& config, Rng& rng, Workers& workers) {
  const EnvSpec& spec = model.io().env().spec;
  const Index H = plans.rows() / spec.action_dim(), K = plans.cols();
  require_shape("state to plan from", s, spec.state_dim(), 1);
  require_shape("plans", plans, H * spec.action_dim(), -1);
  const Luck luck = draw_luck(model, config, H, rng);
  const Index chunks = (K + kChunk - 1) / kChunk;
  const auto width = [&](Index chunk) { return std::min(kChunk, K - chunk * kChunk); };

  if (config.propagation == "TSinf" || config.propagation == "TS1") {
    Matrix returns(config.particles, K);
    workers.for_each(chunks * config.particles, [&](Index piece) {
      const Index chunk = piece / config.particles, i = piece % config.particles;
      const Matrix some = plans.middleCols(chunk * kChunk, width(chunk));
      // 4. Repeat steps 1 to 3.
      returns.row(i).segment(chunk * kChunk, width(chunk)) =
          follow_one_particle(model, luck, i, config.sample_noise, s, some).matrix();
    });
    return returns;
  }
  Matrix returns(config.propagation == "E" ? 1 : config.particles, K);
  workers.for_each(chunks, [&](Index chunk) {
    const Matrix some = plans.middleCols(chunk * kChunk, width(chunk));
    returns.middleCols(chunk * kChunk, width(chunk)) =
        follow_pooled(model, luck, config.propagation, s, some);
  });
  return returns;
}

std::vector<Matrix> imagined_states(const UncertainModel& model, const Vector& s,
                                    const Vector& plan, const PropagationConfig& config, Rng& rng) {
  const Index H = plan.size() / model.io().env().spec.action_dim();
  const Luck luck = draw_luck(model, config, H, rng);
  std::vector<Matrix> states;
  if (config.propagation != "TSinf" && config.propagation != "TS1") {
    follow_pooled(model, luck, config.propagation, s, plan, &states);
    return states;
  }
  states.assign(static_cast<std::size_t>(H), Matrix(s.size(), config.particles));
  for (Index i = 0; i < config.particles; ++i) {
    std::vector<Matrix> visited;
    follow_one_particle(model, luck, i, config.sample_noise, s, plan, &visited);
    for (std::size_t t = 0; t < visited.size(); ++t) states[t].col(i) = visited[t];
  }
  return states;
}

Row score(const Matrix& returns, const std::string& kind, double risk) {
  const Row mean = returns.colwise().mean();
  if (kind == "expected") return mean;
  const Row sd =
      ((returns.rowwise() - mean.matrix()).colwise().squaredNorm() / Scalar(returns.rows()))
          .array()
          .sqrt();
  const auto weight = static_cast<Scalar>(kind == "optimistic" ? risk : -risk);
  return mean + weight * sd;
}

}  // namespace mbrl
