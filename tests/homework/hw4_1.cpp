// The imagined return on lines, s' = s + a, where everything can be worked out by hand: the action
// is 2 tanh(u), which is 0, 1 or -1 for u = 0, log(3) / 2 or -log(3) / 2.
#include "algorithms/03_version_2_0.hpp"
#include "exercise.hpp"

using namespace mbrl;

namespace {

const double half_log_3 = std::log(3.0) / 2;

// Only what it says of spec, features and end is used: the dynamics are given by the tests.
struct Line {
  bool ends = false;

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "line";
    spec.state_names = {"s"};
    spec.action_low = Vector::Constant(1, -2), spec.action_high = Vector::Constant(1, 2);
    spec.noise_scale = Vector::Zero(1);
    spec.terminates = ends;
    spec.after_termination = -7;
    return spec;
  }
  template <class M>
  M dynamics(const M& s, const M& a) const {
    return s + a;
  }
  template <class M>
  RowOf<M> reward(const M& s, const M&, const M&) const {
    return Scalar(0) * row(s, 0);
  }
  Mask terminated(const Matrix& s_next) const {
    return ends ? Mask(s_next.row(0).array() > Scalar(2.5))
                : Mask(Mask::Constant(s_next.cols(), false));
  }
  template <class M>
  M features(const M& s) const {
    return s;
  }
  Vector reset(Rng& rng) const { return rng.normal(1, 1).col(0); }
  Drawing draw(const Vector&) const { return {}; }
};

// u = W s + b + sd eps
NetworkPolicy policy(double W, double b, double sd) {
  NetworkPolicy pi;
  pi.net.layers.push_back({Matrix{{Scalar(W)}}, Matrix{{Scalar(b)}}});
  pi.log_sd = Matrix{{Scalar(std::log(sd))}};
  return pi;
}

// The noise that moves rollout b by which(b, t) at step t, for a policy with W = b = 0, sd = 1/2.
std::vector<Matrix> noise(const Matrix& which) {
  std::vector<Matrix> eps;
  for (Index t = 0; t < which.cols(); ++t)
    eps.push_back(Scalar(2 * half_log_3) * which.col(t).transpose());
  return eps;
}

Step<Var> paid_by_the_square(const Var& s, const Var& a) {
  const Var s_next = s + a;
  return {s_next, -square(s_next)};
}
Step<Var> paid_by_the_state(const Var& s, const Var& a) {
  const Var s_next = s + a;
  return {s_next, s_next};
}

}  // namespace

int main() {
  return judge({"hw4.1", 5, "The gradient through the rollout"}, [](Test& test) {
    const auto endless = make_env(Line{}), cliff = make_env(Line{true});
    const NetworkPolicy by_noise = policy(0, 0, 0.5), onwards = policy(0, half_log_3, 0.5);
    Tape tape;

    // From 1 by way of 2, 3, 4, and from 2 by way of 2, 3, 2.
    const double L = half_log_3;
    const Var returns = version_2_0::imagined_return(
        *endless, paid_by_the_square, on_tape(tape, by_noise), tape.constant(Matrix{{1, 2}}),
        noise(Matrix{{1, 1, 1}, {0, 1, -1}}));
    test.equal(
        "r = -(s')^2, s' = s + a, from s = (1, 2) with a = (1, 0), (1, 1), (1, -1)",
        returns.value(), {{-29, -17}},
        {{{{-3, -12}}, "the policy's noise is not used: every step has its own, (action_dim, B)"},
         {{{-12, -14}}, "every step begins in s_0: the state does not move on"},
         {{{-16, -4}}, "only the last reward is left: they are to be added up"},
         {{{0, 0}}, "no reward is added to the total"},
         {{{-14, -17}},
          "that is the reward of the state before the step; use the one that f gives"},
         {{{-(3 + 12 * L + 14 * L * L), -(12 + 4 * L + L * L)}},
          "u is no action yet: it has to be squashed into the box of actions"}},
        "the sum of next.reward over the steps, with a = squash(u), u from sample_u and s' from f");

    // Some end beyond 2.5. The third comes back, but it has ended all the same.
    tape.clear();
    const Var with_ends = version_2_0::imagined_return(
        *cliff, paid_by_the_state, on_tape(tape, by_noise), tape.constant(Matrix{{1, -5, 2}}),
        noise(Matrix{{1, 1, 1, 1}, {1, 1, 1, 1}, {1, -1, -1, 1}}));
    test.equal(
        "r = s', end where s' > 2.5, then -7 a step; s' is (2, 3, 4, 5), (-4, -3, -2, -1), (3, 2, "
        "1, 2)",
        with_ends.value(), {{-9, -10, -18}},
        {{{{-19, -10, -28}}, "the step that ends a rollout is not paid: it was alive at its start"},
         {{{14, -10, 8}}, "rollouts that have ended go on being paid: the mask is missing"},
         {{{5, -10, 3}}, "after the end 0 is booked, and not after_termination per step"},
         {{{-2, -10, -4}}, "after the end after_termination is booked once, and not per step"},
         {{{-9, -10, -1}}, "a rollout that has ended comes to life again when it leaves the end"},
         {{{2, -10, -9}}, "the end is seen one step late: it is the new state that ends a rollout"},
         {{{-5, -28, -2}}, "the mask is the wrong way round"},
         {{{-28, -28, -28}}, "all are dead from the start"}},
        "next.reward as long as the rollout is alive, after_termination per step from then on");

    // From 1 by way of 2, 3, 4: ds_t/db = 1.5 t, ds_t/dW = 1.5, 4.5, 9.
    tape.clear();
    const NetworkPolicyOf<Var> pi = on_tape(tape, onwards);
    const Var J = sum(version_2_0::imagined_return(*endless, paid_by_the_square, pi,
                                                   tape.constant(Matrix{{Scalar(1)}}),
                                                   noise(Matrix{{0, 0, 0}})));
    tape.backward(J);
    Matrix gradient(1, 2);
    gradient << pi.net.layers[0].W.adjoint(), pi.net.layers[0].b.adjoint();
    test.equal(
        "(dJ/dW, dJ/db) of u = W s + b at W = 0, b = log(3) / 2, from s = 1 with r = -(s')^2",
        gradient, {{-105, -60}},
        {{{{-60, -27}},
          "the gradient stops between two steps: what an action does to later rewards is lost. The "
          "new state must stay a variable on the tape"},
         {{{0, 0}},
          "nothing depends on the weights: compute with variables, not with their values"},
         {{{-72, -36}}, "only the last reward has a gradient"}},
        "J is one long expression in W and b: no part of it may be turned into plain numbers");

    // A gradient is that of its value: here for a small network that reacts to where it is.
    Rng& rng = test.rng;
    NetworkPolicy small;
    small.net.activation = Activation::tanh;
    small.net.layers = {{rng.normal(3, 1), rng.normal(3, 1)}, {rng.normal(1, 3), rng.normal(1, 1)}};
    small.log_sd = Scalar(0.1) * rng.normal(1, 1);
    const Matrix start = rng.normal(1, 4);
    std::vector<Matrix> eps, direction;
    for (int t = 0; t < 6; ++t) eps.push_back(rng.normal(1, 4));
    const auto spring = [](const Var& s, const Var& a) {
      const Var s_next = Scalar(0.8) * s + Scalar(0.3) * a;
      return Step<Var>{s_next, s * a - square(s_next)};
    };
    const auto value = [&](const NetworkPolicyOf<Var>& taped) {
      return sum(version_2_0::imagined_return(*endless, spring, taped, tape.constant(start), eps));
    };
    tape.clear();
    const NetworkPolicyOf<Var> taped = on_tape(tape, small);
    tape.backward(value(taped));
    double slope = 0;
    for (const Var& leaf : leaves(taped, true)) {
      direction.push_back(rng.normal(leaf.rows(), leaf.cols()));
      slope += double(leaf.adjoint().cwiseProduct(direction.back()).sum());
    }
    const auto moved = [&](double by) {
      NetworkPolicy there = small;
      const std::vector<Matrix*> weights = parameters(there, true);
      for (std::size_t k = 0; k < weights.size(); ++k) *weights[k] += Scalar(by) * direction[k];
      tape.clear();
      return double(value(on_tape(tape, there)).value()(0, 0));
    };
    const double h = 1e-5;
    test.equal("the slope of J in some direction, from its gradient, against differences of J",
               slope, (moved(h) - moved(-h)) / (2 * h), {},
               "the value is right, but its gradient is not: somewhere a state, an action or the "
               "noise's sd is taken off the tape, perhaps before the policy sees it",
               1e-5);
  });
}
