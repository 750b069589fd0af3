// The documents as text, prose and code, and the tools that look things up in them.
#pragma once

#include <doctest/doctest.h>
#include <glob.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/shell.hpp"

namespace documents_test {

namespace fs = std::filesystem;

using Names = std::set<std::string>;

// ---- small tools ----

inline std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

inline bool matches(const std::string& text, const std::string& pattern) {
  return std::regex_match(text, std::regex(pattern));
}

inline std::string replaced(const std::string& text, const std::string& pattern,
                            const std::string& by) {
  return std::regex_replace(text, std::regex(pattern), by);
}

// Whether there is such a file or folder; * and the like may stand in the path.
inline bool there_is(const std::string& path) {
  glob_t found{};
  const int status = glob(path.c_str(), 0, nullptr, &found);
  globfree(&found);
  return status == 0;
}

inline int line_at(const std::string& text, std::size_t position) {
  const auto here = text.begin() + static_cast<std::ptrdiff_t>(position);
  return 1 + static_cast<int>(std::count(text.begin(), here, '\n'));
}

// Calls `use` with every match, and the line that its first group begins in.
inline void each_match(const std::string& text, const std::string& pattern,
                       const std::function<void(const std::smatch& match, int line)>& use) {
  const std::regex regex(pattern);
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    use(*match, line_at(text, static_cast<std::size_t>(match->position(1))));
}

// All that the first group of the pattern matches.
inline Names all_matches(const std::string& text, const std::string& pattern) {
  Names names;
  each_match(text, pattern, [&](const std::smatch& match, int) { names.insert(match[1]); });
  return names;
}

// What the first group of the pattern matches first.
inline std::string found_in(const std::string& text, const std::string& pattern,
                            const std::string& otherwise) {
  std::smatch match;
  return std::regex_search(text, match, std::regex(pattern)) ? match.str(1) : otherwise;
}

// An empty folder.
inline fs::path fresh(const std::string& name) {
  const fs::path folder = fs::temp_directory_path() / ("mbrl-test-docs-" + name);
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

// Reports "file:line: what", once.
inline void offends(const std::string& file, int line, const std::string& what) {
  static Names told;
  if (told.insert(file + std::to_string(line) + what).second)
    ADD_FAIL_CHECK_AT(file.c_str(), line, what);
}

// ---- the documents ----

// A code span or a code block.
struct Code {
  std::string file;
  int line;
  bool block;
  std::string language, text;
};

struct Document {
  std::string path, text;
  std::string prose;  // the text with blanks in the place of code
  std::vector<Code> code;
};

// Reads the block or the span whose first backtick is at i, and returns where it ends.
inline std::size_t read_code(Document& document, std::size_t i, bool block) {
  const std::string& text = document.text;
  const std::size_t begin = std::min(text.find_first_not_of('`', i), text.size());
  const std::size_t close = text.find(text.substr(i, begin - i), begin);
  if (!block && close > text.find("\n\n", i)) return begin;  // just a backtick
  const std::size_t end = std::min(close, text.size());
  Code code{document.path, line_at(text, i), block, "", text.substr(begin, end - begin)};
  if (block) {
    code.language = code.text.substr(0, code.text.find('\n'));
    code.text.erase(0, code.language.size() + 1);
    ++code.line;
  } else {
    code.text = replaced(code.text, "\\s+", " ");
  }
  document.code.push_back(code);
  for (std::size_t k = i; k < end; ++k)
    if (text[k] != '\n') document.prose[k] = ' ';
  return end + (begin - i);
}

inline Document read_document(const std::string& path) {
  const std::string text = text_of(path);
  Document document{path, text, text, {}};
  for (std::size_t i = text.find('`'); i < text.size(); i = text.find('`', i)) {
    const std::size_t line = text.rfind('\n', i) + 1;  // 0 in the first line
    const bool block = text.compare(i, 3, "```") == 0 && text.find_first_not_of(' ', line) == i;
    i = read_code(document, i, block);
  }
  return document;
}

inline const std::vector<Document>& documents() {
  static const std::vector<Document> all = [] {
    std::vector<Document> read{read_document("README.md")};
    for (const char* folder : {"docs", "docs/homework"}) {
      Names paths;
      for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".md") paths.insert(entry.path().string());
      for (const std::string& path : paths) read.push_back(read_document(path));
    }
    return read;
  }();
  return all;
}

// The anchors that GitHub gives to the headings.
inline Names anchors(const std::string& path) {
  const Document document = read_document(path);
  Names found;
  each_match(document.prose, "(?:^|\n)(#+ )", [&](const std::smatch& match, int) {
    const auto begin = static_cast<std::size_t>(match.position(1) + match.length(1));
    std::string slug = "#";
    for (const char c : document.text.substr(begin, document.text.find('\n', begin) - begin)) {
      const auto byte = static_cast<unsigned char>(c);
      if (c == ' ' || c == '-' || c == '_' || byte > 127 || std::isalnum(byte))
        slug += c == ' ' ? '-' : static_cast<char>(std::tolower(byte));
    }
    std::string name = slug;
    for (int n = 1; !found.insert(name).second; ++n) name = slug + "-" + std::to_string(n);
  });
  return found;
}

// ---- what there is ----

// The paths of all our files.
inline const Names& sources() {
  static const Names paths = [] {
    Names found;
    for (const char* room : {"src", "envs", "tests", "notebooks_cpp"})
      for (const auto& entry : fs::recursive_directory_iterator(room))
        if (entry.is_regular_file()) found.insert(entry.path().string());
    return found;
  }();
  return paths;
}

// Whether a file of ours has this name, or this path below src/.
inline bool is_source(const std::string& name) {
  return std::any_of(sources().begin(), sources().end(), [&](const std::string& path) {
    return fs::path(path).filename() == name || path == "src/" + name;
  });
}

}  // namespace documents_test
