// Time-varying linear models: another linear model for every time step of an episode,
//
//   s_{t+1} = s_t + A_t s_t + B_t a_t + c_t + noise,   noise ~ N(0, diag(sd_t^2)),
//
// the model that Gu et al. 2016 imagine with. Right near the trajectories that it was fitted to,
// and only there.
#pragma once

#include "data/dataset.hpp"

namespace mbrl {

class TimeVaryingLinear {
 public:
  // window: time steps to either side that are fitted along, so that few episodes suffice
  // ridge: shrinks A_t and B_t, as so many transitions in which nothing changes would
  explicit TimeVaryingLinear(int window = 3, double ridge = 0.01)
      : window_(window), ridge_(ridge) {}

  // Least squares on some episodes, each a batch whose column t is the step from t to t + 1. Angles
  // count on without wrapping, so that differences are small.
  void fit(const std::vector<Batch>& episodes);

  // Up to which time step there are data: t = 0, ..., length() - 1.
  Index length() const { return static_cast<Index>(models_.size()); }
  // s_{t+1}, without noise, and its standard deviation. Throws UserError for t without data.
  // s: (n)  a: (m)
  Vector mean(Index t, const Vector& s, const Vector& a) const;
  Vector sd(Index t) const;
  // A_t, B_t and c_t side by side, (n, n + m + 1)
  Matrix coefficients(Index t) const;

  // Whether it is of states with n coordinates and actions with m.
  bool fits(Index n, Index m) const;

  void archive(Archive& ar) { ar.list("step", models_); }

 private:
  struct Model {
    Matrix W;   // (n, n + m + 1)
    Vector sd;  // (n)

    void archive(Archive& ar) { ar("W", W), ar("sd", sd); }
  };
  const Model& at(Index t) const;

  int window_;
  double ridge_;
  std::vector<Model> models_;
};

}  // namespace mbrl
