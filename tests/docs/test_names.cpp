// What the documents name exists: files, headings, steps, exercises, notebooks, figures.
#include "documents.hpp"

using namespace documents_test;

namespace {

// Files that do not exist because the reader is to write them.
bool is_for_the_reader(const std::string& document, const std::string& path) {
  return document == "docs/your_own_environment.md" && contains(path, "hover");
}

// The numbers of the comments in NAME.hpp and NAME.cpp: "// 4. ...   5. ...", "// 2. and 3. ..."
Names steps_in(const std::string& name) {
  Names steps;
  for (const std::string& path : sources())
    if (fs::path(path).stem() == name)
      for (const std::string& comment : all_matches(text_of(path), "(// [0-9]+\\. .*)"))
        steps.merge(all_matches(comment, "\\b([0-9]+)\\. "));
  return steps;
}

}  // namespace

TEST_CASE("every link leads to a file that exists, and to one of its headings") {
  int found = 0;
  for (const Document& document : documents())
    each_match(
        document.prose, "\\]\\(([^()#\\s]*)(#[^()\\s]*)?[^()]*\\)",
        [&](const std::smatch& link, int line) {
          if (contains(link[1], ":")) return;  // https://, mailto:
          ++found;
          fs::path path = document.path;
          if (link.length(1)) path = path.parent_path() / link.str(1);
          if (!fs::exists(path))
            offends(document.path, line, "there is no " + path.string());
          else if (link.length(2) && path.extension() == ".md" && !anchors(path).count(link[2]))
            offends(document.path, line, "there is no heading " + link.str());
        });
  CHECK(found >= 100);
}

TEST_CASE("every file and folder that stands in code exists") {
  int found = 0;
  for (const Document& document : documents())
    for (const Code& code : document.code)
      each_match(code.text, "((?:[\\w./*?-]+(?:\\[[\\w-]+\\])?)+)",
                 [&](const std::smatch& match, int line) {
                   const std::string path = replaced(match[1], "[./]+$", "");
                   const bool ours =
                       matches(path, "(src|envs|tests|notebooks_cpp|docs)/.*|Makefile");
                   if (!(ours || matches(path, "\\w[\\w/]*\\.[hc]pp"))) return;
                   if (matches(path, ".*(hwN_M|NN_).*") || is_for_the_reader(code.file, path))
                     return;
                   ++found;
                   if (ours ? !there_is(path) : !is_source(path))
                     offends(code.file, code.line + line - 1, "there is no " + path);
                 });
  CHECK(found >= 30);
}

TEST_CASE("every step that is named with a file is a numbered comment of it") {
  CHECK(steps_in("06_dyna_style").size() == 8);
  const std::string file = "[`(/](\\w+)\\.[hc]pp[`)],\\s+steps?\\s+";
  const std::string numbers = "([0-9]+(?:(?:,|,?\\s+and|\\s+to)\\s+[0-9]+)*)";
  int found = 0;
  for (const Document& document : documents())
    each_match(document.text, file + numbers, [&](const std::smatch& match, int line) {
      const Names steps = steps_in(match[1]);
      for (const std::string& number : all_matches(match[2], "([0-9]+)")) {
        ++found;
        if (!steps.count(number))
          offends(document.path, line, match.str(1) + " has no step " + number);
      }
    });
  CHECK(found >= 5);
}

TEST_CASE("every exercise and every notebook that is named exists") {
  Names exercises;
  for (const std::string& path : sources())
    if (matches(path, "src/.*"))
      exercises.merge(all_matches(text_of(path), "// BEGIN SOLUTION hw([0-9]\\.[0-9]+)"));
  int found = 0, notebooks = 0;
  for (const Document& document : documents()) {
    each_match(document.text, "(?:\\bhw|\\bHW=|\n### )([0-9]\\.[0-9]+)",
               [&](const std::smatch& match, int line) {
                 ++found;
                 if (!exercises.count(match[1]))
                   offends(document.path, line, "there is no exercise " + match.str(1));
               });
    each_match(document.text, "[^\\w/]([0-9][0-9]_[a-z]\\w*)", [&](const auto& match, int line) {
      ++notebooks;
      if (!is_source(match.str(1) + ".cpp") && !is_source(match.str(1) + ".hpp") &&
          !fs::exists("docs/" + match.str(1) + ".md"))
        offends(document.path, line, "no notebook, algorithm or chapter is " + match.str(1));
    });
  }
  CHECK(found >= 26);
  CHECK(notebooks >= 20);
}

TEST_CASE("every figure and every table of results is shown or named") {
  int found = 0;
  for (const char* folder : {"docs/figures", "docs/results"})
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string path = entry.path(), name = entry.path().filename();
      const auto names_it = [&](const Document& document) { return contains(document.text, name); };
      if (!matches(name, ".*\\.(png|gif|csv)")) continue;
      ++found;
      if (std::none_of(documents().begin(), documents().end(), names_it))
        offends(path, 1, "no document shows or names it");
    }
  CHECK(found >= 30);
}
