// The book is whole: every slide has its row, every chapter its questions, every notebook its
// source.
#include "documents.hpp"

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
