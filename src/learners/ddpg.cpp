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

Row Ddpg::value(const Matrix& s, Workers& workers) {
  const Matrix x = env_.features(s);
  Row V(s.cols());
  workers.for_chunks(s.cols(), 64, [&](Index first, Index n) {
    const Matrix x_piece = x.middleCols(first, n);
    const Matrix c = tanh(forward(target_actor_, x_piece));
    V.segment(first, n) = forward(target_critic_, stack(std::vector<Matrix>{x_piece, c})).array();
  });
  return V;
}

void Ddpg::update_critic(const Matrix& s, const Matrix& a, const Row& y, Workers& workers) {
  const Matrix x_a = critic_input(s, a), targets = y.matrix();
  const auto loss = [&](Tape& tape, const Piece& piece) {
    const Network<Var> Q = on_tape(tape, critic_.net);
    const Var miss = forward(Q, tape.constant(piece.of(x_a))) - tape.constant(piece.of(targets));
    return TapedShare{sum(square(miss)) / static_cast<Scalar>(2 * s.cols()), leaves(Q)};
  };
  const BatchGradient::Slope slope = gradient_(s.cols(), loss, workers);
  critic_.descend("the critic", slope);
  report_critic(slope.value, y);
}

void Ddpg::update_actor(const Matrix& s, Workers& workers) {
  const Matrix x = env_.features(s);
  const auto loss = [&](Tape& tape, const Piece& piece) {
    const Network<Var> mu = on_tape(tape, actor_.net);
    const Var x_piece = tape.constant(piece.of(x));
    const Var u = forward(mu, x_piece);
    const Var Q = forward(on_tape(tape, critic_.net, false), stack(x_piece, tanh(u)));
    const Var loss = kAwayFromTheWalls * sum(square(u)) - sum(Q);
    return TapedShare{loss / static_cast<Scalar>(s.cols()), leaves(mu)};
  };
  actor_.descend("the actor", gradient_(s.cols(), loss, workers));
}

void Ddpg::update_targets() {
  follow(target_actor_, actor_.net, config_.target_rate);
  follow(target_critic_, critic_.net, config_.target_rate);
}

void Ddpg::archive(Archive& ar) {
  mbrl::archive("actor", ar, actor_.net);
  mbrl::archive("critic", ar, critic_.net);
  mbrl::archive("target actor", ar, target_actor_);
  mbrl::archive("target critic", ar, target_critic_);
}

}  // namespace mbrl
