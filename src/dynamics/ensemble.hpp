// Bootstrap ensembles: train N models and see whether they agree.
//
// Lecture, "Bootstrap ensembles":  p(theta | D) ~ 1/N sum_i delta(theta_i),  theta_i trained on
// D_i, sampled with replacement from D. And "in deep learning": resampling is usually unnecessary,
// because random initial weights and the order of the minibatches make the models independent
// enough. Both are here; each member has its own initial weights, order, and optimiser.
#pragma once

#include <deque>

#include "dynamics/posterior.hpp"
#include "nn/adam.hpp"
#include "nn/losses.hpp"

namespace mbrl {

struct EnsembleConfig {
  int members = 5;
  Noise noise = Noise::learned;  // learned: a probabilistic ensemble; none: a deterministic one
  double fixed_sd = 1;           // for Noise::fixed
  bool resample = false;
  bool learned_bounds = false;
  int elite_members = 0;

  void list(Settings& field) {
    field("members", members, 1, 100, "step 2: N, models in the ensemble");
    field("resample", resample,
          "step 2: train each member on rows drawn with replacement (the bootstrap)");
    field("learned-bounds", learned_bounds,
          "step 2: train the soft bounds of the log-variance (else they stay at -10 and 0.5)");
    field("elite-members", elite_members, 0, 100,
          "step 3: plan with only so many members, those with the best holdout loss; 0: all");
    field.add_check([this] {
      if (elite_members > members)
        throw UserError("--elite-members " + std::to_string(elite_members) +
                        ": expected at most --members " + std::to_string(members));
    });
  }
};

// How often row i of D counts for a member under resampling with replacement: Poisson(1), which is
// what N draws out of N rows give for large N (36.8 % of the rows are absent). A fixed function of
// (seed, row, member), so that D_i keeps its rows as D grows.
int bootstrap_count(std::uint64_t seed, Index row, Index member);

class Ensemble : public Posterior {
 public:
  // x to y of (in) and (out) rows.
  Ensemble(Index in, Index out, const ModelConfig& model, const EnsembleConfig& config,
           std::uint64_t seed);

  // Every member on its own rows, until its own holdout loss stops improving. The loss is the mean
  // squared error if deterministic, else the negative log-likelihood.
  FitReport fit(const RegressionData& data, Workers& workers) override;
  std::vector<Theta> sample(int n, Rng& rng) const override;
  void sample_into(int n, Rng& rng, std::vector<Theta>& thetas) const override;
  std::vector<Theta*> warm_started() override;
  void archive(Archive& ar) override;

  int size() const override { return static_cast<int>(elites_.size()); }
  const Theta& member(int i) const { return members_[static_cast<std::size_t>(i)].theta; }
  // The members that are sampled, by number.
  const std::vector<int>& elites() const { return elites_; }

 private:
  struct Member {
    Theta theta;
    Adam adam;
    Rng shuffle;
    Tape tape;
    StoppedAt stopped;  // of the last fit
    double train_loss = 0, gradient_norm = 0;

    Member(Theta t, Rng order) : theta(std::move(t)), shuffle(std::move(order)) {}
  };
  void fit_member(Index i, const RegressionData& data);
  double one_pass(Member& member, const RegressionData& data, const std::vector<Index>& rows);
  double loss(const Theta& theta, const Matrix& x, const Matrix& y) const;

  ModelConfig model_;
  EnsembleConfig config_;
  std::uint64_t seed_;
  std::deque<Member> members_;  // a deque: a tape is not to be moved
  std::vector<int> elites_;
  mutable std::vector<Index> order_;  // room for sample_into
};

}  // namespace mbrl
