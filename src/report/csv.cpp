#include "report/csv.hpp"

#include <cctype>
#include <cstdlib>
#include <filesystem>

namespace mbrl {

static std::string csv_line(const std::vector<Cell>& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string& text = cells[i].text;
    if (text.find_first_of("\r\n") != std::string::npos)
      throw UserError("a CSV cell cannot hold a line break: " + text);
    if (i > 0) line += ',';
    if (text.find_first_of(",\"") == std::string::npos) {
      line += text;
      continue;
    }
    // Quote the cell, and double the quotes inside it.
    line += '"';
    for (const char c : text) line += c == '"' ? "\"\"" : std::string(1, c);
    line += '"';
  }
  return line + '\n';
}

// The cells of one line (without its line break). False if a quote is not closed or ends too early.
static bool split_csv_line(const std::string& line, std::vector<std::string>& cells) {
  cells.assign(1, "");
  bool quoted = false, closed = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[++i];
    } else if (quoted && c == '"') {
      quoted = false, closed = true;
    } else if (!quoted && c == ',') {
      cells.emplace_back(), closed = false;
    } else if (closed) {
      return false;
    } else if (c == '"' && !quoted && cells.back().empty()) {
      quoted = true;
    } else {
      cells.back() += c;
    }
  }
  return !quoted;
}

Csv read_csv(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) throw UserError("cannot read " + path);
  Csv csv{path, {}, {}};
  std::string line;
  std::vector<std::string> cells;
  std::size_t number = 0;
  while (std::getline(file, line)) {
    ++number;
    const std::string where = path + ", line " + std::to_string(number) + ": ";
    if (file.eof()) throw UserError(where + "the file breaks off in the middle of the line");
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.find('\0') != std::string::npos) throw UserError(where + "this is not text");
    if (!split_csv_line(line, cells)) throw UserError(where + "a quoted cell does not end well");
    if (number == 1) {
      for (const auto& name : cells)
        if (name.empty()) throw UserError(where + "a column has no name");
      csv.columns = cells;
    } else if (cells.size() != csv.columns.size()) {
      throw UserError(where + std::to_string(cells.size()) + " cells, but the header has " +
                      std::to_string(csv.columns.size()) + " columns");
    } else {
      csv.rows.push_back(cells);
    }
  }
  if (number == 0) throw UserError(path + ", line 1: the file is empty, a header was expected");
  return csv;
}

CsvWriter::CsvWriter(std::string path, const std::vector<std::string>& columns,
                     std::size_t keep_rows)
    : path_(std::move(path)), columns_(columns.size()) {
  const std::string header = csv_line({columns.begin(), columns.end()});
  if (keep_rows > 0) {
    std::ifstream old(path_, std::ios::binary);
    std::string first;
    const bool there = bool(std::getline(old, first));
    if (!first.empty() && first.back() == '\r') first.pop_back();  // saved by an editor of Windows
    if (there && first + '\n' != header)
      throw UserError(path_ + ", line 1: the columns are not those of this run");
    std::error_code error;
    std::filesystem::resize_file(path_, bytes_of_rows(path_, keep_rows), error);
    if (error) fail();
    file_.open(path_, std::ios::binary | std::ios::app);
  } else {
    file_.open(path_, std::ios::binary | std::ios::trunc);
    put(header);
  }
  rows_ = keep_rows;
  if (!file_) fail();
}

void CsvWriter::row(const std::vector<Cell>& cells) {
  if (cells.size() != columns_)
    throw UserError(path_ + ": a row has " + std::to_string(cells.size()) +
                    " cells, the header has " + std::to_string(columns_) + " columns");
  put(csv_line(cells));
  ++rows_;
}

void CsvWriter::put(const std::string& line) {
  file_.write(line.data(), static_cast<std::streamsize>(line.size())).flush();
  if (!file_) fail();
}

void CsvWriter::fail() const {
  throw std::runtime_error("cannot write " + path_ + ": does its folder exist, may you write " +
                           "there, and is there room on the disk?");
}

void write_whole(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::binary);
  file << text;
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(fresh, path, error);
  if (file && !error) return;
  std::filesystem::remove(fresh, error);
  throw std::runtime_error("cannot write " + path + ": may you write there, and is there room " +
                           "on the disk?");
}

std::uintmax_t bytes_of_rows(const std::string& path, std::size_t rows) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  std::uintmax_t bytes = 0;
  for (std::size_t lines = 0; lines < rows + 1; ++lines) {
    if (!std::getline(file, line) || file.eof())
      throw UserError("cannot go on with " + path + ": it should have at least " +
                      std::to_string(rows) + " whole rows");
    bytes += line.size() + 1;
  }
  return bytes;
}

std::vector<double> Csv::column(const std::string& name) const {
  std::vector<double> values;
  for (std::size_t r = 0; r < rows.size(); ++r) values.push_back(number(r, name));
  if (rows.empty()) require(name);
  return values;
}

std::vector<std::string> Csv::words(const std::string& name) const {
  const std::size_t c = require(name);
  std::vector<std::string> values;
  for (const auto& row : rows) values.push_back(row[c]);
  return values;
}

double Csv::number(std::size_t r, const std::string& name) const {
  const std::string& text = rows.at(r)[require(name)];
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || std::isspace(static_cast<unsigned char>(text[0])))
    throw UserError(path + ", line " + std::to_string(r + 2) + ", column " + name + ": \"" + text +
                    "\" is not a number");
  return value;
}

std::size_t Csv::place(const std::string& name) const {
  std::size_t c = 0;
  while (c < columns.size() && columns[c] != name) ++c;
  return c;
}

std::size_t Csv::require(const std::string& name) const {
  if (has(name)) return place(name);
  std::string known;
  for (const auto& column : columns) known += (known.empty() ? "" : ", ") + column;
  throw UserError(path + " has no column " + name + "; its columns are " + known);
}

}  // namespace mbrl
