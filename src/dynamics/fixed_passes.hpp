// Training without early stopping: a fixed number of passes over the data, in the last of which the
// step size falls to zero. For posteriors whose own loss keeps them from overfitting.
#pragma once

#include "dynamics/posterior.hpp"
#include "nn/adam.hpp"

namespace mbrl {

class FixedPasses {
 public:
  FixedPasses(const ModelConfig& model, double cool_down, Rng shuffle)
      : model_(model), cool_down_(cool_down), shuffle_(std::move(shuffle)) {}

  // The loss of a minibatch, (1, 1), on the given tape. What gradients are wanted for is appended
  // to `leaves`, in the order of `trained`.  x: (in, B)  y: (out, B)
  using Loss =
      std::function<Var(Tape& tape, const Matrix& x, const Matrix& y, std::vector<Var>& leaves)>;

  // Descends the mean of the minibatches' losses. Throws Diverged, with the name, when it is no
  // longer finite. Of the report it fills what belongs to the training, not to the holdout.
  FitReport descend(const std::string& name, const RegressionData& data,
                    const std::vector<Matrix*>& trained, const Loss& loss);

  void archive(Archive& ar, const std::vector<Matrix*>& trained);

 private:
  double one_pass(const RegressionData& data, const std::vector<Matrix*>& trained,
                  const Loss& loss);

  ModelConfig model_;
  double cool_down_;
  Rng shuffle_;
  Adam adam_;
  Tape tape_;
  double gradient_norm_ = 0;  // at the last step
};

}  // namespace mbrl
