// Imagined trajectories on a line, s' = s + a with r = s', that end beyond 2.5. The noise is chosen
// so that the actions, 2 tanh(u), are 1 or -1.
#include "algorithms/04_version_2_5.hpp"
#include "exercise.hpp"

using namespace mbrl;

namespace {

struct Line {
  bool ends = true;

  EnvSpec spec() const {
    EnvSpec spec;
    spec.name = "line";
    spec.state_names = {"s"};
    spec.action_low = Vector::Constant(1, -2), spec.action_high = Vector::Constant(1, 2);
    spec.noise_scale = Vector::Zero(1);
    spec.terminates = ends;
    return spec;
  }
  template <class M>
  M dynamics(const M& s, const M& a) const {
    return s + a;
  }
  template <class M>
  RowOf<M> reward(const M&, const M&, const M& s_next) const {
    return row(s_next, 0);
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

// Trajectory b takes the action which(b, t) at step t.
Trajectories imagined(const Env& env, const Matrix& s, const Matrix& which) {
  NetworkPolicy pi;
  pi.net.layers.push_back({Matrix::Zero(1, 1), Matrix::Zero(1, 1)});
  pi.log_sd = Matrix::Zero(1, 1);
  std::vector<Matrix> eps;
  for (Index t = 0; t < which.cols(); ++t)
    eps.push_back(Scalar(std::log(3.0) / 2) * which.col(t).transpose());
  const Dynamics<Matrix> f = [&](const Matrix& s, const Matrix& a) {
    const Matrix s_next = env.dynamics(s, a);
    return Step<Matrix>{s_next, env.reward(s, a, s_next)};
  };
  return version_2_5::imagine(env, f, pi, s, eps);
}

}  // namespace

int main() {
  return judge({"hw4.5", 4, "The last step"}, [](Test& test) {
    const Matrix s{{1, -5, 2}}, which{{1, 1, 1, 1}, {1, 1, 1, 1}, {1, -1, -1, 1}};

    const Trajectories endless = imagined(*make_env(Line{false}), s, which);
    test.equal(
        "the rewards where nothing ever ends, r = s'", endless.reward,
        {{2, -4, 3}, {3, -3, 2}, {4, -2, 1}, {5, -1, 2}}, {},
        "every step is paid with the reward that f gives, and the next one begins in its s'");
    test.equal("which steps count there", endless.counts, Matrix::Ones(4, 3), {},
               "nothing ends, so everything counts");

    // The third trajectory comes back, but it has ended all the same.
    const Trajectories tau = imagined(*make_env(Line{}), s, which);
    test.equal(
        "the rewards where a trajectory ends with s' > 2.5; s' is (2, 3, 4, 5), (-4, -3, -2, -1) "
        "and (3, 2, 1, 2)",
        tau.reward, {{2, -4, 3}, {3, -3, 0}, {0, -2, 0}, {0, -1, 0}},
        {{{{2, -4, 0}, {0, -3, 0}, {0, -2, 0}, {0, -1, 0}},
          "the step that leads to the end is not paid, though it was still taken"},
         {{{2, -4, 3}, {3, -3, 2}, {4, -2, 1}, {5, -1, 2}}, "what has ended goes on being paid"},
         {{{2, -4, 3}, {3, -3, 2}, {4, -2, 0}, {0, -1, 0}},
          "one step too many is paid: the end is seen in the state after the step"},
         {{{2, -4, 3}, {3, -3, 0}, {0, -2, 1}, {0, -1, 2}},
          "what has ended comes to life again when it leaves the end"}},
        "the reward of every step up to and with the one that leads to the end, then 0");
    test.equal("which steps count there", tau.counts, {{1, 1, 1}, {1, 1, 0}, {0, 1, 0}, {0, 1, 0}},
               {{{{1, 1, 0}, {0, 1, 0}, {0, 1, 0}, {0, 1, 0}},
                 "the action that leads to the end was chosen by the policy, so it counts"},
                {{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}},
                 "what comes after the end was not lived through: it does not count"},
                {{{1, 1, 1}, {1, 1, 1}, {1, 1, 0}, {0, 1, 0}},
                 "one step too many counts: the end is seen in the state after the step"}},
               "1 for every step up to and with the one that leads to the end, then 0");

    // All of them end at once: there is one step, and it is paid.
    const double far = test.rng.uniform(2, 5);
    const Trajectories over =
        imagined(*make_env(Line{}), Matrix{{Scalar(far), Scalar(far)}}, Matrix{{1, 1}, {1, 1}});
    test.equal("two trajectories that end with their first step", over.reward.colwise().sum(),
               Matrix{{Scalar(far + 1), Scalar(far + 1)}}, {},
               "the one step that they have is paid, once");
  });
}
