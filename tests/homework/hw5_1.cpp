// Small counts, whose means can be seen: four observations of a pair, and V = (-, 10, 20, 1000).
#include "dynamics/tabular.hpp"
#include "exercise.hpp"

using namespace mbrl;

namespace {

double V(Index s) { return s == 1 ? 10 : s == 2 ? 20 : 1000; }

}  // namespace

int main() {
  return judge({"hw5.1", 4, "The expected Q-update"}, [](Test& test) {
    TabularModel model(4, 2);
    for (const double r : {1.0, 2.0, 0.0}) model.update(0, 0, r, 1, false, 1);
    model.update(0, 0, 5, 2, false, 1);
    test.equal(
        "three times to s' = 1, with rewards 1, 2, 0, and once to s' = 2, with 5; gamma = 1/2, "
        "V(1) = 10, V(2) = 20",
        model.expected(0, 0, V, 0.5), 8.25,
        {{10.25,
          "the rewards are divided by the number of outcomes; what they are sums over is "
          "observations, which are counted"},
         {10.5, "every outcome weighs the same, however often it came; its count should weigh it"},
         {9.75,
          "Outcome.reward is already a sum over the count; weighed with it again, it counts twice"},
         {14.25, "the rewards are added up and not averaged"},
         {27, "the values to come are weighed by counts, which do not sum to 1"},
         {7.25, "the discount is on the reward too; it belongs to V(s') alone"},
         {14.5, "there is no discount on V(s')"},
         {6, "only the most likely outcome is looked at; the expectation is over all of them"},
         {8, "only the most likely outcome is looked at; the expectation is over all of them"},
         {2, "the reward is there, and V(s') is not, although nothing has ended"},
         {6.25, "the reward is missing"}},
        "the mean of r + gamma V(s') over the four observations");

    model.update(0, 1, 0, 1, false, 1);
    for (int k = 0; k < 3; ++k) model.update(0, 1, 1, 3, true, 1);
    test.equal(
        "once to s' = 1, with reward 0, and three times to the end, s' = 3, with 1; V(3) = 1000",
        model.expected(0, 1, V, 0.5), 2,
        {{377, "terminated is not looked at: there is no V(s') behind an end"},
         {375.75, "the mask is the wrong way round: only what lies behind the end is counted"},
         {1.25, "an outcome that ends the episode has a reward all the same"},
         {5.75,
          "the ends are missing from the weights: p-hat(s' | s, a) is a share of all "
          "observations, the ends among them"},
         {0.75, "one end among the outcomes takes V(s') away from all of them"}},
        "an outcome that is terminated gives its reward, and nothing after it");

    TabularModel fading(4, 1, 0.5);  // the older of two observations is worth a half
    fading.update(0, 0, 4, 1, false, 1);
    fading.update(0, 0, 0, 2, false, 2);
    test.equal(
        "old counts that fade: counts 1/2 and 1, rewards 2 and 0", fading.expected(0, 0, V, 0.5),
        29.0 / 3,
        {{7.25, "there were two observations, but their counts are 1/2 and 1, together 1.5"}},
        "counts need not be whole numbers when old ones fade");

    TabularModel any(6, 1);
    for (int k = 0; k < 20; ++k)
      any.update(0, 0, double(test.rng.uniform(-1, 1)), test.rng.below(6), false, k);
    const auto flat = [](Index) { return 0.0; };
    const auto raised = [](Index) { return 3.0; };
    test.equal("V greater by 3 everywhere, gamma = 0.9, 20 random observations: how much greater",
               any.expected(0, 0, raised, 0.9) - any.expected(0, 0, flat, 0.9), 2.7, {},
               "the probabilities of the outcomes do not sum to 1");
  });
}
