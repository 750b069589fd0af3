#include "dynamics/hmc.hpp"

#include <chrono>

namespace mbrl {

// ---- the sampler, for any density ----

PhasePoint at_rest(const Potential& U, const Eigen::VectorXd& q) {
  PhasePoint at{q, Eigen::VectorXd::Zero(q.size()), Eigen::VectorXd::Zero(q.size())};
  at.U = U(at.q, at.gradient);
  return at;
}

void leapfrog(const Potential& U, PhasePoint& at, double step, int steps) {
  for (int k = 0; k < steps; ++k) {
    at.p -= step / 2 * at.gradient;
    at.q += step * at.p;
    at.U = U(at.q, at.gradient);
    at.p -= step / 2 * at.gradient;
  }
}

namespace {

void push(PhasePoint& at, Rng& rng) { at.p = rng.normal(at.q.size(), 1).col(0).cast<double>(); }

// min(1, exp(H_before - H_after)), the Metropolis test's probability; a proposal that is not finite
// never wins.
double acceptance(double H_before, double H_after) {
  const double ratio = std::exp(std::min(0.0, H_before - H_after));
  return std::isfinite(H_after) ? ratio : 0;
}

// A step size at which one step is accepted about half of the time (Hoffman & Gelman 2014,
// algorithm 4).
double reasonable_step(const Potential& U, PhasePoint start, Rng& rng) {
  push(start, rng);
  const auto accepted = [&](double step) {
    PhasePoint end = start;
    leapfrog(U, end, step, 1);
    return acceptance(start.energy(), end.energy()) > 0.5;
  };
  double step = 0.1;
  const bool larger = accepted(step);
  for (int k = 0; k < 50 && accepted(step) == larger; ++k) step *= larger ? 2 : 0.5;
  return step;
}

// Dual averaging: moves log step so that the mean acceptance becomes the target, ever less.
struct StepSize {
  double target, mu, log_step, log_mean = 0, deficit = 0;
  int m = 0;

  StepSize(double first, double target_acceptance)
      : target(target_acceptance), mu(std::log(10 * first)), log_step(std::log(first)) {}

  void update(double acceptance) {
    constexpr double gamma = 0.05, t0 = 10, kappa = 0.75;  // as in the paper
    ++m;
    deficit += (target - acceptance - deficit) / (m + t0);
    log_step = mu - std::sqrt(m) / gamma * deficit;
    const double weight = std::pow(m, -kappa);
    log_mean += weight * (log_step - log_mean);
  }
};

}  // namespace

HmcChain run_chain(const Potential& U, const Eigen::VectorXd& q, const HmcConfig& config,
                   Rng& rng) {
  PhasePoint here = at_rest(U, q);
  require_finite("the energy at the start of a chain", here.U);
  StepSize adapt(reasonable_step(U, here, rng), config.target_acceptance);
  HmcChain chain{Eigen::MatrixXd(q.size(), config.draws), Eigen::VectorXd(config.draws)};
  const int least = (config.leapfrog_steps + 1) / 2;

  for (int k = 0; k < config.warm_up + config.draws; ++k) {
    // Roll from here with a random push, a random number of steps, so that no orbit closes.
    PhasePoint proposal = here;
    push(proposal, rng);
    const double H = proposal.energy();
    const bool warming = k < config.warm_up;
    const double step = warming ? std::exp(adapt.log_step) : chain.step;
    const auto steps = least + static_cast<int>(rng.below(config.leapfrog_steps - least + 1));
    leapfrog(U, proposal, step, steps);

    // Stay there, or here.
    const double accept = acceptance(H, proposal.energy());
    if (double(rng.uniform()) < accept) here = std::move(proposal);

    if (warming) {
      adapt.update(accept);
      chain.step = std::exp(adapt.log_mean);
    } else {
      chain.draws.col(k - config.warm_up) = here.q;
      chain.U(k - config.warm_up) = here.U;
      chain.acceptance += accept / config.draws;
    }
  }
  return chain;
}

double potential_scale_reduction(const Eigen::MatrixXd& chains) {
  const Index n = chains.rows() / 2, m = 2 * chains.cols();
  Eigen::MatrixXd halves(n, m);
  halves << chains.topRows(n), chains.bottomRows(n);
  const Eigen::RowVectorXd mean = halves.colwise().mean();
  const double W = (halves.rowwise() - mean).squaredNorm() / double(m * (n - 1));
  const double B = double(n) * (mean.array() - mean.mean()).square().sum() / double(m - 1);
  return std::sqrt((double(n - 1) / double(n) * W + B / double(n)) / W);
}

// ---- the posterior of a network ----

Hmc::Hmc(Index in, Index out, const ModelConfig& model, const HmcConfig& config, std::uint64_t seed)
    : config_(config), seed_(seed) {
  const MlpConfig shape{model.hidden_layers, model.hidden_width, activation_from(model.activation),
                        Init::truncated_normal};
  Index dim = 0;
  for (int c = 0; c < config.chains; ++c) {
    Rng rng(seed, "initial weights of a chain", static_cast<std::uint64_t>(c));
    shape_ = make_theta(in, out, shape, config.noise, rng, config.fixed_sd);
    if (c == 0) {
      for (const Matrix* w : parameters(shape_)) dim += w->size();
      draws_.resize(dim, config.chains * config.draws);
    }
    Index first = 0;
    for (const Matrix* w : parameters(shape_)) {
      draws_.middleCols(c * config.draws, config.draws).middleRows(first, w->size()).colwise() =
          w->reshaped();
      first += w->size();
    }
  }
}

Theta Hmc::theta_of(const Eigen::VectorXd& q) const {
  Theta theta = shape_;
  Index first = 0;
  for (Matrix* w : parameters(theta)) {
    w->reshaped() = q.segment(first, w->size()).cast<Scalar>();
    first += w->size();
  }
  return theta;
}

// U(q) = -sum_i log p(y_i | x_i, q) + |q|^2 / (2 prior_sd^2), the sum in double.
Potential Hmc::potential(const RegressionData& data, Tape& tape) const {
  const double prior_precision = 1 / (config_.prior_sd * config_.prior_sd);
  return
      [this, &data, &tape, prior_precision](const Eigen::VectorXd& q, Eigen::VectorXd& gradient) {
        const Theta theta = theta_of(q);
        tape.clear();
        const ThetaOf<Var> taped = on_tape(tape, theta);
        const GaussianOf<Var> p = predict(taped, tape.constant(data.x));
        const Var nll = square(tape.constant(data.y) - p.mean) * exp(-p.log_var) + p.log_var;
        tape.backward(nll, Matrix::Constant(nll.rows(), nll.cols(), Scalar(0.5)));

        gradient = prior_precision * q;
        Index first = 0;
        for (const Matrix* slope : gradients(taped.net)) {
          gradient.segment(first, slope->size()) += slope->reshaped().cast<double>();
          first += slope->size();
        }
        const double likelihood =
            0.5 * (nll.value().cast<double>().sum() + double(data.y.size()) * double(kLog2Pi));
        return likelihood + prior_precision / 2 * q.squaredNorm();
      };
}

FitReport Hmc::fit(const RegressionData& data, Workers& workers) {
  const auto start = std::chrono::steady_clock::now();
  std::vector<HmcChain> chains(static_cast<std::size_t>(config_.chains));
  workers.for_each(config_.chains, [&](Index c) {
    Tape tape;
    Rng rng(seed_, "a chain", static_cast<std::uint64_t>(fits_ * config_.chains + c));
    const Eigen::VectorXd q = draws_.col((c + 1) * config_.draws - 1).cast<double>();
    chains[static_cast<std::size_t>(c)] = run_chain(potential(data, tape), q, config_, rng);
  });
  ++fits_;
  for (int c = 0; c < config_.chains; ++c)
    draws_.middleCols(c * config_.draws, config_.draws) =
        chains[static_cast<std::size_t>(c)].draws.cast<Scalar>();
  diagnose(data, chains);

  Rng judge(0, "holdout of Hamiltonian Monte Carlo");
  FitReport report = report_of(sample(10, judge), data);
  report.epochs = (config_.warm_up + config_.draws) * (3 * config_.leapfrog_steps + 3) / 4;
  for (const HmcChain& chain : chains)
    report.train_loss += chain.U.mean() / double(config_.chains * data.x.cols());
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

void Hmc::diagnose(const RegressionData& data, const std::vector<HmcChain>& chains) {
  // A network's weights have twins (swap two hidden units), so its chains are compared by what they
  // say, not by where they are.
  const Index points = std::min<Index>(20, data.x.cols());
  Matrix x(data.x.rows(), points);
  for (Index i = 0; i < points; ++i) x.col(i) = data.x.col(i * data.x.cols() / points);
  diagnostics_ = {};
  Eigen::MatrixXd U(config_.draws, config_.chains);
  std::vector<Eigen::MatrixXd> said(static_cast<std::size_t>(data.y.rows() * points), U);
  for (Index c = 0; c < config_.chains; ++c) {
    const HmcChain& chain = chains[static_cast<std::size_t>(c)];
    diagnostics_.acceptance += chain.acceptance / config_.chains;
    diagnostics_.step.push_back(chain.step);
    U.col(c) = chain.U;
    for (Index k = 0; k < config_.draws; ++k) {
      const Matrix mean = predict(theta_of(chain.draws.col(k)), x).mean;
      for (std::size_t i = 0; i < said.size(); ++i)
        said[i](k, c) = double(mean.data()[static_cast<Index>(i)]);
    }
  }
  diagnostics_.r_hat_potential = potential_scale_reduction(U);
  for (const Eigen::MatrixXd& s : said)
    diagnostics_.r_hat_prediction =
        std::max(diagnostics_.r_hat_prediction, potential_scale_reduction(s));
}

std::vector<Theta> Hmc::sample(int n, Rng& rng) const {
  std::vector<Theta> thetas;
  std::vector<Index> order;
  for (int k = 0; k < n; ++k) {
    if (order.empty()) order = rng.permutation(draws_.cols());
    thetas.push_back(theta_of(draws_.col(order.back()).cast<double>()));
    order.pop_back();
  }
  return thetas;
}

void Hmc::archive(Archive& ar) {
  ar.fixed_shape("draws of the weights", draws_);
  ar("fits", fits_);
  ar.require_count(fits_, "fits");
}

}  // namespace mbrl
