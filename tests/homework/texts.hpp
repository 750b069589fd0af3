// The texts of exercises: where they stand in a source file, in the reference and in a student's
// tree.
//
// An exercise is what stands between two lines of a source file:
//
//   // BEGIN SOLUTION hw3.2 (about 4 lines)        in a tree that was cut:   // BEGIN hw3.2 ...
//   // END SOLUTION                                                          // END hw3.2
//
// Standard library only.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace mbrl {

namespace fs = std::filesystem;

using Lines = std::vector<std::string>;

struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};
[[noreturn]] inline void fail(const std::string& reason) { throw Failed(reason); }

inline Lines lines_of(const fs::path& path) {
  if (!fs::is_regular_file(path)) fail("there is no file " + path.string());
  if (fs::file_size(path) > (1 << 20)) fail(path.string() + " is larger than 1 MB");
  std::ifstream in(path, std::ios::binary);
  if (!in) fail("cannot read " + path.string());
  Lines lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();  // saved on Windows
    lines.push_back(line);
  }
  return lines;
}

inline void write(const fs::path& path, const Lines& lines) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary);
  for (const std::string& line : lines) out << line << "\n";
  if (!out.flush()) fail("cannot write " + path.string());
}

inline std::string trimmed(const std::string& line) {
  const auto first = line.find_first_not_of(" \t");
  return first == std::string::npos ? ""
                                    : line.substr(first, line.find_last_not_of(" \t") + 1 - first);
}

inline std::string indent_of(const std::string& line) {
  return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

struct Exercise {
  std::string id, about;   // "hw3.2", "about 4 lines"
  fs::path file;           // below the root: src/planning/cem.cpp
  std::size_t begin, end;  // the lines of its markers
};

inline const std::regex kBegin(
    R"(\s*// BEGIN (?:SOLUTION )?(hw\d+\.\d+) \((about \d+ lines?)\).*)");
inline const std::regex kEnd(R"(\s*// END (?:SOLUTION|hw\d+\.\d+).*)");

inline std::vector<Exercise> exercises_in(const fs::path& root, const fs::path& file) {
  std::vector<Exercise> found;
  const Lines lines = lines_of(root / file);
  bool open = false;
  std::smatch match;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string at = file.string() + ", line " + std::to_string(i + 1) + ": ";
    if (std::regex_match(lines[i], match, kBegin)) {
      if (open) fail(at + "an exercise begins inside another");
      open = true;
      found.push_back({match[1], match[2], file, i, 0});
    } else if (std::regex_match(lines[i], kEnd)) {
      if (!open) fail(at + "an exercise ends that has not begun");
      open = false;
      found.back().end = i;
    }
  }
  if (open) fail(file.string() + ": " + found.back().id + " does not end");
  return found;
}

// All of them, in the order of their numbers.
inline std::vector<Exercise> exercises(const fs::path& root) {
  std::vector<Exercise> all;
  for (const auto& entry : fs::recursive_directory_iterator(root / "src"))
    if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp")
      for (const Exercise& e : exercises_in(root, fs::relative(entry.path(), root)))
        all.push_back(e);
  const auto number = [](const Exercise& e) {
    const auto dot = e.id.find('.');
    return std::pair(std::stoi(e.id.substr(2, dot - 2)), std::stoi(e.id.substr(dot + 1)));
  };
  std::sort(all.begin(), all.end(), [&](auto& a, auto& b) { return number(a) < number(b); });
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i].id == all[i - 1].id) fail("there are two exercises " + all[i].id);
  return all;
}

inline Lines body(const fs::path& root, const Exercise& e) {
  const Lines lines = lines_of(root / e.file);
  return {lines.begin() + long(e.begin) + 1, lines.begin() + long(e.end)};
}

// The file with other text between the markers.
inline Lines with_body(const fs::path& root, const Exercise& e, const Lines& text) {
  Lines lines = lines_of(root / e.file);
  lines.erase(lines.begin() + long(e.begin) + 1, lines.begin() + long(e.end));
  lines.insert(lines.begin() + long(e.begin) + 1, text.begin(), text.end());
  return lines;
}

inline fs::path test_of(const std::string& id) {
  std::string stem = id;
  std::replace(stem.begin(), stem.end(), '.', '_');
  return "tests/homework/" + stem + ".cpp";
}

// Points and title, as the test in the reference has them.
struct Title {
  int points = 0;
  std::string text;
};
inline std::optional<Title> title_of(const fs::path& root, const std::string& id) {
  std::string text;
  for (const std::string& line : lines_of(root / test_of(id))) text += trimmed(line) + " ";
  std::smatch said;
  static const std::regex declared(R"rx(judge\(\{"(hw\d+\.\d+)", (\d+), "([^"]*)"\})rx");
  if (!std::regex_search(text, said, declared) || said[1] != id) return {};
  return Title{std::stoi(said[2]), said[3]};
}

// ---- a student's text ----

// Of the student's tree only the file in which the reference has the exercise is looked at, and in
// it only what lies between this exercise's own markers.
inline Lines text_of_student(const fs::path& student, const Exercise& e) {
  Lines lines;
  try {
    lines = lines_of(student / e.file);
  } catch (const Failed&) {
    fail(e.file.string() + " is missing, or is no file that can be read");
  }
  std::optional<std::size_t> begin, end;
  std::smatch match;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool begins = std::regex_match(lines[i], match, kBegin);
    if (begins && match[1] == e.id) {
      if (begin) fail(e.file.string() + ": there are two lines // BEGIN " + e.id);
      begin = i;
    } else if (begin && !end && begins) {
      break;
    } else if (begin && !end &&
               (trimmed(lines[i]) == "// END " + e.id || trimmed(lines[i]) == "// END SOLUTION")) {
      end = i;
    }
  }
  if (!begin) fail(e.file.string() + ": the line // BEGIN " + e.id + " is missing");
  if (!end) fail(e.file.string() + ": the line // END " + e.id + " is missing");
  return {lines.begin() + long(*begin) + 1, lines.begin() + long(*end)};
}

// Why a text has no business in an exercise; empty if it has. An exercise is some lines inside one
// function: nothing in it need leave the function, change how the file is read, or speak to the
// operating system. Comments and what stands in quotes are not looked at.
inline std::string objection(const Lines& lines) {
  static const std::set<std::string> foreign{
      "system",         "popen",          "fork",          "vfork",
      "clone",          "execl",          "execlp",        "execle",
      "execv",          "execve",         "execvp",        "posix_spawn",
      "syscall",        "ptrace",         "prctl",         "dlopen",
      "dlsym",          "mmap",           "mprotect",      "_exit",
      "_Exit",          "exit",           "quick_exit",    "at_quick_exit",
      "atexit",         "abort",          "terminate",     "getppid",
      "setsid",         "setpgid",        "daemon",        "signal",
      "sigaction",      "longjmp",        "setjmp",        "kill",
      "raise",          "fopen",          "fdopen",        "freopen",
      "ofstream",       "ifstream",       "fstream",       "filebuf",
      "basic_ofstream", "basic_ifstream", "basic_fstream", "basic_filebuf",
      "filesystem",     "socket",         "thread",        "jthread",
      "async",          "pthread_create", "asm",           "__asm",
      "__asm__",        "__attribute__",  "__attribute",   "_Pragma",
      "__builtin_trap", "extern",         "judge",         "Test",
      "namespace",      "environ",        "getenv",        "setenv",
      "putenv",         "unlink",         "rename",        "chmod",
      "chroot",         "pipe",           "dup",           "dup2"};
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  int depth = 0;
  const auto part_of_name = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i], next = i + 1 < text.size() ? text[i + 1] : '\n';
    if (c == '\\') return "a \\ outside of quotes";
    if (c == '#' || (c == '%' && next == ':') || (c == '?' && next == '?'))
      return "a line for the preprocessor, which begins with #";
    if (c == '[' && text.compare(i, 2, "[[") == 0 && text.find("]]", i) != std::string::npos &&
        text.find("gnu", i) < text.find("]]", i))
      return "an attribute [[gnu::...]]";
    if (c == '/' && next == '/') {
      const std::size_t line_ends = std::min(text.find('\n', i), text.size());
      if (line_ends > i && text[line_ends - 1] == '\\') return "a \\ at the end of a comment";
      i = line_ends;
    } else if (c == '/' && next == '*') {
      const std::size_t closes = text.find("*/", i + 2);
      if (closes == std::string::npos) return "a comment /* that does not end";
      i = closes + 1;
    } else if (c == '"' || c == '\'') {
      if (c == '"' && i > 0 && text[i - 1] == 'R') return "a raw string R\"...\"";
      std::size_t k = i + 1;
      for (; k < text.size() && text[k] != c && text[k] != '\n'; ++k)
        if (text[k] == '\\') ++k;
      if (k >= text.size() || text[k] != c) return "a quote that does not end";
      i = k;
    } else if (part_of_name(c)) {
      std::size_t k = i;
      while (k < text.size() && (part_of_name(text[k]) ||
                                 (text[k] == '\'' && std::isdigit(static_cast<unsigned char>(c)))))
        ++k;
      const std::string name = text.substr(i, k - i);
      if (foreign.count(name)) return "the name `" + name + "`";
      i = k - 1;
      if (k < text.size() && text[k] == '"' && name.back() == 'R') return "a raw string R\"...\"";
    } else if (c == '{' || (c == '<' && next == '%')) {
      ++depth;
    } else if (c == '}' || (c == '%' && next == '>')) {
      if (--depth < 0) return "a } that closes the function around it";
    }
  }
  return depth == 0 ? "" : "a { that is not closed";
}

inline bool has_not_been_touched(const Lines& lines, const std::string& id) {
  const auto first = std::find_if(lines.begin(), lines.end(),
                                  [](const std::string& line) { return !trimmed(line).empty(); });
  return first != lines.end() && trimmed(*first) == "not_written(\"" + id + "\");";
}

// Every cut file includes what a hole says, after its first include.
inline void include_not_written(Lines& lines) {
  const auto first = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.rfind("#include", 0) == 0;
  });
  lines.insert(first + 1, "#include \"core/not_written.hpp\"  // for the exercises");
}

// The reference's file of an exercise, with the student's text of it.
inline Lines laid(const fs::path& root, const Exercise& e, const Lines& text) {
  Lines lines = with_body(root, e, text);
  include_not_written(lines);
  return lines;
}

}  // namespace mbrl
