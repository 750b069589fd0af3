// Tables of numbers and words as text: every number that a run produces is here before it is drawn.
//
// A number is written with as many digits as reading it back exactly takes, and no more: 0.1 is
// "0.1", as a double and as a float. A row goes to the file whole and at once, so that a run that
// is killed leaves a file that can be read.
#pragma once

#include <fstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/errors.hpp"
#include "core/text.hpp"

namespace mbrl {

// One entry of a row: a number or a word.
struct Cell {
  std::string text;

  template <class Number>
  requires std::is_arithmetic_v<Number> Cell(Number x) : text(number_text(x)) {}
  Cell(bool x) : text(x ? "1" : "0") {}
  Cell(std::string word) : text(std::move(word)) {}
  Cell(const char* word) : text(word) {}
};

class CsvWriter {
 public:
  // Starts the file at path anew; or, if it is to keep so many rows, goes on behind them, and cuts
  // off what was written after them.
  CsvWriter(std::string path, const std::vector<std::string>& columns, std::size_t keep_rows = 0);

  void row(const std::vector<Cell>& cells);

  std::size_t rows() const { return rows_; }  // for the checkpoint

 private:
  void put(const std::string& line);
  [[noreturn]] void fail() const;

  std::string path_;
  std::size_t columns_, rows_ = 0;
  std::ofstream file_;
};

// A table as it stood in the file. Row r is on line r + 2.
struct Csv {
  std::string path;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;

  bool has(const std::string& name) const { return place(name) < columns.size(); }

  // The column of that name, as numbers or as words.
  std::vector<double> column(const std::string& name) const;
  std::vector<std::string> words(const std::string& name) const;
  double number(std::size_t r, const std::string& name) const;

 private:
  std::size_t place(const std::string& name) const;
  std::size_t require(const std::string& name) const;
};

// Writes a small file so that there is a whole one at every moment. Throws std::runtime_error if it
// cannot.
void write_whole(const std::string& path, const std::string& text);

// How many bytes the header and so many rows are. Throws UserError if the file has fewer.
std::uintmax_t bytes_of_rows(const std::string& path, std::size_t rows);

// Refuses a file that is missing, empty, cut off, or whose rows do not fit the header. Whether a
// cell is a number is asked when it is read as one.
Csv read_csv(const std::string& path);

}  // namespace mbrl
