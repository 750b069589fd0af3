// The tool of the homework: cuts the exercises out of the sources, lays a student's text or a
// typical mistake over the solution, and checks that sources, tests and sheets agree.
//
// tests/homework/mistakes/hw3.2 holds other texts for it, see `variants`.

#include <functional>
#include <iostream>
#include <map>
#include <sstream>

#include "texts.hpp"

using namespace mbrl;

namespace {

Exercise exercise(const fs::path& root, const std::string& id) {
  for (const Exercise& e : exercises(root))
    if (e.id == id) return e;
  fail("there is no exercise " + id + " in " + root.string());
}

fs::path sheet_of(const std::string& id) {
  return "docs/homework/" + id.substr(0, id.find('.')) + ".md";
}

// ---- other texts for an exercise: typical mistakes, and solutions written differently ----

// A file of them, one after another:
//
//   ! the variance is divided by E - 1       a mistake, or
//   * all actions but one are moved on       the planted bug, which the student is given, or
//   = one elite at a time                    a correct solution
//   - a line of the solution                 to be replaced by
//   + these lines                            (without a `-` line: in the place of the whole)
//   ? what the hint must contain
struct Variant {
  char kind;
  std::string title, hint;
  std::vector<std::pair<std::string, Lines>> edits;  // an old line, its new ones
  Lines whole;
};

std::vector<Variant> variants(const fs::path& root, const std::string& id) {
  const fs::path path = root / "tests/homework/mistakes" / id;
  std::vector<Variant> all;
  if (!fs::exists(path)) return all;
  for (const std::string& line : lines_of(path)) {
    const std::string text = line.size() > 2 ? line.substr(2) : "";
    const char mark = line.empty() ? '#' : line[0];
    if (mark == '!' || mark == '*' || mark == '=')
      all.push_back({mark, text, "", {}, {}});
    else if (mark == '?')
      all.back().hint = text;
    else if (mark == '-')
      all.back().edits.push_back({trimmed(text), {}});
    else if (mark == '+')
      (all.back().edits.empty() ? all.back().whole : all.back().edits.back().second)
          .push_back(text);
    else if (mark != '#')
      fail(path.string() + ": a line begins with " + line);
  }
  return all;
}

Lines varied(const Lines& solution, const Variant& variant, const std::string& id) {
  const std::string indent = solution.empty() ? "" : indent_of(solution[0]);
  Lines text;
  if (variant.edits.empty()) {
    for (const std::string& line : variant.whole) text.push_back(indent + line);
    return text;
  }
  std::vector<int> used(variant.edits.size(), 0);
  for (const std::string& line : solution) {
    bool kept = true;
    for (std::size_t k = 0; k < variant.edits.size() && kept; ++k)
      if (trimmed(line) == variant.edits[k].first) {
        ++used[k], kept = false;
        for (const std::string& now : variant.edits[k].second)
          text.push_back(indent_of(line) + now);
      }
    if (kept) text.push_back(line);
  }
  for (std::size_t k = 0; k < used.size(); ++k)
    if (used[k] != 1)
      fail(id + ", " + variant.title + ": the solution has " + std::to_string(used[k]) +
           " lines that read " + variant.edits[k].first);
  return text;
}

std::optional<Variant> planted_bug(const fs::path& root, const std::string& id) {
  for (const Variant& variant : variants(root, id))
    if (variant.kind == '*') return variant;
  return {};
}

// ---- the commands ----

// What the student gets in the place of a solution.
Lines hole(const fs::path& root, const Exercise& e) {
  const Lines solution = body(root, e);
  const std::string indent = indent_of(lines_of(root / e.file)[e.begin]);
  const auto bug = planted_bug(root, e.id);
  Lines text{indent + "// BEGIN " + e.id + " (" + e.about + "): " + sheet_of(e.id).string() +
                 (bug ? ". There is a bug here: find it, then delete the next line" : ""),
             indent + "not_written(\"" + e.id + "\");"};
  if (bug)
    for (const std::string& line : varied(solution, *bug, e.id)) text.push_back(line);
  text.push_back(indent + "// END " + e.id);
  return text;
}

// What a student's tree is made of, beside the sources.
bool goes_along(const std::string& path) {
  static const std::set<std::string> top{"Makefile", ".gitignore", ".clang-format"};
  const auto below = [&](const char* folder) { return path.rfind(folder, 0) == 0; };
  if (path.rfind("src/bench", 0) == 0) return false;  // written by hand, and so full of solutions
  if (below("tests/homework/mistakes/") || path == "tests/homework/homework.cpp" ||
      path == "tests/homework/prove" || path == "tests/homework/grader.cpp" ||
      path == "tests/homework/texts.hpp" || path == "tests/homework/shared.hpp" ||
      path == "tests/homework/Containerfile" || below("tests/homework/attack"))
    return false;
  return top.count(path) || below("src/") || below("envs/") || below("tests/homework/") ||
         below("docs/homework/");
}

bool inside(const fs::path& path, const fs::path& folder) {
  const fs::path below =
      fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(folder));
  return !below.empty() && *below.begin() != "..";
}

// A file with its exercises cut out, all but one of them or all.
Lines without_solutions(const fs::path& root, const fs::path& file, const std::string& kept = "") {
  Lines lines = lines_of(root / file);
  std::vector<Exercise> in_file = exercises_in(root, file);
  std::reverse(in_file.begin(), in_file.end());  // the last first: the others stay where they are
  for (const Exercise& e : in_file) {
    if (e.id == kept) continue;
    const Lines text = hole(root, e);
    lines.erase(lines.begin() + long(e.begin), lines.begin() + long(e.end) + 1);
    lines.insert(lines.begin() + long(e.begin), text.begin(), text.end());
  }
  if (!in_file.empty()) include_not_written(lines);
  return lines;
}

void cut(const fs::path& root, const fs::path& to) {
  if (fs::exists(to) && !(fs::is_directory(to) && fs::is_empty(to)))
    fail(to.string() + " is not an empty folder");
  std::set<fs::path> holes;
  for (const Exercise& e : exercises(root)) holes.insert(e.file);
  for (auto entry = fs::recursive_directory_iterator(root);
       entry != fs::recursive_directory_iterator(); ++entry) {
    const fs::path path = fs::relative(entry->path(), root);
    if (path == "build" || path == "runs" || path == ".git") entry.disable_recursion_pending();
    if (!entry->is_regular_file() || !goes_along(path.generic_string())) continue;
    fs::create_directories((to / path).parent_path());
    if (holes.count(path))
      write(to / path, without_solutions(root, path));
    else
      fs::copy_file(entry->path(), to / path);
  }
  fs::rename(to / "docs/homework/README.md", to / "README.md");
  fs::create_directories(to / ".github/workflows");
  fs::rename(to / "tests/homework/workflow.yml", to / ".github/workflows/homework.yml");
}

// One file of the reference, with the student's text of one exercise.
void lay(const fs::path& root, const fs::path& student, const std::string& id, const fs::path& to) {
  const Exercise e = exercise(root, id);
  write(to / e.file, laid(root, e, text_of_student(student, e)));
}

// ---- do sources, tests and sheets agree? ----

struct Complaints {
  int count = 0;
  void add(const std::string& text) {
    std::cout << "homework: " << text << "\n";
    ++count;
  }
};

// Only what tells one line of code from another.
std::string essence(const std::string& line) {
  std::string kept;
  for (const char c : line)
    if (!std::isspace(static_cast<unsigned char>(c))) kept += c;
  return kept;
}

// No line of a solution that says something (is long, and does not only open a block) stands
// anywhere in the cut tree.
void check_for_leaks(const fs::path& root, const fs::path& tree, Complaints& wrong) {
  std::map<std::string, std::string> secrets;  // a line of a solution, whose it is
  for (const Exercise& e : exercises(root)) {
    const auto bug = planted_bug(root, e.id);
    const Lines given = bug ? varied(body(root, e), *bug, e.id) : Lines{};
    for (const std::string& line : body(root, e))
      if (essence(line).size() >= 28 && essence(line).back() != '{' &&
          !std::count(given.begin(), given.end(), line))
        secrets[essence(line)] = e.id;
  }
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    text = essence(text);
    for (const auto& [line, id] : secrets)
      if (text.find(line) != std::string::npos)
        wrong.add(entry.path().string() + " gives away " + id + ": " + line);
  }
}

void check(const fs::path& root, const fs::path& tree, Complaints& wrong) {
  const std::vector<Exercise> all = exercises(root);
  std::map<std::string, std::string> sheets;
  std::map<std::string, int> bugs;
  std::set<fs::path> tests;
  for (const Exercise& e : all) {
    // At most a twentieth of a file are markers; a short file may have one exercise.
    const auto in_file = exercises_in(root, e.file).size();
    const std::size_t size = lines_of(root / e.file).size();
    if (in_file > 1 && 40 * in_file > size)
      wrong.add(e.file.string() + ": more than one line of twenty is a marker");
    // The test says the same id; the sheet the same id, title, points, and where.
    tests.insert(test_of(e.id));
    if (!fs::exists(root / test_of(e.id))) {
      wrong.add(e.id + " has no test " + test_of(e.id).string());
      continue;
    }
    const auto title = title_of(root, e.id);
    if (!title) {
      wrong.add(test_of(e.id).string() + " does not judge " + e.id);
      continue;
    }
    const std::string sheet = sheet_of(e.id).string();
    if (!sheets.count(sheet)) {
      if (!fs::exists(root / sheet)) {
        wrong.add(e.id + " has no sheet " + sheet);
        continue;
      }
      for (const std::string& line : lines_of(root / sheet)) sheets[sheet] += line + "\n";
    }
    const std::string number = e.id.substr(2),
                      heading = "### " + number + " " + title->text + " (" +
                                std::to_string(title->points) +
                                (title->points == 1 ? " point, " : " points, ");
    if (sheets[sheet].find(heading) == std::string::npos)
      wrong.add(sheet + " has no heading that begins: " + heading);
    if (sheets[sheet].find("(../../" + e.file.string() + ")") == std::string::npos)
      wrong.add(sheet + " does not link to ../../" + e.file.string() + " of " + e.id);
    if (const std::string foreign = objection(body(root, e)); !foreign.empty())
      wrong.add(e.id + ": the grader would object to " + foreign);
    // Other texts: two mistakes and a solution written differently, at least.
    int mistakes = 0, others = 0;
    for (const Variant& variant : variants(root, e.id)) {
      const std::string foreign = objection(varied(body(root, e), variant, e.id));
      if (!foreign.empty())
        wrong.add(e.id + ", " + variant.title + ": the grader would object to " + foreign);
      if (variant.kind == '=')
        ++others;
      else if (variant.hint.empty())
        wrong.add(e.id + ", " + variant.title + ": no hint");
      else
        ++mistakes;
    }
    if (mistakes < 2) wrong.add(e.id + " has only " + std::to_string(mistakes) + " mistakes");
    if (others < 1) wrong.add(e.id + " has no solution written differently");
    bugs[sheet] += planted_bug(root, e.id).has_value();
  }
  for (const auto& [sheet, count] : bugs)
    if (count != 1) wrong.add(sheet + " has " + std::to_string(count) + " planted bugs, not one");
  for (const auto& entry : fs::directory_iterator(root / "tests/homework"))
    if (entry.path().filename().string().rfind("hw", 0) == 0 &&
        !tests.count(fs::relative(entry.path(), root)))
      wrong.add(entry.path().string() + " tests no exercise");
  static const std::regex heading(R"(### (\d+\.\d+) .*)");
  for (const auto& [sheet, text] : sheets) {
    std::istringstream in(text);
    std::smatch match;
    for (std::string line; std::getline(in, line);)
      if (std::regex_match(line, match, heading) &&
          std::none_of(all.begin(), all.end(),
                       [&](auto& e) { return e.id == "hw" + match[1].str(); }))
        wrong.add(sheet + ": there is no exercise " + match[1].str());
  }
  check_for_leaks(root, tree, wrong);
  std::cout << "homework: " << all.size() << " exercises, " << wrong.count << " complaints\n";
}

int run(const std::vector<std::string>& words) {
  const auto is = [&](const char* command, std::size_t count) {
    return words.size() == count + 1 && words[0] == command;
  };
  if (is("list", 1)) {  // ROOT: every exercise and its file
    for (const Exercise& e : exercises(words[1]))
      std::cout << e.id << " " << e.file.string() << "\n";
  } else if (is("new", 2)) {  // ROOT TO: the student's tree, outside of the repository
    if (inside(words[2], words[1])) fail(words[2] + " lies inside this repository");
    cut(words[1], words[2]);
  } else if (is("cut", 2)) {  // the same, anywhere
    cut(words[1], words[2]);
  } else if (is("alone", 3)) {  // ROOT ID TO: its file, with every other exercise cut out
    const Exercise e = exercise(words[1], words[2]);
    write(fs::path(words[3]) / e.file, without_solutions(words[1], e.file, e.id));
  } else if (is("variants", 2)) {  // ROOT ID: "kind|hint|title" of each
    for (const Variant& v : variants(words[1], words[2]))
      std::cout << v.kind << "|" << v.hint << "|" << v.title << "\n";
  } else if (is("vary", 4)) {  // ROOT ID NUMBER TO: its file, with the variant of that number
    const Exercise e = exercise(words[1], words[2]);
    const Variant variant = variants(words[1], words[2]).at(std::stoul(words[3]));
    write(fs::path(words[4]) / e.file,
          with_body(words[1], e, varied(body(words[1], e), variant, e.id)));
  } else if (is("lay", 4)) {  // ROOT STUDENT ID TO: its file, with the student's text
    lay(words[1], words[2], words[3], words[4]);
  } else if (is("check", 2)) {  // ROOT TREE: do sources, tests, sheets and a cut tree agree?
    Complaints wrong;
    check(words[1], words[2], wrong);
    return wrong.count > 0;
  } else {
    fail("unknown command; they are in main()");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "homework: " << error.what() << "\n";
    return 2;
  }
}
