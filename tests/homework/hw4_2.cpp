// Two trajectories of four steps, with gamma = 1/2.
#include "exercise.hpp"
#include "learners/policy_trainer.hpp"

using namespace mbrl;

int main() {
  return judge({"hw4.2", 3, "The reward-to-go"}, [](Test& test) {
    test.if_it_fails(
        "the last step has nothing behind it: its row t + 1 does not exist, nor does row -1");
    const Matrix reward{{1, 8}, {2, 0}, {4, 0}, {8, 16}};
    test.equal(
        "the reward-to-go of (1, 2, 4, 8) and (8, 0, 0, 16), one a column, gamma = 1/2",
        reward_to_go(reward, 0.5), {{4, 10}, {6, 4}, {8, 8}, {8, 16}},
        {{{{4, 10}, {3, 2}, {2, 2}, {1, 2}},
          "discounted from the start of the trajectory: it is gamma^(t' - t), not gamma^t'"},
         {{{15, 24}, {14, 16}, {12, 16}, {8, 16}}, "nothing is discounted"},
         {{{1, 8}, {2.5, 4}, {5.25, 2}, {10.625, 17}},
          "that adds up the past; an action can only change what is still to come"},
         {{{1, 8}, {3, 8}, {7, 8}, {15, 24}},
          "that adds up the past; an action can only change what is still to come"},
         {{{5, 8}, {2, 0}, {4, 0}, {16, 16}},
          "that adds up over trajectories: time goes down the rows, (T, B)"},
         {{{2, 8}, {4, 0}, {8, 8}, {8, 16}},
          "only the reward and the next one: in which order must the steps be visited?"},
         {{{3, 2}, {4, 4}, {4, 8}, {0, 0}}, "the reward of step t itself is missing in Q_t"},
         {{{4, 10}, {4, 10}, {4, 10}, {4, 10}},
          "that is the return of the whole trajectory at every step"},
         {{{1, 8}, {2, 0}, {4, 0}, {8, 16}}, "these are the rewards: nothing behind them is added"},
         {{{8, 16}, {6, 8}, {5, 4}, {3.5, 10}}, "the time runs backwards in the result"}},
        "Q_t = r_t + gamma r_{t+1} + gamma^2 r_{t+2} + ..., down each column");
    test.equal("a reward of 16 at the last of five steps, gamma = 1/4",
               reward_to_go(Matrix{{0}, {0}, {0}, {0}, {16}}, 0.25),
               {{0.0625}, {0.25}, {1}, {4}, {16}},
               {{{{0.0625}, {0.0625}, {0.0625}, {0.0625}, {0.0625}},
                 "discounted from the start of the trajectory: it is gamma^(t' - t), not gamma^t'"},
                {{{0}, {0}, {0}, {4}, {16}},
                 "only the reward and the next one: in which order must the steps be visited?"}},
               "a reward is worth gamma times as much one step earlier");
    test.equal("one trajectory of one step", reward_to_go(Matrix{{5.0}}, 0.5), 5, {},
               "the last step has nothing behind it: its reward-to-go is its reward");

    const Matrix some = test.rng.normal(6, 3);
    test.equal("gamma = 0: only the reward of the step itself", reward_to_go(some, 0), some, {},
               "the reward of the step itself is not discounted");
    test.equal("gamma = 1, at the first step: the sum of all rewards of each trajectory",
               reward_to_go(some, 1).row(0), some.colwise().sum(), {},
               "every later reward counts once, however long the trajectory is");
  });
}
