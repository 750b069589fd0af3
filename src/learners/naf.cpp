#include "learners/naf.hpp"

namespace mbrl {

// The price of what u has beyond +-2, where mu = tanh(u). A mu that a bad V' has driven to the
// walls has no gradient left, tanh being flat there, and would stay for ever; this brings it back.
static constexpr Scalar kBeyondTheWalls = Scalar(0.1);

Naf::Naf(const Env& env, const LearnerConfig& config, std::uint64_t seed)
    : OffPolicyLearner(env, config, seed),
      net_(fresh_actor(1 + env.spec.action_dim() +
                       env.spec.action_dim() * (env.spec.action_dim() + 1) / 2)) {
  net_.net.layers.back().W *= Scalar(0.1);  // mu not at the walls, and P near 1, to begin with
  target_ = net_.net;
}

Var naf_q(const Var& out, const Var& c) {
  const Index m = c.rows();
  const Var d = c - tanh(rows(out, 1, m));
  // (L^T d)_j = sum_{i >= j} L_ij d_i; the entries of L stand row by row: 00, 10, 11, 20, ...
  Var distance;  // |L^T d|^2
  for (Index j = 0; j < m; ++j) {
    Var along;
    for (Index i = j; i < m; ++i) {
      const Var raw = row(out, 1 + m + i * (i + 1) / 2 + j);
      const Var term = (i == j ? exp(Scalar(5) * tanh(raw / Scalar(5))) : raw) * row(d, i);
      along = i == j ? term : along + term;
    }
    distance = j == 0 ? square(along) : distance + square(along);
  }
  return row(out, 0) - distance / Scalar(2);
}

Matrix Naf::act(const Matrix& s) const {
  const Matrix out = forward(net_.net, env_.features(s));
  return env_.spec.from_unit_box(tanh(Matrix(out.middleRows(1, env_.spec.action_dim()))));
}

Matrix Naf::explore(const Matrix& s, Rng& rng) const { return with_noise(act(s), rng); }

const Row& Naf::value(const Matrix& s, Workers& workers) {
  const auto V = [&](const Piece& piece) { return row(forward(target_, see(piece(s))), 0); };
  of_value_.evaluate(s.cols(), std::cref(V), value_, workers);
  return value_;
}

Row Naf::q(const Matrix& s, const Matrix& a) const {
  Tape tape;
  const Var out = forward(net_.net, tape.constant(env_.features(s)));
  return naf_q(out, tape.constant(env_.spec.to_unit_box(a))).value().array();
}

void Naf::update_critic(const Matrix& s, const Matrix& a, const Row& y, Workers& workers) {
  std::array<double, pieces> misses{};  // the sum of (Q - y)^2 over each piece
  const auto loss = [&](const Piece& piece, std::vector<Var>& leaves) {
    const Var out = forward(net_.net, see(piece(s)), leaves);
    const Var miss = naf_q(out, unit(piece(a))) - piece(y);
    misses[static_cast<std::size_t>(piece.number)] = double(miss.value().squaredNorm());
    const Var u = rows(out, 1, a.rows()), beyond = u - clamp(u, Scalar(-2), Scalar(2));
    const Var loss = sum(square(miss)) / Scalar(2) + kBeyondTheWalls * sum(square(beyond));
    return loss / static_cast<Scalar>(s.cols());
  };
  const BatchGradient::Slope& slope = of_critic_(s.cols(), std::cref(loss), workers);
  double squares = 0;  // without the price
  for (const double miss : misses) squares += miss;
  report_critic(squares / double(2 * s.cols()), net_.descend("the critic", slope), y);
}

void Naf::update_targets() { soft_update(target_, net_.net, config_.target_rate); }

void Naf::archive(Archive& ar) {
  OffPolicyLearner::archive(ar);
  ar("network", net_), ar("target", target_);
}

}  // namespace mbrl
