#include "dynamics/fixed_passes.hpp"

#include <chrono>

namespace mbrl {

FitReport FixedPasses::descend(const std::string& name, const RegressionData& data,
                               const std::vector<Matrix*>& trained, const Loss& loss) {
  const auto start = std::chrono::steady_clock::now();
  FitReport report;
  for (int epoch = 0; epoch < model_.epochs; ++epoch) {
    adam_.learning_rate =
        static_cast<Scalar>(cooled(model_.learning_rate, epoch, model_.epochs, cool_down_));
    report.train_loss = one_pass(data, trained, loss);
    require_finite("the loss of " + name, report.train_loss);
  }
  report.epochs = model_.epochs, report.gradient_norm = gradient_norm_;
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return report;
}

double FixedPasses::one_pass(const RegressionData& data, const std::vector<Matrix*>& trained,
                             const Loss& loss) {
  const Index N = data.x.cols();
  std::vector<Var> leaves;
  double total = 0;
  for_minibatches(N, model_.batch_size, shuffle_, [&](const std::vector<Index>& batch) {
    tape_.clear();
    leaves.clear();
    const Var L = loss(tape_, data.x(every, batch), data.y(every, batch), leaves);
    tape_.backward(L);
    const std::vector<Matrix*> slopes = adjoints(leaves);
    adam_.step(trained, slopes);
    gradient_norm_ = double(gradient_norm(slopes));
    total += double(L.value()(0, 0)) * double(batch.size());
  });
  return total / double(N);
}

void FixedPasses::archive(Archive& ar, const std::vector<Matrix*>& trained) {
  ar("shuffle", shuffle_);
  ar.inside("adam", [&] { adam_.archive(ar, trained); });
}

}  // namespace mbrl
