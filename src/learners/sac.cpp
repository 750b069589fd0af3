#include "learners/sac.hpp"

#include "learners/squashed_gaussian.hpp"

namespace mbrl {

Var soft_value(const Var& Q_1, const Var& Q_2, const Var& log_pi, Scalar alpha) {
  // BEGIN SOLUTION hw5.5 (about 1 line)
  return minimum(Q_1, Q_2) - alpha * log_pi;
  // END SOLUTION
}

Sac::Sac(const Env& env, const LearnerConfig& config, std::uint64_t seed)
    : OffPolicyLearner(env, config, seed),
      actor_(fresh_actor(2 * env.spec.action_dim())),
      critics_{fresh_critic(0), fresh_critic(1)},
      targets_{critics_[0].net, critics_[1].net},
      log_alpha_(Matrix::Constant(
          1, 1, static_cast<Scalar>(config.temperature > 0 ? std::log(config.temperature) : 0))) {
  alpha_adam_.learning_rate = static_cast<Scalar>(config.learning_rate);
}

// ---- one update, from top to bottom ----

// V'(s'), for the target y = r + gamma (1 - terminated) V'(s'). No gradient flows here.
const Row& Sac::value(const Matrix& s, Workers& workers) {
  const Matrix& eps = noise_for(s);
  const auto price = static_cast<Scalar>(alpha());
  const auto V = [&](const Piece& piece) {
    const Var x = see(piece(s));
    const auto a = sample_squashed(forward(actor_.net, x), piece(eps));
    const Var x_a = stack(x, a.c);
    return soft_value(forward(targets_[0], x_a), forward(targets_[1], x_a), a.log_pi, price);
  };
  of_value_.evaluate(s.cols(), std::cref(V), value_, workers);
  return value_;
}

// One step of both critics down the mean of (Q_i(s, a) - y)^2 / 2.
void Sac::update_critic(const Matrix& s, const Matrix& a, const Row& y, Workers& workers) {
  const auto loss = [&](const Piece& piece, std::vector<Var>& leaves) {
    const Var x_a = stack(see(piece(s)), unit(piece(a))), goal = piece(y);
    const Var miss_1 = forward(critics_[0].net, x_a, leaves) - goal;
    const Var miss_2 = forward(critics_[1].net, x_a, leaves) - goal;
    return (sum(square(miss_1)) + sum(square(miss_2))) / static_cast<Scalar>(2 * s.cols());
  };
  const BatchGradient::Slope& slope = of_critic_(s.cols(), std::cref(loss), workers);
  const double one = critics_[0].descend("a critic", slope);
  const double two = critics_[1].descend("a critic", slope, slope.gradient.size() / 2);
  report_critic(slope.value / 2, (one + two) / 2, y);  // the means of the two
}

// One step of the actor up the mean of V(s), with the critics, not their targets; the gradient
// flows through a into pi.
void Sac::update_actor(const Matrix& s, Workers& workers) {
  const Matrix& eps = noise_for(s);
  const auto price = static_cast<Scalar>(alpha());
  std::array<double, pieces> log_pi{};  // the sum over each piece
  const auto loss = [&](const Piece& piece, std::vector<Var>& leaves) {
    const Var x = see(piece(s));
    const auto a = sample_squashed(forward(actor_.net, x, leaves), piece(eps));
    const Var x_a = stack(x, a.c);
    const Var V =
        soft_value(forward(critics_[0].net, x_a), forward(critics_[1].net, x_a), a.log_pi, price);
    log_pi[static_cast<std::size_t>(piece.number)] = double(a.log_pi.value().sum());
    return -sum(V) / static_cast<Scalar>(s.cols());
  };
  report_actor(actor_.descend("the actor", of_actor_(s.cols(), std::cref(loss), workers)));

  double mean_log_pi = 0;
  for (const double sum : log_pi) mean_log_pi += sum / double(s.cols());
  if (config_.temperature == 0) update_temperature(mean_log_pi);
  const double entropy = -mean_log_pi / double(env_.spec.action_dim());
  report_.entropy += (entropy - report_.entropy) / std::max(report_.updates, 1);
  report_.temperature = alpha();
}

void Sac::update_temperature(double mean_log_pi) {
  const double goal = config_.target_entropy * double(env_.spec.action_dim());
  slope_of_alpha_.setConstant(1, 1, static_cast<Scalar>(-(mean_log_pi + goal)));
  alpha_adam_.step(only_alpha_, only_its_slope_);
}

void Sac::update_targets() {
  for (std::size_t i = 0; i < 2; ++i)
    soft_update(targets_[i], critics_[i].net, config_.target_rate);
}

// ---- acting ----

Matrix Sac::act(const Matrix& s) const {
  const Matrix none = Matrix::Zero(env_.spec.action_dim(), s.cols());
  return env_.spec.from_unit_box(sample_squashed(actor_.net, env_.features(s), none).c);
}

Matrix Sac::explore(const Matrix& s, Rng& rng) const {
  const Matrix eps = rng.normal(env_.spec.action_dim(), s.cols());
  return env_.spec.from_unit_box(sample_squashed(actor_.net, env_.features(s), eps).c);
}

void Sac::archive(Archive& ar) {
  OffPolicyLearner::archive(ar);
  ar("actor", actor_), ar.each("critic", critics_), ar.each("target", targets_);
  ar.fixed_shape("log alpha", log_alpha_);
  ar.inside("adam of alpha", [&] { alpha_adam_.archive(ar, only_alpha_); });
}

}  // namespace mbrl
