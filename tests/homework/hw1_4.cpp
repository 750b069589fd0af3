// Two steps by hand. In the first one both means, freed from their bias, are the gradient and its
// square, so that the step is the learning rate; with gradients 1 and -1 the second is 1/19 of it.
#include "exercise.hpp"
#include "nn/adam.hpp"

using namespace mbrl;

int main() {
  return judge({"hw1.4", 5, "Adam"}, [](Test& test) {
    const auto after = [](Adam adam, Matrix p, const std::vector<Matrix>& gradients) {
      for (Matrix g : gradients) adam.step({&p}, {&g});
      return p;
    };
    Adam adam;
    adam.learning_rate = 0.5, adam.epsilon = 1e-12;
    test.equal("parameters (1, 1) after a step with the gradient (4, -0.25), learning rate 0.5",
               after(adam, Matrix{{1, 1}}, {Matrix{{4, -0.25}}}), {{0.5, 1.5}},
               {{{{1.5, 0.5}}, "that is a step up the slope"},
                {{{-1, 1.125}},
                 "that is the gradient itself: it is divided by the root of its mean square"},
                {{{1 - 0.5 * std::sqrt(10.0), 1 + 0.5 * std::sqrt(10.0)}},
                 "the means begin at 0 and must be freed from that: divide by 1 - beta^t"},
                {{{0.95, 1.05}},
                 "only the second mean is freed from its bias, or v grows with beta1 and not with "
                 "beta2"},
                {{{-4, 6}}, "v is freed from its bias with beta1; it grows with beta2"},
                {{{1 - 0.5 * std::sqrt(1000.0), 1 + 0.5 * std::sqrt(1000.0)}},
                 "only the first mean is freed from its bias"}},
               "the first step has the size of the learning rate, whatever the gradient");
    test.equal(
        "1 after two steps with the gradients 1 and -1",
        after(adam, Matrix{{1.0}}, {Matrix{{1.0}}, Matrix{{-1.0}}}), 0.5 + 0.5 / 19,
        {{0.5 - 0.5 * 0.9 / 1.9, "the new gradient is not in the means when they are used"},
         {0.5 - 0.5 * 8 / 1.0, "beta and 1 - beta have changed places"},
         {0.5 + 0.5 * 0.000001 / 0.001999, "beta2 is used for m too: the mean of g has beta1"}},
        "m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g^2, both divided by 1 - beta^t");
    Adam quick = adam;  // m is 7/4 after the gradients 1 and 3, and v 39/16
    quick.beta1 = 0.5, quick.beta2 = 0.75;
    const auto second = [](double m, double v) { return 0.5 - 0.5 * m / std::sqrt(v); };
    test.equal("1 after the gradients 1 and 3, with beta1 = 1/2 and beta2 = 3/4",
               after(quick, Matrix{{1.0}}, {Matrix{{1.0}}, Matrix{{3.0}}}),
               second(7.0 / 3, 39.0 / 7),
               {{second(7.0 / 3, 19.0 / 3), "beta1 is used for v too: the mean of g^2 has beta2"},
                {second(15.0 / 7, 39.0 / 7), "beta2 is used for m too: the mean of g has beta1"},
                {second(0.39 / 0.19, 0.009999 / 0.001999),
                 "0.9 and 0.999 are written out: use beta1 and beta2"}},
               "m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g^2, both divided by "
               "1 - beta^t");
    adam.epsilon = 1;
    const std::string root = "epsilon is added to the root, not under it";
    test.equal("1 after a step with the gradient 1 and epsilon = 1",
               after(adam, Matrix{{1.0}}, {Matrix{{1.0}}}), 0.75,
               {{1 - 0.5 / std::sqrt(2.0), root},
                {1 - 0.5 / std::sqrt(1001.0), root + ", and after v is freed from its bias"},
                {1 - 0.5 / (1 + std::sqrt(1000.0)),
                 "v is freed from its bias before epsilon is added to its root, not after"},
                {0.5, "epsilon is not there"}},
               "learning_rate m / (sqrt(v) + epsilon), m and v freed from their bias");

    // Every parameter has its own means.
    Matrix p = test.rng.normal(2, 3), q = test.rng.normal(1, 2), alone = p;
    const Matrix g = test.rng.normal(2, 3), h = test.rng.normal(1, 2);
    Adam both, one;
    for (int t = 0; t < 3; ++t) {
      Matrix g_t = Scalar(t + 1) * g, h_t = h;
      both.step({&p, &q}, {&g_t, &h_t});
      one.step({&alone}, {&g_t});
    }
    test.equal("a parameter that is trained beside another one", p, alone, {},
               "m[k] and v[k] belong to parameter k");
  });
}
