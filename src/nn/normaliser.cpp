#include "nn/normaliser.hpp"

namespace mbrl {

void Normaliser::fit(const Matrix& x) {
  const Eigen::MatrixXd wide = x.cast<double>();  // sums of many floats need the digits
  const Eigen::VectorXd center = wide.rowwise().mean();
  const Eigen::VectorXd spread =
      ((wide.colwise() - center).rowwise().squaredNorm() / double(x.cols())).cwiseSqrt();
  mean = center.cast<Scalar>();
  sd = spread.cast<Scalar>();
  for (Index i = 0; i < sd.size(); ++i) {
    const double floor = 1e-6 * std::max(1e-2, std::abs(center(i)));
    if (!(spread(i) > floor)) sd(i) = 1;
  }
}

Matrix Normaliser::normalise(const Matrix& x) const {
  return (x.colwise() - mean.col(0)).array().colwise() / sd.col(0).array();
}

Matrix Normaliser::restore(const Matrix& z) const {
  return (z.array().colwise() * sd.col(0).array()).colwise() + mean.col(0).array();
}

Var Normaliser::normalise(const Var& x) const {
  const Var m = x.tape->constant(mean), s = x.tape->constant(sd);
  return (x - broadcast_columns(m, x.cols())) / broadcast_columns(s, x.cols());
}

Var Normaliser::restore(const Var& z) const {
  const Var m = z.tape->constant(mean), s = z.tape->constant(sd);
  return z * broadcast_columns(s, z.cols()) + broadcast_columns(m, z.cols());
}

}  // namespace mbrl
