// The book is whole: every slide has its row, every chapter its questions, every notebook its
// source.
#include "documents.hpp"

#include <sstream>

using namespace documents_test;

TEST_CASE("every slide of the map has a file, an exercise, a notebook and a chapter") {
  int rows = 0;
  each_match(read_document("docs/lecture_map.md").text, "\n(\\|.*\\|)(?=\n)",
             [&](const std::smatch& row, int line) {
               const std::string text = row[1];
               if (matches(text, "[|-]*")) return;
               ++rows;
               if (std::count(text.begin(), text.end(), '|') != 6 || matches(text, ".*\\| *\\|.*"))
                 offends("docs/lecture_map.md", line, "this row is not whole: " + text);
             });
  CHECK(rows >= 28);
}

TEST_CASE("every chapter ends with three questions, and each has its answer") {
  const Document answers = read_document("docs/answers.md");
  const std::size_t numbered = all_matches(answers.text, "\n([1-3]\\. [^\n]*)").size();
  int chapters = 0;
  for (const Document& document : documents())
    if (matches(document.path, "docs/0[1-9]_.*")) {
      ++chapters;
      const std::string questions = document.text.substr(
          std::min(document.text.find("## Three questions"), document.text.size()));
      if (all_matches(questions, "\n([1-3]\\. )").size() != 3)
        offends(document.path, 1, "there are not three questions at the end");
    }
  CHECK(chapters == 8);
  CHECK(numbered == 24);
}

TEST_CASE("every notebook is what its source says") {
  const char* tool = std::getenv("NOTEBOOK");
  REQUIRE(tool != nullptr);
  int found = 0;
  for (const std::string& path : sources())
    if (matches(path, "notebooks_cpp/[0-9].*\\.cpp")) {
      ++found;
      const Outcome checked = shell(std::string(tool) + " --check " + path);
      if (checked.status != 0) offends(path, 1, checked.said);
    }
  CHECK(found >= 18);
}

namespace {

// Whether the book makes claims about experiments under this heading.
bool claims_stand_under(const std::string& document, const std::string& heading) {
  return document == "docs/results.md" ||
         matches(heading,
                 "(What to notice(?! in the code)|Where it fails|MBA|MVE|MBPO|The perf).*");
}

// A table, a list item or a paragraph, code left out.
struct Block {
  std::string heading, text;
  int line;

  bool is_table() const { return text[0] == '|'; }
};

std::vector<Block> blocks_of(const Document& document) {
  std::vector<Block> blocks;
  std::string heading;
  int line = 0;
  bool goes_on = false;
  std::istringstream lines(document.prose);
  for (std::string text; std::getline(lines, text);) {
    ++line;
    if (matches(text, "## .*")) heading = text.substr(3);
    if (matches(text, "\\s*|#.*|!\\[.*")) {
      goes_on = false;
    } else if (goes_on && !matches(text, "(-|[0-9]\\.) .*")) {
      blocks.back().text += "\n" + text;
    } else {
      blocks.push_back({heading, text, line});
      goes_on = true;
    }
  }
  return blocks;
}

// What is measured says on how many, and no claim goes without one of the words.
bool says_how_sure(const std::string& text) {
  static const std::regex words(
      "\\*(measured,\\s+n\\s+=\\s+[0-9]|within\\s+noise|conjecture|proved)");
  return std::regex_search(text, words);
}

// Whether there are numbers in it, other than those of chapters, versions, formulas and links.
bool has_numbers(const std::string& text) {
  static const std::regex names(
      "\\]\\([^)]*\\)|\\$[^$]*\\$|\\[[0-9][0-9]\\w*|([Cc]hapters?|[Vv]ersions?|[Ss]teps?|sheet)"
      "\\s[0-9.]+((,|,?\\s(and|to))\\s[0-9.]+)*");
  return std::regex_replace(text, names, " ").find_first_of("0123456789") != std::string::npos;
}

// What was run (it begins with code), what a word means, or what is set otherwise in the paper.
bool describes(const std::string& text) {
  return matches(text.substr(0, 8), "(\\s|- \\*[a-z]|\\| choice).*");
}

}  // namespace

TEST_CASE("every claim with a number says whether it is measured, within noise or a conjecture") {
  int found = 0;
  for (const Document& document : documents()) {
    if (!matches(document.path, "docs/(0[1-8]_.*|results)\\.md")) continue;
    const std::vector<Block> blocks = blocks_of(document);
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const Block& block = blocks[i];
      if (!claims_stand_under(document.path, block.heading) || !has_numbers(block.text) ||
          describes(block.text))
        continue;
      ++found;
      // Of a table the paragraph before it may say so, or the first word behind it.
      const auto beside = [&](std::size_t k) {
        return block.is_table() && k < blocks.size() && blocks[k].heading == block.heading
                   ? blocks[k].text
                   : "";
      };
      if (!says_how_sure(block.text) && !says_how_sure(beside(i - 1)) &&
          !says_how_sure(beside(i + 1).substr(0, 20)))
        offends(document.path, block.line,
                "measured, n = ...; within noise; or a conjecture? " + block.text.substr(0, 60));
    }
  }
  CHECK(found >= 60);
}
