#include "learners/ddpg.hpp"

namespace mbrl {

// The price of u^2 where the action is tanh(u). An actor that a bad critic has driven to the walls
// has no gradient left, tanh being flat there, and would stay for ever; this brings it back.
static constexpr Scalar kAwayFromTheWalls = Scalar(0.01);

Ddpg::Ddpg(const Env& env, const LearnerConfig& config, std::uint64_t seed)
    : OffPolicyLearner(env, config, seed),
      actor_(fresh_actor(env.spec.action_dim())),
      critic_(fresh_critic(1)),
      target_actor_(actor_.net),
      target_critic_(critic_.net) {
  actor_.net.layers.back().W *= Scalar(0.1);  // not to begin at the walls, where tanh is flat
  target_actor_ = actor_.net;
}

Matrix Ddpg::act(const Matrix& s) const {
  return env_.spec.from_unit_box(tanh(forward(actor_.net, env_.features(s))));
}

Matrix Ddpg::explore(const Matrix& s, Rng& rng) const { return with_noise(act(s), rng); }

const Row& Ddpg::value(const Matrix& s, Workers& workers) {
  const auto V = [&](const Piece& piece) {
    const Var x = see(piece(s));
    return forward(target_critic_, stack(x, tanh(forward(target_actor_, x))));
  };
  of_value_.evaluate(s.cols(), std::cref(V), value_, workers);
  return value_;
}

void Ddpg::update_critic(const Matrix& s, const Matrix& a, const Row& y, Workers& workers) {
  const auto loss = [&](const Piece& piece, std::vector<Var>& leaves) {
    const Var x_a = stack(see(piece(s)), unit(piece(a)));
    const Var miss = forward(critic_.net, x_a, leaves) - piece(y);
    return sum(square(miss)) / static_cast<Scalar>(2 * s.cols());
  };
  const BatchGradient::Slope& slope = of_critic_(s.cols(), std::cref(loss), workers);
  report_critic(slope.value, critic_.descend("the critic", slope), y);
}

void Ddpg::update_actor(const Matrix& s, Workers& workers) {
  const auto loss = [&](const Piece& piece, std::vector<Var>& leaves) {
    const Var x = see(piece(s)), u = forward(actor_.net, x, leaves);
    const Var Q = forward(critic_.net, stack(x, tanh(u)));
    return (kAwayFromTheWalls * sum(square(u)) - sum(Q)) / static_cast<Scalar>(s.cols());
  };
  report_actor(actor_.descend("the actor", of_actor_(s.cols(), std::cref(loss), workers)));
}

void Ddpg::update_targets() {
  soft_update(target_actor_, actor_.net, config_.target_rate);
  soft_update(target_critic_, critic_.net, config_.target_rate);
}

void Ddpg::archive(Archive& ar) {
  OffPolicyLearner::archive(ar);
  ar("actor", actor_), ar("critic", critic_);
  ar("target actor", target_actor_), ar("target critic", target_critic_);
}

}  // namespace mbrl
