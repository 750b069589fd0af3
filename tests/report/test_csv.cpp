#include "report/csv.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "pictures.hpp"

using namespace mbrl;

namespace test_csv {

const TestFolder folder("mbrl-csv");

// What is said of a file with this content.
std::string refusal(const std::string& text, const std::string& numbers_of = "") {
  const std::string path = folder / "damaged.csv";
  std::ofstream(path, std::ios::binary) << text;
  try {
    const Csv csv = read_csv(path);
    if (!numbers_of.empty()) csv.column(numbers_of);
  } catch (const UserError& error) {
    const std::string what = error.what();
    CHECK(what.find(path) != std::string::npos);
    return what.substr(what.find(path) + path.size());
  }
  return "accepted";
}

TEST_CASE("numbers of both precisions come back from a file with the same bits") {
  const std::vector<double> doubles = {0.1,
                                       -1.0 / 3,
                                       1e-300,
                                       2e300,
                                       5e-324,
                                       123456789012345678.0,
                                       -0.0,
                                       4e15,
                                       200000,
                                       std::numeric_limits<double>::max(),
                                       -std::numeric_limits<double>::infinity()};
  const std::vector<float> floats = {0.1f, 1.0f / 3, 1e-40f, 3e38f, 16777217.0f};
  const std::string path = folder / "numbers.csv";
  {
    CsvWriter csv(path, {"x"});
    for (const double x : doubles) csv.row({x});
    for (const float x : floats) csv.row({x});
    csv.row({std::nan("")});
  }
  const std::vector<double> back = read_csv(path).column("x");
  REQUIRE(back.size() == doubles.size() + floats.size() + 1);
  for (std::size_t i = 0; i < doubles.size(); ++i) {
    CHECK(back[i] == doubles[i]);
    CHECK(std::signbit(back[i]) == std::signbit(doubles[i]));
  }
  for (std::size_t i = 0; i < floats.size(); ++i)
    CHECK(static_cast<float>(back[doubles.size() + i]) == floats[i]);
  CHECK(std::isnan(back.back()));
}

TEST_CASE("a number is written as a person would write it") {
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(0.1f) == "0.1");
  CHECK(number_text(200000.0) == "200000");
  CHECK(number_text(-140) == "-140");
  CHECK(Cell(true).text == "1");
}

TEST_CASE("words with commas and quotes stand beside numbers") {
  const std::string path = folder / "words.csv";
  {
    CsvWriter csv(path, {"phase", "return"});
    csv.row({"base", -1300.5});
    csv.row({"a \"quoted\", word", 7});
  }
  CHECK(content(path) == "phase,return\nbase,-1300.5\n\"a \"\"quoted\"\", word\",7\n");
  const Csv csv = read_csv(path);
  CHECK(csv.words("phase") == std::vector<std::string>{"base", "a \"quoted\", word"});
  CHECK(csv.column("return") == std::vector<double>{-1300.5, 7});
  CHECK(csv.has("phase"));
  CHECK_FALSE(csv.has("seconds"));
  CHECK_THROWS_WITH_AS(csv.column("seconds"),
                       (path + " has no column seconds; its columns are phase, return").c_str(),
                       UserError);
}

TEST_CASE("every row is in the file before the next one is written") {
  const std::string path = folder / "flushed.csv";
  CsvWriter csv(path, {"a", "b"});
  CHECK(content(path) == "a,b\n");
  CHECK(read_csv(path).rows.empty());
  csv.row({1, 2});
  CHECK(content(path) == "a,b\n1,2\n");
}

TEST_CASE("a resumed run goes on behind the rows that its checkpoint knows") {
  const std::string path = folder / "resumed.csv";
  {
    CsvWriter csv(path, {"a"});
    for (const int i : {1, 2, 3}) csv.row({i});
  }
  {
    CsvWriter csv(path, {"a"}, 2);
    CHECK(csv.rows() == 2);
    csv.row({30});
    CHECK(csv.rows() == 3);
  }
  CHECK(content(path) == "a\n1\n2\n30\n");
  CHECK_THROWS_AS(CsvWriter(path, {"b"}, 2), UserError);
  CHECK_THROWS_AS(CsvWriter(path, {"a"}, 4), UserError);
  CHECK(content(path) == "a\n1\n2\n30\n");
  std::ofstream(path, std::ios::binary) << "a\n1\n2";  // its last row is not whole
  CHECK_THROWS_AS(CsvWriter(path, {"a"}, 2), UserError);
}

TEST_CASE("a file that cannot be written is named, when it is opened or as soon as it is full") {
  const std::string path = folder / "no/such/folder.csv";
  try {
    CsvWriter csv(path, {"a"});
    FAIL("accepted");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).find("cannot write " + path) == 0);
  }
  if (std::filesystem::exists("/dev/full"))
    CHECK_THROWS_AS(CsvWriter("/dev/full", {"a"}), std::runtime_error);
}

TEST_CASE("a row that does not fit the header, or a line break in a cell, is refused") {
  const std::string path = folder / "misfit.csv";
  CsvWriter csv(path, {"a", "b"});
  CHECK_THROWS_AS(csv.row({1}), UserError);
  CHECK_THROWS_AS(csv.row({1, "two\nlines"}), UserError);
  CHECK(content(path) == "a,b\n");
}

TEST_CASE("damaged files are refused with the line that is damaged") {
  CHECK_THROWS_AS(read_csv(folder / "missing.csv"), UserError);
  CHECK_THROWS_AS(read_csv(folder.path), UserError);
  CHECK(refusal("") == ", line 1: the file is empty, a header was expected");
  CHECK(refusal("a,b\n1,2\n1,2,3\n") == ", line 3: 3 cells, but the header has 2 columns");
  CHECK(refusal("a,b\n1\n") == ", line 2: 1 cells, but the header has 2 columns");
  CHECK(refusal("a,b\n\n1,2\n") == ", line 2: 1 cells, but the header has 2 columns");
  CHECK(refusal("a,b\n1,2\n1,-14") == ", line 3: the file breaks off in the middle of the line");
  CHECK(refusal("a,\n1,2\n") == ", line 1: a column has no name");
  CHECK(refusal("a,b\n1,\"2\n") == ", line 2: a quoted cell does not end well");
  CHECK(refusal("a,b\n1,\"2\"3\n") == ", line 2: a quoted cell does not end well");
  CHECK(refusal(std::string("a,b\n1,\0\n", 8)) == ", line 2: this is not text");
}

TEST_CASE("a cell is refused as a number only when it is asked for as a number") {
  const std::string file = "phase,return\nbase,1\nbase,2x\n";
  CHECK(refusal(file) == "accepted");
  CHECK(refusal(file, "return") == ", line 3, column return: \"2x\" is not a number");
  CHECK(refusal("a,b\n1,\n", "b") == ", line 2, column b: \"\" is not a number");
  CHECK(refusal("a,b\n1, 2\n", "b") == ", line 2, column b: \" 2\" is not a number");
  CHECK(refusal("a,b\r\n1,2\r\n", "b") == "accepted");
  CHECK(refusal("a\n", "b").find("has no column b") != std::string::npos);
}

}  // namespace test_csv
