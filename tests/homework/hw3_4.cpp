// Theta k adds 1 to coordinate k of the state, whatever s and a are. So the way of a particle shows
// which theta it met at each step.
#include "envs/all.hpp"
#include "exercise.hpp"
#include "planning/propagation.hpp"

using namespace mbrl;

namespace {

struct Given : Posterior {
  std::vector<Theta> thetas;
  FitReport fit(const RegressionData&, Workers&) override { return {}; }
  std::vector<Theta> sample(int n, Rng&) const override {
    return {thetas.begin(), thetas.begin() + n};
  }
  int size() const override { return static_cast<int>(thetas.size()); }
  void archive(Archive&) override {}
};

// The number of the theta that each of the particles meets at each step, (H, particles).
Matrix met(const char* propagation, int N, int particles, Index H, Rng& rng) {
  const auto env = make_env("point_mass");  // four coordinates, two actions
  auto given = std::make_unique<Given>();
  for (Index k = 0; k < N; ++k) {
    Theta theta;
    theta.noise = Noise::none;
    theta.min_log_var = theta.max_log_var = Matrix::Zero(4, 1);
    theta.net.layers.push_back({Matrix::Zero(4, 6), Matrix::Identity(4, 4).col(k)});
    given->thetas.push_back(theta);
  }
  const UncertainModel model(ModelIo(*env), std::move(given), 0.1, 1);
  PropagationConfig config;
  config.propagation = propagation, config.particles = particles;
  const auto s = imagined_states(model, Vector::Zero(4), Vector::Zero(2 * H), config, rng);
  Matrix theta(H, particles);
  for (Index t = 0; t < H; ++t) {
    const auto now = static_cast<std::size_t>(t);
    const Matrix change = t == 0 ? s[now] : s[now] - s[now - 1];
    for (Index i = 0; i < particles; ++i) {
      Index k;
      change.col(i).maxCoeff(&k);
      theta(t, i) = Scalar(k);
    }
  }
  return theta;
}

// How many particles of each step (a row) meet theta k.
Matrix meeting(const Matrix& theta, int k) {
  return (theta.array() == k).cast<Scalar>().rowwise().sum();
}

bool kept(const Matrix& theta) { return (theta.rowwise() - theta.row(0)).isZero(); }

}  // namespace

int main() {
  return judge({"hw3.4", 5, "Trajectory sampling: TS1 and TSinf"}, [](Test& test) {
    test.if_it_fails(
        "theta_of[i] is to be a number from 0 to N - 1, and theta_of of the step before, "
        "luck.theta_of[t - 1], is there only for t > 0");
    const Index H = 400;
    Matrix calls(50, 8);  // of TSinf, the first step of each
    for (Index call = 0; call < 50; ++call) calls.row(call) = met("TSinf", 4, 8, 1, test.rng);
    const Matrix one = met("TS1", 4, 8, H, test.rng), infinite = met("TSinf", 4, 8, H, test.rng);

    for (const Matrix& theta : {calls, one})
      for (int k = 0; k < 4; ++k)
        test.that((meeting(theta, k).array() == 2).all(),
                  "with 4 thetas and 8 particles, each theta is met by 2 particles at every step",
                  (theta.colwise() - theta.col(0)).isZero()
                      ? "all particles meet the same theta: then nothing tells what the thetas "
                        "disagree about"
                      : "the thetas have no equal share of the particles: a draw for each particle "
                        "by itself gives some theta more, another none");
    test.that(!kept(calls), "which particle meets which theta is another thing in the next call",
              "particle i always meets the same theta, i mod N perhaps: it is to be drawn");

    test.that(kept(infinite), "TSinf: each particle keeps its theta for the whole plan",
              kept(one) ? "TSinf and TS1 are swapped"
                        : "TSinf is drawn anew at every step, as TS1 should be");
    test.that(!kept(one), "TS1: a particle meets another theta at another step",
              "TS1 is drawn once and kept, as TSinf should be");

    // A particle meets each theta at a quarter of the steps, and the same one again after a
    // quarter.
    for (int k = 0; k < 4; ++k)
      test.that(((one.array() == k).cast<Scalar>().colwise().mean() - 0.25).abs().maxCoeff() < 0.15,
                "TS1: in the long run each particle meets every theta equally often",
                "some particles meet some thetas too often: permute all of the particles");
    const double again =
        (one.topRows(H - 1).array() == one.bottomRows(H - 1).array()).cast<double>().mean();
    test.that(std::abs(again - 0.25) < 0.1,
              "TS1: in a quarter of the steps a particle meets the theta of the step before",
              "the draw of a step depends on the last one: it is to be a fresh one");
    test.that((one.col(0).array() != one.col(4).array()).any() &&
                  (one.col(0).array() != one.col(1).array()).any(),
              "TS1: no two particles meet the same theta at every step",
              "some particles always go together, i and i + N perhaps: permute the particles, not "
              "the thetas");

    Matrix shares(H, 3);
    const Matrix uneven = met("TS1", 3, 7, H, test.rng);
    for (int k = 0; k < 3; ++k) shares.col(k) = meeting(uneven, k);
    test.that(shares.minCoeff() == 2 && shares.maxCoeff() == 3,
              "with 3 thetas and 7 particles, each theta is met by 2 or 3 of them at every step",
              "the particles that are left over go to different thetas");
  });
}
