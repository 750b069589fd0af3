// p(theta | D): what is known of the model after the data, behind one interface.
//
// Lecture, "How can we have uncertainty-aware models?": predict according to
//
//   integral of p(y | x, theta) p(theta | D) dtheta   ~   1/N sum_i p(y | x, theta_i).
//
// A theta is one whole model, a network. An ensemble (ensemble.hpp), Bayes by Backprop
// (bayes_by_backprop.hpp), dropout (concrete_dropout.hpp), Hamiltonian Monte Carlo (hmc.hpp) and
// the exact answer for linear models (bayesian_linear_regression.hpp) all give thetas; what follows
// from them (moments, entropies, plans) is computed in the same way for all.
//
// x and y are what ModelIo encodes: normalised inputs, normalised changes of state.
#pragma once

#include "core/checkpoint.hpp"
#include "core/parallel.hpp"
#include "dynamics/training.hpp"
#include "nn/gaussian.hpp"
#include "nn/mlp.hpp"

namespace mbrl {

// What a model says about the noise of its target, the aleatoric part.
enum class Noise {
  none,     // nothing: y = mu(x), a deterministic model
  fixed,    // the same variance everywhere, given
  learned,  // sigma^2(x), more outputs of the network
};

// One model: p(y | x, theta) = N(mu(x), sigma^2(x)), independent in its n coordinates.
template <class M>
struct ThetaOf {
  Network<M> net;  // x to mu (n rows) and, if learned, below it the raw log-variance (n rows)
  Noise noise = Noise::learned;
  M min_log_var, max_log_var;  // (n, 1): the soft bounds if learned; both the value if fixed
};
using Theta = ThetaOf<Matrix>;

constexpr double kMinLogVar = -10, kMaxLogVar = 0.5;  // the bounds of PETS and MBPO, to begin with

// A theta from x (in) to y (out) around a fresh network. fixed_sd: for Noise::fixed
Theta make_theta(Index in, Index out, const MlpConfig& config, Noise noise, Rng& rng,
                 double fixed_sd = 1);

// Its parameters in a fixed order, W_1 b_1 W_2 b_2 ..., and after them, if wanted, the bounds.
std::vector<Matrix*> parameters(Theta& theta, bool with_bounds = false);
void archive(Archive& ar, Theta& theta);
// theta on a tape: its network's weights as parameters, and the bounds too if they are learned.
ThetaOf<Var> on_tape(Tape& tape, const Theta& theta, bool learned_bounds = false);
// Those parameters on the tape, in the order of parameters(theta, with_bounds).
std::vector<Var> leaves(const ThetaOf<Var>& theta, bool with_bounds);

// p(y | x, theta) for a batch.  x: (in, B)  returns mean and log-variance, (n, B); the log-variance
// of a deterministic model is -infinity
Gaussian predict(const Theta& theta, const Matrix& x);
GaussianOf<Var> predict(const ThetaOf<Var>& theta, const Var& x);
// The same where only x is on a tape: no gradient is wanted for theta, and it is not put there.
GaussianOf<Var> predict(const Theta& theta, const Var& x);

// The pairs that a posterior is fitted to.
struct RegressionData {
  Matrix x, y;                  // (in, N), (n, N)
  std::vector<Index> row;       // which row of D each is: what bootstrap weights depend on
  Matrix x_holdout, y_holdout;  // never trained on; for early stopping
};

class Posterior {
 public:
  virtual ~Posterior() = default;
  // Goes on from what was learned before.
  virtual FitReport fit(const RegressionData& data, Workers& workers) = 0;
  // theta_1, ..., theta_n ~ p(theta | D). An ensemble gives its members in turn, in random order,
  // so that with n >= N none is missing.
  virtual std::vector<Theta> sample(int n, Rng& rng) const = 0;
  // The same into thetas that are kept.
  virtual void sample_into(int n, Rng& rng, std::vector<Theta>& thetas) const {
    thetas = sample(n, rng);
  }
  // How many different thetas there are; 0: no end of them.
  virtual int size() const { return 0; }
  // The networks to rescale when the normalisation changes; empty: the fit copes by itself.
  virtual std::vector<Theta*> warm_started() { return {}; }
  virtual void archive(Archive& ar) = 0;
};

// What a fit has come to: to the report of its training are added rows, and the average over
// `thetas` of their errors on the holdout.
FitReport report_of(const std::vector<Theta>& thetas, const RegressionData& data,
                    FitReport training = {});

// Mean and variance of the mixture 1/N sum_i p(y | x, theta_i), by the law of total variance:
//
//   mean = E[mu_i],   var = E[sigma_i^2] (aleatoric) + Var[mu_i] (epistemic).    All (n, B).
struct Moments {
  Matrix mean, aleatoric, epistemic;
};
Moments moments(const std::vector<Theta>& thetas, const Matrix& x);

// The entropy of that mixture in nats, and what it is made of:
//
//   total H[1/N sum_i p_i] = expected E[H[p_i]] (aleatoric) + mutual information (epistemic),
//
// the last being what learning theta would tell about y: the mean of log p_i(y) - log 1/N sum_j
// p_j(y) over `draws` random y per theta, at most log N. (1, B) each; the mutual information with a
// deterministic model is not defined: NaN.
struct EntropySplit {
  Row total, expected, mutual;
};
EntropySplit entropy_split(const std::vector<Theta>& thetas, const Matrix& x, int draws, Rng& rng);

}  // namespace mbrl
