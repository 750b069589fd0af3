#include "nn/adam.hpp"

namespace mbrl {

void add_weight_decay(const std::vector<Scalar>& decay, const std::vector<Matrix*>& parameters,
                      const std::vector<Matrix*>& gradients) {
  if (2 * decay.size() != parameters.size())
    throw UserError("weight decay needs one value per layer: got " + std::to_string(decay.size()) +
                    " for " + std::to_string(parameters.size() / 2) + " layers");
  for (std::size_t l = 0; l < decay.size(); ++l)
    if (decay[l] > 0) *gradients[2 * l] += decay[l] * *parameters[2 * l];
}

Scalar gradient_norm(const std::vector<Matrix*>& gradients) {
  double squares = 0;
  for (const Matrix* g : gradients) squares += double(g->squaredNorm());
  if (std::isfinite(squares)) return static_cast<Scalar>(std::sqrt(squares));
  // The squares of large entries overflow, in float from 1e19 on, where the norm need not.
  Scalar largest = 0;
  for (const Matrix* g : gradients)
    if (g->size() > 0) largest = std::max(largest, g->cwiseAbs().maxCoeff());
  if (!std::isfinite(largest)) return largest;
  squares = 0;
  for (const Matrix* g : gradients) squares += double((*g / largest).squaredNorm());
  return largest * static_cast<Scalar>(std::sqrt(squares));
}

Scalar clip_gradients(Scalar max_norm, const std::vector<Matrix*>& gradients) {
  const Scalar norm = gradient_norm(gradients);
  if (!std::isfinite(norm)) throw Diverged("the norm of the gradients is no longer finite");
  if (norm > max_norm)
    for (Matrix* g : gradients) *g *= max_norm / norm;
  return norm;
}

void Adam::step(const std::vector<Matrix*>& parameters, const std::vector<Matrix*>& gradients) {
  if (parameters.size() != gradients.size())
    throw UserError("Adam was given " + std::to_string(parameters.size()) + " parameters and " +
                    std::to_string(gradients.size()) + " gradients");
  if (m.empty()) begin_means(parameters);
  ++t;
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const Matrix& g = *gradients[k];
    require_shape("gradient", g, parameters[k]->rows(), parameters[k]->cols());
    // BEGIN SOLUTION hw1.4 (about 6 lines)
    const Scalar unbias1 = 1 / (1 - std::pow(beta1, static_cast<Scalar>(t)));
    const Scalar unbias2 = 1 / (1 - std::pow(beta2, static_cast<Scalar>(t)));
    m[k] = beta1 * m[k] + (1 - beta1) * g;
    v[k].array() = beta2 * v[k].array() + (1 - beta2) * g.array().square();
    parameters[k]->array() -=
        learning_rate * (unbias1 * m[k].array()) / ((unbias2 * v[k].array()).sqrt() + epsilon);
    // END SOLUTION
  }
}

void Adam::begin_means(const std::vector<Matrix*>& parameters) {
  m.clear(), v.clear();
  for (const Matrix* p : parameters) {
    m.push_back(Matrix::Zero(p->rows(), p->cols()));
    v.push_back(Matrix::Zero(p->rows(), p->cols()));
  }
}

void Adam::archive(Archive& ar, const std::vector<Matrix*>& parameters) {
  ar("steps", t);
  ar.require_count(t, "steps");
  if (t == 0) return;
  if (ar.loading()) begin_means(parameters);
  for (std::size_t k = 0; k < m.size(); ++k) {
    ar.fixed_shape("mean " + std::to_string(k), m[k]);
    ar.fixed_shape("mean square " + std::to_string(k), v[k]);
  }
}

}  // namespace mbrl
