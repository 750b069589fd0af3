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
                {{{0.95, 1.05}}, "only the second mean is freed from its bias"},
                {{{1 - 0.5 * std::sqrt(1000.0), 1 + 0.5 * std::sqrt(1000.0)}},
                 "only the first mean is freed from its bias"}},
               "the first step has the size of the learning rate, whatever the gradient");
    test.equal(
        "1 after two steps with the gradients 1 and -1",
        after(adam, Matrix{{1.0}}, {Matrix{{1.0}}, Matrix{{-1.0}}}), 0.5 + 0.5 / 19,
        {{0.5 - 0.5 * 0.9 / 1.9, "the new gradient is not in the means when they are used"},
         {0.5 - 0.5 * 8 / 1.0, "beta and 1 - beta have changed places"}},
        "m <- beta1 m + (1 - beta1) g, v <- beta2 v + (1 - beta2) g^2, both divided by 1 - beta^t");
    adam.epsilon = 1;
    test.equal("1 after a step with the gradient 1 and epsilon = 1",
               after(adam, Matrix{{1.0}}, {Matrix{{1.0}}}), 0.75,
               {{1 - 0.5 / std::sqrt(2.0), "epsilon is added to the root, not under it"},
                {0.5, "epsilon is not there"}});

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
