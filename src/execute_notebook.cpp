// Runs a notebook and writes it down with what its cells printed and drew: NN_topic.ipynb.
//
//   execute_notebook NN_topic.cpp PROGRAM     runs PROGRAM, built from NN_topic.cpp
//   execute_notebook --check NN_topic.cpp     is NN_topic.ipynb of this very text?
//
// Percent format: `// %% [markdown]` begins a cell of prose, `// %%` one of code. While the program
// runs, its output goes to the terminal as well. With MBRL_CELLS set, a line "%% cell at line N"
// says which cell what follows belongs to, and "figure: PATH" stands for a picture.
//
// The notebook format is 4.5 of https://nbformat.readthedocs.io. The same output gives the same
// bytes. Exit status: that of the program, 2 for wrong input, 1 for a notebook that is out of date.

#include <stdio.h>  // popen, rename
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "core/utf8.hpp"

using Lines = std::vector<std::string>;

struct Cell {
  bool prose = false;
  int first_line = 0;  // in the file, from 1
  Lines source{};
  std::vector<std::string> outputs{};  // each one JSON object
};

// ---- reading ----

static std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cerr << "cannot read " << path << "\n";
    std::exit(2);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

static Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();  // saved by an editor of Windows
    lines.push_back(line);
  }
  return lines;
}

static void trim(Lines& lines) {
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  while (!lines.empty() && lines.front().empty()) lines.erase(lines.begin());
}

static std::vector<Cell> cells_of(const std::string& path) {
  std::vector<Cell> cells;
  int number = 0;
  for (const std::string& line : lines_of(read_file(path))) {
    ++number;
    if (line == "// %%" || line == "// %% [markdown]")
      cells.push_back({line != "// %%", number});
    else if (cells.empty())
      std::cerr << path << ": the first line begins a cell, with // %%\n", std::exit(2);
    else if (!cells.back().prose)
      cells.back().source.push_back(line);
    else if (!line.empty())
      cells.back().source.push_back(line.rfind("// ", 0) == 0 ? line.substr(3) : "");
  }
  for (Cell& cell : cells) trim(cell.source);
  return cells;
}

// ---- JSON ----

static std::string quoted(const std::string& text) {
  std::string json = "\"";
  for (const char c : mbrl::valid_utf8(text)) {
    if (c == '"' || c == '\\')
      json += '\\', json += c;
    else if (c == '\n')
      json += "\\n";
    else if (c == '\t')
      json += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20)
      json += ' ';
    else
      json += c;
  }
  return json + "\"";
}

// Lines as a list of strings, each but the last with its line end.
static std::string list_of(const Lines& lines, const std::string& indent) {
  std::string json = "[";
  for (std::size_t i = 0; i < lines.size(); ++i)
    json +=
        (i ? ",\n" : "\n") + indent + " " + quoted(lines[i] + (i + 1 < lines.size() ? "\n" : ""));
  return json + (lines.empty() ? "]" : "\n" + indent + "]");
}

static std::string base64(const std::string& bytes) {
  const char* const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k > bytes.size() ? '=' : digits[group >> (18 - 6 * k) & 63];
  }
  return text;
}

static std::string stream_output(const Lines& lines) {
  return "    {\n     \"name\": \"stdout\",\n     \"output_type\": \"stream\",\n     \"text\": " +
         list_of(lines, "     ") + "\n    }";
}

// The width of a PNG in pixels: bytes 16 to 19.
static int width_of(const std::string& png) {
  int width = 0;
  for (std::size_t i = 16; i < 20 && i < png.size(); ++i)
    width = width << 8 | static_cast<unsigned char>(png[i]);
  return width;
}

// A PNG at half its size, for fine screens; a GIF as a page, because readers differ in what they
// know of GIFs.
static std::string picture_output(const std::string& path) {
  const std::string bytes = read_file(path), data = base64(bytes);
  const bool gif = path.size() > 4 && path.substr(path.size() - 4) == ".gif";
  const std::string picture =
      gif ? "\"text/html\": " + quoted("<img src=\"data:image/gif;base64," + data + "\">")
          : "\"image/png\": " + quoted(data);
  const std::string size =
      gif ? "" : "\"image/png\": {\"width\": " + std::to_string(width_of(bytes) / 2) + "}";
  return "    {\n     \"data\": {\n      " + picture + ",\n      \"text/plain\": [\n       " +
         quoted(path) + "\n      ]\n     },\n     \"metadata\": {" + size +
         "},\n     \"output_type\": \"display_data\"\n    }";
}

// A cell up to its outputs: what the source alone decides.
static std::string head_of(const Cell& cell, std::size_t number) {
  return std::string("  {\n   \"cell_type\": \"") + (cell.prose ? "markdown" : "code") +
         "\",\n   \"id\": \"cell-" + std::to_string(number) + "\",\n   \"metadata\": {},\n" +
         "   \"source\": " + list_of(cell.source, "   ");
}

static std::string notebook_of(const std::vector<Cell>& cells) {
  std::string json = "{\n \"cells\": [\n";
  int executed = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Cell& cell = cells[i];
    json += head_of(cell, i + 1);
    if (!cell.prose) {
      json += ",\n   \"execution_count\": " + std::to_string(++executed) + ",\n   \"outputs\": [";
      for (std::size_t o = 0; o < cell.outputs.size(); ++o)
        json += (o ? ",\n" : "\n") + cell.outputs[o];
      json += cell.outputs.empty() ? "]" : "\n   ]";
    }
    json += i + 1 < cells.size() ? "\n  },\n" : "\n  }\n";
  }
  return json +
         " ],\n \"metadata\": {\n"
         "  \"kernelspec\": {\"display_name\": \"C++20\", \"language\": \"cpp\", \"name\": "
         "\"xcpp20\"},\n"
         "  \"language_info\": {\"file_extension\": \".cpp\", \"mimetype\": \"text/x-c++src\", "
         "\"name\": \"c++\"}\n },\n \"nbformat\": 4,\n \"nbformat_minor\": 5\n}\n";
}

// ---- running ----

static Cell& cell_at(std::vector<Cell>& cells, int line) {
  std::size_t i = 0;
  while (i + 1 < cells.size() && cells[i + 1].first_line <= line) ++i;
  return cells[i];
}

// Runs the program and gives every cell its output. Returns its exit status.
static int run(const std::string& program, std::vector<Cell>& cells) {
  FILE* pipe = popen(("MBRL_CELLS=1 '" + program + "'").c_str(), "r");
  if (!pipe) return 1;
  const std::string at = "%% cell at line ", figure = "figure: ";
  Cell* cell = &cells.front();
  Lines printed;
  const auto flush = [&] {
    if (!printed.empty()) cell->outputs.push_back(stream_output(printed));
    printed.clear();
  };
  std::string line;
  const auto take = [&] {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.rfind(at, 0) == 0) {
      flush();
      cell = &cell_at(cells, std::atoi(line.c_str() + at.size()));
    } else {
      std::cout << line << std::endl;
      if (line.rfind(figure, 0) == 0) {
        flush();
        cell->outputs.push_back(picture_output(line.substr(figure.size())));
      } else {
        printed.push_back(line);
      }
    }
    line.clear();
  };
  for (int c; (c = fgetc(pipe)) != EOF;) {
    if (c == '\n')
      take();
    else
      line += static_cast<char>(c);
  }
  if (!line.empty()) take();  // the last words, without a line end
  flush();
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// ---- out of date? ----

// Whether the notebook has just these cells with just these sources, whatever their outputs.
static bool up_to_date(const std::string& file, const std::vector<Cell>& cells) {
  std::string notebook;
  for (const std::string& line : lines_of(file)) notebook += line + "\n";
  std::size_t at = 0, count = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string head = head_of(cells[i], i + 1);
    at = notebook.find(head, at);
    if (at == std::string::npos) return false;
    at += head.size();
  }
  const std::string type = "\n   \"cell_type\": ";
  for (at = 0; (at = notebook.find(type, at)) != std::string::npos; ++at) ++count;
  return count == cells.size();
}

// Beside it first, so that a full disk leaves the notebook that was there. Whether it could.
static bool write_whole(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::binary);
  file << text;
  file.close();
  if (file && rename(fresh.c_str(), path.c_str()) == 0) return true;
  remove(fresh.c_str());
  return false;
}

int main(int argc, char** argv) {
  const Lines words(argv + 1, argv + argc);
  if (words.size() != 2) {
    std::cerr
        << "execute_notebook NN_topic.cpp PROGRAM, or execute_notebook --check NN_topic.cpp\n";
    return 2;
  }
  const bool check = words[0] == "--check";
  const std::string source = words[check ? 1 : 0];
  std::vector<Cell> cells = cells_of(source);
  const std::string path = source.substr(0, source.rfind('.')) + ".ipynb";
  if (check) {
    const bool fresh = std::ifstream(path) && up_to_date(read_file(path), cells);
    if (!fresh) std::cout << path << " is not what " << source << " says: make notebooks\n";
    return fresh ? 0 : 1;
  }
  if (const int status = run(words[1], cells)) return status;
  if (!write_whole(path, notebook_of(cells))) {
    std::cerr << "cannot write " << path << ": may you write there, is there room on the disk?\n";
    return 1;
  }
  if (std::cout.flush()) return 0;
  std::cerr << "cannot write what the notebook printed: is the disk full?\n";
  return 1;
}
