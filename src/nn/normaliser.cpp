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

// z = (x - mean) / sd,  dx = dz / sd
Var Normaliser::normalise(const Var& x) const {
  Node& z = x.tape->append("normalise", {x.node});
  z.saved = sd;
  z.own = (x.value().colwise() - mean.col(0)).array().colwise() / sd.col(0).array();
  z.pull = [](Node& z) {
    add_adjoint(*z.in[0], z.adjoint.array().colwise() / z.saved.col(0).array());
  };
  return {x.tape, &z};
}

// x = z sd + mean,  dz = dx sd
Var Normaliser::restore(const Var& z) const {
  Node& x = z.tape->append("restore", {z.node});
  x.saved = sd;
  x.own = (z.value().array().colwise() * sd.col(0).array()).colwise() + mean.col(0).array();
  x.pull = [](Node& x) {
    add_adjoint(*x.in[0], x.adjoint.array().colwise() * x.saved.col(0).array());
  };
  return {z.tape, &x};
}

}  // namespace mbrl
