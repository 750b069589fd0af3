// The test of an exercise: a program of its own, which says `ok`, `not written` or `wrong`, and for
// `wrong` what was expected, what came, and the likely mistake.
//
// Numbers are compared with numbers worked out by hand, so that no test holds a solution. The
// student's code runs in a process of its own: it may crash, loop for ever or print what it likes,
// and the verdict still comes. SEED= gives other random inputs, LIMIT= other seconds than 10.
//
// The grader starts the program with --graded; then it says its verdict to the grader alone.
#pragma once

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "core/random.hpp"

namespace mbrl {

// A matrix, a row or a number to compare.
struct Value {
  Matrix entries;

  template <class Derived>
  Value(const Eigen::DenseBase<Derived>& x) : entries(x.derived().template cast<Scalar>()) {}
  Value(double x) : entries(Matrix::Constant(1, 1, Scalar(x))) {}
  Value(std::initializer_list<std::initializer_list<double>> rows);
};

// What would have come of a typical mistake, and what to say then.
struct Mistake {
  Value value;
  std::string hint;
};

class Test {
 public:
  Rng rng;  // for random inputs

  explicit Test(std::uint64_t seed) : rng(seed, "homework") {}

  // Ends the test as wrong unless got is expected, entry by entry to a relative `tolerance`. If it
  // is one of the mistakes, its hint is given; otherwise `hint`.
  void equal(const std::string& what, const Value& got, const Value& expected,
             const std::vector<Mistake>& mistakes = {}, const std::string& hint = "",
             double tolerance = 1e-6) const;
  // The same for a statement.
  void that(bool holds, const std::string& statement, const std::string& hint) const;
  // What to say if the student's code crashes or stops with an error from here on.
  void if_it_fails(const std::string& hint) const;

  int checks() const { return checks_; }  // that were passed

 private:
  mutable int checks_ = 0;
};

struct Exercise {
  const char* id;  // "hw3.2"
  int points;
  const char* title;
};

// Runs the test and prints the verdict, "id|ok|points|title", and below it the reasons. Exit status
// 0: ok, 1: wrong, 3: not written.
int judge(const Exercise& exercise, const std::function<void(Test& test)>& test);

}  // namespace mbrl
