// p(s' | s, a, theta) with theta ~ p(theta | D): a posterior over networks, put into the world's
// units.
//
// Lecture, "Uncertainty-aware neural net models".
#pragma once

#include <optional>

#include "data/dataset.hpp"
#include "dynamics/model_io.hpp"
#include "dynamics/posterior.hpp"
#include "dynamics/step.hpp"

namespace mbrl {

// What one theta says of s' (and of r, if the reward is learned): independent normals.
// M is Matrix, or Var to differentiate through it.
template <class M>
struct NextState {
  M mean, sd;                      // (state_dim, B), in the units of the state
  std::optional<RowOf<M>> reward;  // (1, B), the mean; nothing if the reward is known
};

class UncertainModel {
 public:
  // posterior: over networks from io.input_dim() to io.output_dim()
  UncertainModel(ModelIo io, std::unique_ptr<Posterior> posterior, double holdout,
                 std::uint64_t seed, bool fold_statistics = false)
      : io_(std::move(io)),
        posterior_(std::move(posterior)),
        holdout_(holdout),
        seed_(seed),
        fold_statistics_(fold_statistics) {}

  FitReport fit(const Dataset& D, Workers& workers);

  // theta_1, ..., theta_n ~ p(theta | D)
  std::vector<Theta> sample(int n, Rng& rng) const { return posterior_->sample(n, rng); }
  void sample_into(int n, Rng& rng, std::vector<Theta>& thetas) const {
    posterior_->sample_into(n, rng, thetas);
  }
  // How many thetas it takes to see them all, or `otherwise` where there is no end of them.
  int size_or(int otherwise) const { return posterior_->size() ? posterior_->size() : otherwise; }

  // p(s' | s, a, theta) for a batch.  s: (state_dim, B)  a: (action_dim, B)
  // Gradients, on a tape, go to s and a, none to theta.
  NextState<Matrix> predict(const Theta& theta, const Matrix& s, const Matrix& a) const;
  NextState<Var> predict(const Theta& theta, const Var& s, const Var& a) const;
  // The mixture of several thetas as one normal with the same mean and variance.
  NextState<Matrix> predict(const std::vector<Theta>& thetas, const Matrix& s,
                            const Matrix& a) const;

  // The step that ends in the s' that `next` holds as its mean: with the learned reward, or with
  // that of the world for going there.
  template <class M>
  Step<M> arrive(NextState<M>&& next, const M& s, const M& a) const {
    RowOf<M> reward = next.reward ? std::move(*next.reward) : io_.env().reward(s, a, next.mean);
    return {std::move(next.mean), std::move(reward)};
  }

  // s' ~ p(s' | s, a, theta), and r, with one of the thetas for each column: every theta gets an
  // equal share of them, at random. The same bits on any number of threads.
  Step<Matrix> sample_next(const std::vector<Theta>& thetas, const Matrix& s, const Matrix& a,
                           Rng& rng, Workers& workers) const;

  const ModelIo& io() const { return io_; }
  const Posterior& posterior() const { return *posterior_; }
  void archive(Archive& ar);

 private:
  template <class M>
  NextState<M> predict_either(const Theta& theta, const M& s, const M& a) const;

  ModelIo io_;
  std::unique_ptr<Posterior> posterior_;
  double holdout_;  // share of D kept aside
  std::uint64_t seed_;
  bool fold_statistics_;  // see ModelConfig
  bool fitted_ = false;   // before, the networks are as their initialisation meant them
};

}  // namespace mbrl
