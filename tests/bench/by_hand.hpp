// Two training steps written out by hand, without the tape: what `make bench` holds the tape
// against.
//
// Every derivative is spelled out below, every buffer has its place;
// tests/algorithms/test_by_hand.cpp sees that the weights come out as with the tape. Read the
// versions with the tape first.
#pragma once

#include "dynamics/ensemble.hpp"
#include "learners/sac.hpp"
#include "learners/squashed_gaussian.hpp"

namespace mbrl::by_hand {

using Numbers = Eigen::Array<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

inline Numbers softplus_of(const Numbers& x) {
  return x.cwiseMax(Scalar(0)) + (-x.abs()).exp().log1p();
}

// A network with its buffers and its gradients.
struct Net {
  Net(const Mlp& mlp, double learning_rate) : net(mlp) {
    const std::size_t n = net.layers.size();
    y.resize(n), sigmoid.resize(n), dz.resize(n), dW.resize(n), db.resize(n);
    for (std::size_t l = 0; l < n; ++l) {
      slopes.push_back(&dW[l]), slopes.push_back(&db[l]);
      weights.push_back(&net.layers[l].W), weights.push_back(&net.layers[l].b);
    }
    adam.learning_rate = static_cast<Scalar>(learning_rate);
  }
  Net(const Net&) = delete;  // pointers into itself

  // x: (in, B), kept by the caller until backward()
  const Matrix& forward(const Matrix& x) {
    for (std::size_t l = 0; l < y.size(); ++l) {
      const Matrix& in = l == 0 ? x : y[l - 1];
      const auto& [W, b] = net.layers[l];
      y[l].resize(W.rows(), in.cols());
      y[l].colwise() = b.col(0);
      y[l].noalias() += W * in;
      if (l + 1 == y.size()) break;
      if (net.activation == Activation::relu) {
        y[l] = y[l].cwiseMax(Scalar(0));
      } else {  // silu
        sigmoid[l] = y[l].array().logistic();
        y[l].array() *= sigmoid[l].array();
      }
    }
    return y.back();
  }

  // From dL/dy of the last forward(x) to dL/dW and dL/db, unless only dL/dx is wanted.
  void backward(const Matrix& x, const Matrix& dy, bool with_weights, Matrix* dx) {
    for (std::size_t l = y.size(); l-- > 0;) {
      const Matrix* down = &dy;
      if (l + 1 < y.size()) {
        Matrix& d = dz[l];
        if (net.activation == Activation::relu)
          d = d.binaryExpr(y[l], [](Scalar slope, Scalar v) { return v > 0 ? slope : Scalar(0); });
        else
          d.array() *= sigmoid[l].array() + y[l].array() * (1 - sigmoid[l].array());
        down = &d;
      }
      if (with_weights) {
        dW[l].noalias() = *down * (l == 0 ? x : y[l - 1]).transpose();
        db[l] = down->rowwise().sum();
      }
      Matrix* below = l == 0 ? dx : &dz[l - 1];
      if (below) below->noalias() = net.layers[l].W.transpose() * *down;
    }
  }

  void descend() { adam.step(weights, slopes); }

  Mlp net;
  std::vector<Matrix> y, sigmoid, dz, dW, db;
  std::vector<Matrix*> weights, slopes;
  Adam adam;
};

// One member of an ensemble: mean and log-variance between two fixed bounds.
struct Member {
  Member(const Theta& theta, const ModelConfig& config)
      : net(theta.net, config.learning_rate),
        low(theta.min_log_var),
        high(theta.max_log_var),
        decay(theta.net.layers.size(), static_cast<Scalar>(config.weight_decay)) {}

  // One step down the negative log-likelihood of some columns.  x: (in, N)  y: (n, N)
  void step(const Matrix& all_x, const Matrix& all_y, const std::vector<Index>& batch) {
    x = all_x(every, batch), y = all_y(every, batch);
    const Matrix& out = net.forward(x);
    const Index n = y.rows(), B = y.cols();
    // v = low + softplus(u - low),  u = high - softplus(high - raw)
    raw = out.bottomRows(n).array();
    u = (-raw).colwise() + high.col(0).array();
    slope_high = u.logistic();
    u = (-softplus_of(u)).colwise() + high.col(0).array();
    v = u.colwise() - low.col(0).array();
    slope_low = v.logistic();
    v = softplus_of(v).colwise() + low.col(0).array();
    // L = mean of 1/2 (log 2 pi + v + e^2 exp(-v)),  e = y - mean
    e = y.array() - out.topRows(n).array();
    precision = (-v).exp();
    const auto share = 1 / static_cast<Scalar>(n * B);
    dy.resize(2 * n, B);
    dy.topRows(n) = -share * e * precision;
    dy.bottomRows(n) = share / 2 * (1 - e.square() * precision) * slope_low * slope_high;
    net.backward(x, dy, true, nullptr);
    add_weight_decay(decay, net.weights, net.slopes);
    net.descend();
  }

  Net net;
  Matrix low, high;
  std::vector<Scalar> decay;
  Matrix x, y, dy;
  Numbers raw, u, v, e, precision, slope_high, slope_low;
};

// A SAC update on one thread, of networks that see features and actions in the unit box.
struct Sac {
  Sac(const Mlp& pi, const Mlp& Q_1, const Mlp& Q_2, const LearnerConfig& c)
      : config(c),
        actor(pi, c.learning_rate),
        critics{{{Q_1, c.learning_rate}, {Q_2, c.learning_rate}}},
        targets{{{Q_1, 0}, {Q_2, 0}}} {
    alpha_adam.learning_rate = static_cast<Scalar>(c.learning_rate);
  }

  // x, x_next: features of s and s'  c: (m, B), unit box  eps_next, eps: N(0, 1), (m, B)
  void update(const Matrix& x, const Matrix& c, const Row& reward, const Mask& terminated,
              const Matrix& x_next, const Matrix& eps_next, const Matrix& eps) {
    const Index B = x.cols(), m = c.rows();
    const auto share = 1 / static_cast<Scalar>(B);
    const auto alpha = std::exp(log_alpha(0, 0));

    // y = r + gamma (1 - terminated) (min Q'(s', a') - alpha log pi(a' | s'))
    act(x_next, eps_next);
    stack_into(x_a, x_next, action);
    const Row next_1 = targets[0].forward(x_a).row(0), next_2 = targets[1].forward(x_a).row(0);
    value = next_1.min(next_2) - alpha * log_pi;
    y = reward + terminated.select(Scalar(0), static_cast<Scalar>(config.discount) * value);

    // critics: L = sum of (Q - y)^2 / 2 B
    stack_into(x_a, x, c);
    for (Net& critic : critics) {
      miss = (critic.forward(x_a).row(0).array() - y) * share;
      critic.backward(x_a, miss, true, nullptr);
      critic.descend();
    }

    // actor: L = mean of alpha log pi - min Q
    act(x, eps);
    stack_into(x_a, x, action);
    const Row Q_1 = critics[0].forward(x_a).row(0), Q_2 = critics[1].forward(x_a).row(0);
    for (int i : {0, 1}) {
      const Row &mine = i == 0 ? Q_1 : Q_2, &other = i == 0 ? Q_2 : Q_1;
      // Of two equal ones the first is the smaller.
      const Mask smaller = i == 0 ? Mask(mine <= other) : Mask(mine < other);
      dQ = smaller.select(Row::Constant(B, -share), Scalar(0)).matrix();
      critics[std::size_t(i)].backward(x_a, dQ, false, i == 0 ? &dx_1 : &dx_2);
    }
    // tanh: dc/du = 1 - c^2;  d log pi / du = 2 c, and -1 for log sd
    const auto dc = (dx_1.bottomRows(m) + dx_2.bottomRows(m)).array();
    const auto t = action.array();
    dout.resize(2 * m, B);
    dout.topRows(m) = 2 * alpha * share * t + dc * (1 - t.square());
    const auto raw = actor.y.back().bottomRows(m).array();
    dout.bottomRows(m) = (raw >= -20 && raw <= 2)
                             .select(dout.topRows(m).array() * sd * eps.array() - alpha * share,
                                     Matrix::Zero(m, B).array());
    actor.backward(x, dout, true, nullptr);
    actor.descend();

    slope_of_alpha(0, 0) =
        -(log_pi.mean() + static_cast<Scalar>(config.target_entropy * double(m)));
    alpha_adam.step({&log_alpha}, {&slope_of_alpha});
    for (std::size_t i : {0, 1}) soft_update(targets[i].net, critics[i].net, config.target_rate);
  }

  // action = tanh(u), u = mu + sd eps, and log pi
  void act(const Matrix& x, const Matrix& eps) {
    const Matrix& out = actor.forward(x);
    const Index m = eps.rows();
    const Numbers log_sd = out.bottomRows(m).array().cwiseMax(Scalar(-20)).cwiseMin(Scalar(2));
    sd = log_sd.exp();
    u = out.topRows(m).array() + sd * eps.array();
    action = u.tanh();
    log_pi = (-log_sd - eps.array().square() / 2 - kLog2Pi / 2 -
              2 * (std::log(Scalar(2)) - u - softplus_of(-2 * u)))
                 .colwise()
                 .sum();
  }

  static void stack_into(Matrix& y, const Matrix& top, const Matrix& bottom) {
    y.resize(top.rows() + bottom.rows(), top.cols());
    y.topRows(top.rows()) = top, y.bottomRows(bottom.rows()) = bottom;
  }

  LearnerConfig config;
  Net actor;
  std::array<Net, 2> critics, targets;
  Matrix log_alpha = Matrix::Zero(1, 1), slope_of_alpha = log_alpha;
  Adam alpha_adam;
  Matrix x_a, action, miss, dQ, dx_1, dx_2, dout;
  Numbers sd, u;
  Row log_pi, value, y;
};

}  // namespace mbrl::by_hand
