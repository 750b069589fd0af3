#include "data/dataset.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace mbrl;

namespace test_dataset {

// Transition number i carries i in all its parts.
Transition numbered(int i) {
  const auto x = static_cast<Scalar>(i);
  return {Vector::Constant(2, x),
          Vector::Constant(1, x + Scalar(0.25)),
          x + Scalar(0.5),
          Vector::Constant(2, x + 1),
          i % 3 == 0,
          i % 3 == 1};
}

Batch numbered(int first, int count) {
  Dataset D(2, 1);
  for (int i = first; i < first + count; ++i) D.append(numbered(i));
  std::vector<Index> all;
  for (Index i = 0; i < count; ++i) all.push_back(i);
  return D.batch(all);
}

// Which numbers are in there, by drawing many.
std::set<int> contents(const Dataset& D) {
  Rng rng(1, "contents");
  const Matrix s = D.random_states(60 * D.size(), rng);
  std::set<int> all;
  for (Index j = 0; j < s.cols(); ++j) all.insert(static_cast<int>(s(0, j)));
  return all;
}

std::set<int> from_to(int first, int last) {
  std::set<int> all;
  for (int i = first; i <= last; ++i) all.insert(i);
  return all;
}

TEST_CASE("a transition comes out as it went in, terminated and truncated apart") {
  Dataset D(2, 1);
  for (int i = 0; i < 600; ++i) D.append(numbered(i));
  REQUIRE(D.size() == 600);
  const Batch batch = D.batch({7, 599, 0, 301});
  const int expected[] = {7, 599, 0, 301};
  for (Index j = 0; j < 4; ++j) {
    const Transition tr = numbered(expected[j]);
    CHECK(batch.s.col(j) == tr.s);
    CHECK(batch.a.col(j) == tr.a);
    CHECK(batch.reward(j) == tr.reward);
    CHECK(batch.s_next.col(j) == tr.s_next);
    CHECK(batch.terminated(j) == tr.terminated);
    CHECK(batch.truncated(j) == tr.truncated);
    CHECK(D.s({expected[j]}) == batch.s.col(j));
    CHECK(D.a({expected[j]}) == batch.a.col(j));
    CHECK(D.s_next({expected[j]}) == batch.s_next.col(j));
    CHECK(D.reward({expected[j]})(0, 0) == batch.reward(j));
  }
}

TEST_CASE("samples are of the same transition in all parts, and uniform") {
  Dataset D(2, 1);
  for (int i = 0; i < 10; ++i) D.append(numbered(i));
  Rng rng(1, "test");
  const Batch batch = D.sample(20000, rng);
  std::vector<int> count(10, 0);
  for (Index j = 0; j < batch.size(); ++j) {
    const int i = static_cast<int>(batch.s(0, j));
    ++count[static_cast<std::size_t>(i)];
    const Transition tr = numbered(i);
    REQUIRE(batch.reward(j) == tr.reward);
    REQUIRE(batch.s_next.col(j) == tr.s_next);
    REQUIRE(batch.terminated(j) == tr.terminated);
  }
  for (const int n : count) CHECK(std::abs(n - 2000) < 200);  // 4.7 standard deviations
  const Batch late = D.sample(1000, rng, 7);
  CHECK(late.s.row(0).minCoeff() == 7);
  CHECK(late.s.row(0).maxCoeff() == 9);
}

TEST_CASE("with a capacity the newest stay") {
  for (const Index capacity : {1, 5, 300, 700}) {
    CAPTURE(capacity);
    Dataset D(2, 1, capacity);
    for (int i = 0; i < 1000; ++i) {
      D.append(numbered(i));
      CHECK(D.size() == std::min<Index>(i + 1, capacity));
    }
    CHECK(contents(D) == from_to(1000 - int(capacity), 999));
  }
}

TEST_CASE("B31: a new capacity keeps what is there, but for the oldest") {
  for (const int appended : {3, 10, 14, 25}) {
    CAPTURE(appended);
    Dataset D(2, 1, 10);
    D.append(numbered(0, appended));
    const int first = std::max(0, appended - 10);
    D.set_capacity(20);
    CHECK(contents(D) == from_to(first, appended - 1));
    D.append(numbered(appended, 10));  // nothing has to go
    CHECK(contents(D) == from_to(first, appended + 9));
    D.set_capacity(4);
    CHECK(contents(D) == from_to(appended + 6, appended + 9));
    D.append(numbered(appended + 10));
    CHECK(contents(D) == from_to(appended + 7, appended + 10));
    CHECK(D.capacity() == 4);

    Dataset wrapped(2, 1, 10);
    wrapped.append(numbered(0, appended));
    wrapped.set_capacity(3);
    CHECK(contents(wrapped) == from_to(appended - 3, appended - 1));
    wrapped.append(numbered(appended));
    CHECK(contents(wrapped) == from_to(appended - 2, appended));
  }
  Dataset D(2, 1, 10);
  CHECK_THROWS_AS(D.set_capacity(0), UserError);
}

TEST_CASE("B32: a mixed batch has exactly its share of real transitions") {
  Dataset real(2, 1), imagined(2, 1, 1000);
  for (int i = 0; i < 50; ++i) real.append(numbered(i));
  Replay replay(Rng(1, "test"));
  CHECK(replay.mixed(real, imagined, 256, 0.05).s.row(0).maxCoeff() < 50);  // none imagined
  imagined.append(numbered(1000, 100));
  for (const auto& [ratio, expected] :
       std::vector<std::pair<double, Index>>{{0.05, 12}, {0, 0}, {1, 256}, {0.5, 128}}) {
    const Batch& batch = replay.mixed(real, imagined, 256, ratio);
    CHECK(batch.size() == 256);
    CHECK((batch.s.row(0).array() < 50).count() == expected);
    CHECK((batch.s_next.row(0).array() < 51).count() == expected);
    CHECK((batch.reward < 51).count() == expected);
  }
  // 0.29 * 100 is a little less than 29 in binary.
  for (int percent = 0; percent <= 100; ++percent)
    CHECK((replay.mixed(real, imagined, 100, percent / 100.0).reward < 51).count() == percent);
}

TEST_CASE("the chosen columns of a batch, and two batches side by side") {
  const Batch batch = numbered(0, 5), other = numbered(10, 2);
  const Batch some = chosen(batch, !batch.terminated);  // 1, 2, 4
  REQUIRE(some.size() == 3);
  CHECK(some.s.row(0).isApprox(Matrix{{1, 2, 4}}));
  CHECK(some.a.row(0).isApprox(Matrix{{Scalar(1.25), Scalar(2.25), Scalar(4.25)}}));
  CHECK((some.truncated == Mask{{true, false, true}}).all());
  const Batch both = side_by_side(some, other);
  REQUIRE(both.size() == 5);
  CHECK(both.s.row(0).isApprox(Matrix{{1, 2, 4, 10, 11}}));
  CHECK(both.reward(4) == Scalar(11.5));
  CHECK(both.truncated(3));
  CHECK_FALSE(both.truncated(4));
}

}  // namespace test_dataset
