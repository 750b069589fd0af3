// Real transitions have reward 1, imagined ones 0, and what is left of an earlier batch 5.
#include "data/dataset.hpp"
#include "exercise.hpp"

using namespace mbrl;

namespace {

Dataset marked(double reward, int count) {
  Dataset D(1, 1);
  for (int k = 0; k < count; ++k) {
    const Vector s = Vector::Constant(1, k);
    D.append({s, s, Scalar(reward), s, false, false});
  }
  return D;
}

}  // namespace

int main() {
  return judge({"hw5.3", 3, "Real and imagined data in one batch"}, [](Test& test) {
    const Dataset real = marked(1, 40), imagined = marked(0, 5), earlier = marked(5, 1);
    Replay replay(Rng(test.rng.bits(), "replay"));
    replay.sample(earlier, 10);
    Batch batch;
    try {
      batch = replay.mixed(real, imagined, 10, 0.25);
    } catch (const std::logic_error&) {
      test.that(false, "the columns that are filled are 0 to 9 of ten",
                "too many imagined ones: together with the real ones there are count, the last "
                "argument of sample_into is how many and not up to where");
    }
    test.equal("ten, a quarter of them real: 1 where it is real, 0 where it is imagined",
               batch.reward, {{1, 1, 0, 0, 0, 0, 0, 0, 0, 0}},
               {{{{1, 1, 1, 1, 1, 1, 1, 0, 0, 0}},
                 "real_ratio is the share of the real ones, not of the imagined"},
                {{{1, 1, 1, 1, 1, 1, 1, 1, 0, 0}},
                 "real_ratio is the share of the real ones, not of the imagined"},
                {{{1, 1, 1, 0, 0, 0, 0, 0, 0, 0}},
                 "the number of real ones is rounded up; floor(2.5) is 2"},
                {{{0, 0, 0, 0, 0, 0, 0, 0, 1, 1}}, "the real ones come first"},
                {{{0, 0, 0, 0, 0, 0, 0, 0, 5, 5}},
                 "the imagined ones overwrite the real ones: both begin at column 0 (5 is what an "
                 "earlier batch has left)"},
                {{{1, 1, 5, 5, 5, 5, 5, 5, 5, 5}},
                 "the imagined ones are missing (5 is what an earlier batch has left)"},
                {{{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}}, "all are drawn from the real ones"},
                {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}, "all are drawn from the imagined ones"}},
               "first the real ones, then the imagined ones, and none from before");
    test.equal("how many of 256 are real, with a ratio of 0.05",
               double(replay.mixed(real, imagined, 256, 0.05).reward.sum()), 12,
               {{13, "12.8 is rounded up; floor(12.8) is 12"}}, "floor(0.05 * 256)");
    test.equal("how many of 7 are real, with a ratio of 0",
               double(replay.mixed(real, imagined, 7, 0).reward.sum()), 0, {}, "none are real");
    test.equal("how many of 7 are real, with a ratio of 1",
               double(replay.mixed(real, imagined, 7, 1).reward.sum()), 7, {}, "all are real");

    // Which ones.
    const Batch one = replay.mixed(real, imagined, 400, 0.5);
    const Batch two = replay.mixed(real, imagined, 400, 0.5);
    test.that(one.s == one.a && one.s == one.s_next,
              "s, a and s' of a column are of one transition",
              "they are drawn one by one; a transition is to stay together");
    test.that(one.s != two.s, "two batches hold different transitions",
              "the same is drawn every time: a copy of rng_ was used, which leaves rng_ itself "
              "where it was");
    test.equal("the last of the 40 real and of the 5 imagined ones that is drawn",
               Matrix{{one.s.leftCols(200).maxCoeff(), one.s.rightCols(200).maxCoeff()}}, {{39, 4}},
               {}, "any transition of the data set may be drawn, the newest too", 0.2);
  });
}
