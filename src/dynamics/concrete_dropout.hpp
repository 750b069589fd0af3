// Concrete dropout: a network some of whose inputs and units are missing, and p(theta | D) is
// which.
//
// Lecture, "Quick overview of Bayesian neural networks", names it for more: Gal, Hron & Kendall
// 2017. In front of every layer each unit is dropped with the layer's own probability p, and what
// is kept is scaled by 1 / (1 - p). A theta is the network with one choice of units: dropout is a
// posterior only if the same units stay away for a whole prediction. The loss per example is
//
//   -log p(y | x, theta) + 1/N sum_l [ l^2 / 2 |W_l|^2 / (1 - p_l) - d_l H(p_l) ],
//
//   H(p) = -p log p - (1 - p) log(1 - p),   d_l inputs of the layer,   prior N(0, 1/l^2),
//
// so that p is learned by gradient as well (their eqs. 2 to 4): the entropy H pulls it to 1/2, the
// data, once there are many, to 0.
#pragma once

#include "dynamics/fixed_passes.hpp"

namespace mbrl {

struct ConcreteDropoutConfig {
  Noise noise = Noise::learned;
  double fixed_sd = 1;  // for Noise::fixed
  double length_scale = 0.1;
  double initial_rate = 0.1;
  bool drop_inputs = true;
  double cool_down = 0.25;

  void list(Settings& field) {
    field("length-scale", length_scale, 0, 100,
          "step 2: l, one over the standard deviation of every weight before D");
    field("initial-rate", initial_rate, 1e-4, 0.9,
          "step 2: p of every layer, the share of units dropped, before training");
    field("drop-inputs", drop_inputs,
          "step 2: drop coordinates of x as well, not only hidden units");
    field("cool-down", cool_down, 0, 1,
          "step 2: last share of the epochs, in which the learning rate falls to zero");
  }
};

// How far each unit is dropped: z = sigmoid((logit p + logit u) / t), u uniform on (0, 1), which
// for temperature t -> 0 is 1 with probability p, else 0, and for t > 0 can be differentiated
// (their eq. 5).  logit_p: (1, 1)  logit_u: (d, B)  returns (d, B)
Var concrete_drop(const Var& logit_p, const Matrix& logit_u, Scalar temperature);
// logit u of uniform u, never infinite. (rows, cols)
Matrix logit_of_uniform(Index rows, Index cols, Rng& rng);
// The bracket above for one layer, in nats.  W: (out, d)  logit_p: (1, 1)  returns (1, 1)
Var dropout_regulariser(const Var& W, const Var& logit_p, double length_scale);

class ConcreteDropout : public Posterior {
 public:
  // x to y of `in` and `out` rows. Of `model` it takes the network's shape, learning_rate,
  // batch_size and epochs; there is no weight decay but the regulariser, and no patience.
  ConcreteDropout(Index in, Index out, const ModelConfig& model,
                  const ConcreteDropoutConfig& config, std::uint64_t seed);

  // Goes on from the present weights and rates for a fixed number of epochs. Throws Diverged when
  // the loss is no longer finite. FitReport::train_loss is the loss above, in nats per example.
  FitReport fit(const RegressionData& data, Workers& workers) override;
  // Each with hard masks, 0 or 1 / (1 - p), folded into the columns of every W.
  std::vector<Theta> sample(int n, Rng& rng) const override;
  void archive(Archive& ar) override;

  // p of every layer, from the input on; 0 for inputs that are never dropped.
  std::vector<double> rates() const;

 private:
  std::size_t first_dropped() const { return config_.drop_inputs ? 0 : 1; }  // layer
  Var forward_with_drops(const Network<Var>& net, const Var& logit_p, Var x);
  std::vector<Matrix*> trained();  // weights and rates

  ConcreteDropoutConfig config_;
  FixedPasses passes_;
  Theta full_;      // nothing dropped, nothing scaled
  Matrix logit_p_;  // (layers, 1)
  Rng masks_;
};

}  // namespace mbrl
