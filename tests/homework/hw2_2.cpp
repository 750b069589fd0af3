// Rows whose u is known: 0.213, 0.495, 0.798, 0.957, 0.983, 0.9983 and 0.99955 (to be seen with a
// print of u). And what holds of Poisson(1): mean 1, variance 1, 36.8 % zeros.
#include "dynamics/ensemble.hpp"
#include "exercise.hpp"

using namespace mbrl;

int main() {
  return judge({"hw2.2", 3, "The bootstrap"}, [](Test& test) {
    Row counts(7);
    Index k = 0;
    for (const Index row : {0, 1, 5, 16, 98, 178, 777}) counts(k++) = bootstrap_count(1, row, 0);
    test.equal(
        "how often rows with u = 0.213, 0.495, 0.798, 0.957, 0.983, 0.9983 and 0.99955 count",
        counts, {{0, 1, 2, 3, 4, 5, 6}},
        {{{{1, 1, 1, 1, 1, 1, 1}}, "every row is in D_i exactly once: nothing is resampled"},
         {{{0, 0, 0, 0, 0, 0, 0}}, "count is still 0, whatever u is"},
         {{{0, 1, 1, 1, 1, 1, 1}},
          "a row is in D_i once at most; drawn with replacement, it may come again and again"},
         {{{1, 1, 0, 0, 0, 0, 0}},
          "a row is in D_i once at most, and only if u is small; it may come again and again"},
         {{{1, 2, 3, 4, 5, 6, 7}},
          "off by one: the smallest values of u, a share of 36.8 %, are rows that count 0 times"},
         {{{0, 1, 2, 2, 2, 2, 2}},
          "p(k) is that of k = 0 for all k; Poisson(1) has p(k) = p(k - 1) / k"},
         {{{0, 20, 20, 20, 20, 20, 20}},
          "u is compared with p(k) alone; compare it with p(0) + ... + p(k)"}},
        "the smallest k with u < p(0) + ... + p(k), where p(k) = 1 / (e k!)");

    // 20000 rows of another bootstrap; the tolerances are eight standard errors.
    const std::uint64_t seed = test.rng.bits();
    const Index n = 20000;
    Row first(n), second(n);
    for (Index i = 0; i < n; ++i)
      first(i) = bootstrap_count(seed, i, 0), second(i) = bootstrap_count(seed, i, 1);
    test.equal("the share of rows that a member never sees", (first == 0).cast<double>().mean(),
               0.3679, {}, "1 / e of the rows have count 0", 0.03);
    test.equal("how often a row counts on average", first.mean(), 1,
               {{2, "off by one"}, {0.632, "a row may count more than once"}},
               "N draws from N rows: D_i is as large as D", 0.06);
    test.equal("the variance of that", (first - 1).square().mean(), 1, {},
               "Poisson(1) has variance 1: some rows count three times, or four", 0.1);
    test.equal("the share of rows that neither of two members sees",
               (first == 0 && second == 0).cast<double>().mean(), 0.1353,
               {{0.3679, "all members have the same D_i: the count is to come from u alone"}},
               "two members draw independently of each other", 0.03);
  });
}
