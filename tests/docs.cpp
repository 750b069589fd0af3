// What the documents name exists, and the commands that they show run.
#include <doctest/doctest.h>
#include <glob.h>
#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

using Names = std::set<std::string>;

// ---- small tools ----

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool matches(const std::string& text, const std::string& pattern) {
  return std::regex_match(text, std::regex(pattern));
}

std::string replaced(const std::string& text, const std::string& pattern, const std::string& by) {
  return std::regex_replace(text, std::regex(pattern), by);
}

// Whether there is such a file or folder; * and the like may stand in the path.
bool there_is(const std::string& path) {
  glob_t found{};
  const int status = glob(path.c_str(), 0, nullptr, &found);
  globfree(&found);
  return status == 0;
}

int line_at(const std::string& text, std::size_t position) {
  const auto here = text.begin() + static_cast<std::ptrdiff_t>(position);
  return 1 + static_cast<int>(std::count(text.begin(), here, '\n'));
}

// Calls `use` with every match, and the line that its first group begins in.
void each_match(const std::string& text, const std::string& pattern,
                const std::function<void(const std::smatch& match, int line)>& use) {
  const std::regex regex(pattern);
  for (std::sregex_iterator match(text.begin(), text.end(), regex), end; match != end; ++match)
    use(*match, line_at(text, static_cast<std::size_t>(match->position(1))));
}

// All that the first group of the pattern matches.
Names all_matches(const std::string& text, const std::string& pattern) {
  Names names;
  each_match(text, pattern, [&](const std::smatch& match, int) { names.insert(match[1]); });
  return names;
}

// What the first group of the pattern matches first.
std::string found_in(const std::string& text, const std::string& pattern,
                     const std::string& otherwise) {
  std::smatch match;
  return std::regex_search(text, match, std::regex(pattern)) ? match.str(1) : otherwise;
}

struct Outcome {
  int status;
  std::string said;
};

Outcome shell(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string said;
  char chunk[4096];
  while (const std::size_t n = std::fread(chunk, 1, sizeof chunk, pipe)) said.append(chunk, n);
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, said};
}

// An empty folder.
fs::path fresh(const std::string& name) {
  const fs::path folder = fs::temp_directory_path() / ("mbrl-test-docs-" + name);
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

// Reports "file:line: what", once.
void offends(const std::string& file, int line, const std::string& what) {
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
std::size_t read_code(Document& document, std::size_t i, bool block) {
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

Document read_document(const std::string& path) {
  const std::string text = text_of(path);
  Document document{path, text, text, {}};
  for (std::size_t i = text.find('`'); i < text.size(); i = text.find('`', i)) {
    const std::size_t line = text.rfind('\n', i) + 1;  // 0 in the first line
    const bool block = text.compare(i, 3, "```") == 0 && text.find_first_not_of(' ', line) == i;
    i = read_code(document, i, block);
  }
  return document;
}

const std::vector<Document>& documents() {
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
Names anchors(const std::string& path) {
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
const Names& sources() {
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
bool is_source(const std::string& name) {
  return std::any_of(sources().begin(), sources().end(), [&](const std::string& path) {
    return fs::path(path).filename() == name || path == "src/" + name;
  });
}

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

// Whether there is the file that `make TARGET NAME=VALUE` asks for.
bool has_file(const std::string& target, const std::string& name, const std::string& value) {
  if (name == "N") return there_is("notebooks_cpp/" + value + ".cpp");
  if (name == "R") return there_is("docs/results/" + value + ".sh");
  const bool chooses_tests = name == "T" && target == "test";
  return !chooses_tests || there_is("tests/" + value) || there_is("tests/" + value + ".cpp");
}

std::string mbrl() {
  const char* program = std::getenv("MBRL");
  return fs::absolute(program ? program : "build/mbrl").string();
}

// The flags of every algorithm; those of the program itself are under "".
const std::map<std::string, Names>& flags() {
  static const std::map<std::string, Names> all = [] {
    const std::string program = mbrl(), list = shell(program + " list").said;
    std::map<std::string, Names> known;
    known[""] = all_matches(shell(program + " help").said, "(--[a-z]+)");
    for (const std::string& name :
         all_matches(list.substr(0, list.find("environments\n")), "\n  ([^ ]+)")) {
      known[name] =
          all_matches(shell(program + " run " + name + " --help").said, "\n  (--[a-z-]+)");
      known[name].insert("--help");
    }
    return known;
  }();
  return all;
}

// ---- the commands ----

struct Command {
  std::string file;
  int line;
  std::string text;
};

const std::string plain_or_quoted = "(?:[^\\s'\";|&()#\\\\]|'[^'\n]*'|\"[^\"\n]*\")+";

// Every command in code: what is between ; && | and the like, without comments and second columns.
std::vector<Command> written_commands() {
  const std::string end = "(?:[;|&()]|\n *)+|do |then ", aside = "\\\\\n *|#.*|  +.*";
  std::vector<Command> found;
  for (const Document& document : documents())
    for (const Code& code : document.code) {
      const auto add = [&](const std::smatch& match, int line) {
        const int lines = line_at(match[1], match.str(1).size()) - 1;
        if (matches(match[1], end))
          found.push_back({code.file, code.line + line + lines - 2, ""});
        else if (matches(match[1], plain_or_quoted))
          found.back().text += (found.back().text.empty() ? "" : " ") + match.str(1);
      };
      each_match("\n" + code.text, "(" + end + "|" + aside + "|" + plain_or_quoted + ")", add);
    }
  return found;
}

// Without the explanations that stand two spaces or more behind a command.
std::string first_column(const std::string& text) { return replaced(text, "(\\S)  +.*", "$1"); }

// Adds the calls of mbrl in a piece of code. A bash that writes them down instead of making them,
// and that finds no other program, goes through it: loops and variables are what they are for the
// reader.
void add_calls(const Code& code, std::vector<Command>& calls) {
  const std::string folder = fresh("script").string();
  std::ofstream(folder + "/script")
      << "PATH=; ulimit -t 10; cd() { :; }; command_not_found_handle() { :; }; "
      << "call() { echo \"${BASH_LINENO[1]} ${FUNCNAME[1]} $*\" >>" << folder << "/calls; }; "
      << "mbrl() { call \"$@\"; }; build/mbrl() { call \"$@\"; }; "
      << std::string(static_cast<std::size_t>(code.line - 1), '\n')
      << (code.language.empty() ? first_column(code.text) : code.text) << "\n";
  const Outcome outcome = shell("cd " + folder + " && bash script 2>&1 >/dev/null </dev/null");
  if (contains(outcome.said, "syntax error")) offends(code.file, code.line, outcome.said);
  std::ifstream written(folder + "/calls");
  for (std::string call; std::getline(written, call);)
    calls.push_back({code.file, std::stoi(call), call.substr(call.find(' ') + 1)});
}

// Every call of mbrl, as the shell expands it.
const std::vector<Command>& calls() {
  static const std::vector<Command> all = [] {
    std::vector<Command> found;
    for (const Document& document : documents())
      for (const Code& code : document.code)
        if (code.block ? contains(code.text, "build/mbrl ") && matches(code.language, "(sh|bash)?")
                       : matches(code.text, "(build/)?mbrl .*"))
          add_calls(code, found);
    return found;
  }();
  return all;
}

// ---- running them ----

// What makes a run small: of this, whatever the algorithm knows is appended to its command.
const std::string tiny =
    "--steps 2000 --episodes 1 --threads 1 --checkpoint-every 100 --evaluate-every 0 --epochs 2 "
    "--initial-steps 40 --hidden-layers 1 --hidden-width 8 --members 2 --elite-members 1 "
    "--candidates 20 --iterations 2 --elites 4 --particles 2 --horizon 3 --updates 4 "
    "--check-every 2 --rollouts 8 --rollout-length 2 --rollouts-per-step 2 --updates-per-step 1 "
    "--imagined-updates 1 --planning-updates 1 --more-steps 1 --policy-width 8 --learner-width 8 "
    "--learner-layers 1 --learner-batch-size 16";

// Runs `mbrl COMMAND`; a training run with a tiny budget, and into a new folder.
Outcome run(const fs::path& place, std::string command) {
  const std::string algorithm = found_in(command, "^run (\\S+) (?!--help)", "");
  if (!algorithm.empty() && flags().count(algorithm)) {
    const std::string usual = "runs/" + algorithm + "-" + found_in(command, "--env (\\S+)", "") +
                              "-" + found_in(command, "--seed (\\S+)", "1");
    fs::remove_all(place / found_in(command, "--out (runs/[^/ ]+)", usual));
    // What tells the runs of a sweep apart stays as it is: one run twice is no comparison.
    const std::string swept = "--(horizon|rollout-length|candidates)";
    each_match(tiny, "(--[a-z-]+) [0-9]+", [&](const std::smatch& setting, int) {
      const std::string flag = setting[1];
      if (matches(flag, swept) && contains(command, flag + " ")) return;
      if (flags().at(algorithm).count(flag)) command += " " + setting.str();
    });
  }
  if (matches(command, "resume .*")) command += " --steps 4000 --episodes 2 --threads 1";
  return shell("cd " + place.string() + " && GNUPLOT=none " + mbrl() + " " + command +
               " 2>&1 </dev/null");
}

// Makes the run that a folder's name tells of, where no command before has made it.
void make_folder(const fs::path& place, const std::string& folder) {
  const std::string name = "^runs/(.+)-([a-z_]+)-([0-9]+)$", demo = "^runs/demo-[0-9]+$";
  if (there_is((place / folder).string())) return;
  if (matches(folder, demo)) run(place, "run v1.5 --env pendulum --out " + folder);
  if (matches(folder, name)) run(place, replaced(folder, name, "run $1 --env $2 --seed $3"));
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

TEST_CASE("every make command names targets and settings that the Makefile has") {
  const std::string makefile = text_of("Makefile");
  Names targets;
  for (const std::string& rule : all_matches(makefile, "\n([a-z][a-z/ ]*):(?!=)"))
    targets.merge(all_matches(rule, "(\\S+)"));
  int found = 0;
  for (const Command& make : written_commands()) {
    const std::string words = found_in(make.text, "^(?:[A-Z]+=\\S+ )*make(?: (.*)|$)", "no make");
    if (words == "no make") continue;
    ++found;
    each_match(words, "(" + plain_or_quoted + ")", [&](const std::smatch& word, int) {
      const std::string setting = found_in(word[1], "^([A-Z]+)=", "");
      const std::string value = replaced(word[1], "^[A-Z]+=|'|\"", "");
      if (setting.empty()) {
        if (value[0] != '-' && !targets.count(value))
          offends(make.file, make.line, "make has no target " + value);
      } else if (!contains(makefile, "$(" + setting + ")") && !contains(makefile, setting + "=")) {
        offends(make.file, make.line, "make has no setting " + setting);
      }
      for (const std::string& one : all_matches(value, "(\\S+)"))
        if (!has_file(found_in(words, "^(\\S+)", ""), setting, one))
          offends(make.file, make.line, "make finds nothing for " + setting + "=" + one);
    });
  }
  CHECK(found >= 30);
}

TEST_CASE("every flag is one of the program, and of the algorithm that it is shown with") {
  int found = 0;
  const auto look = [&](const Command& command, const Names& known) {
    for (const std::string& flag : all_matches(" " + command.text, " (--[a-z][a-z-]*)")) {
      ++found;
      if (!known.count(flag)) offends(command.file, command.line, "there is no " + flag + " here");
    }
  };
  Names all;
  for (const auto& known : flags()) all.insert(known.second.begin(), known.second.end());
  for (const Command& command : written_commands())
    if (matches(command.text, "(--|(run|resume|play|predict|compare) ).*") ||
        flags().count(found_in(command.text, "^(\\S+) ", "no")))
      look(command, all);
  for (const Command& call : calls()) {
    const std::string algorithm = found_in(call.text, "mbrl run (\\S+)", "");
    look(call, algorithm.empty() || !flags().count(algorithm) ? all : flags().at(algorithm));
  }
  CHECK(found >= 100);
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

TEST_CASE("every call of the program that is shown runs") {
  const fs::path place = fresh("place");
  Names seen;
  for (const Command& call : calls()) {
    const std::string command = found_in(call.text, "^build/mbrl (.*)", "");
    const std::string placeholder = ".*(\\b(ALGO|ENV|DIR|KEY|VALUE|NAME|N)\\b|\\[-).*";
    if (command.empty() || matches(command, placeholder) || !seen.insert(command).second) continue;
    if (!matches(command, "run .*"))
      for (const std::string& folder : all_matches(command, " (runs/\\S+)"))
        make_folder(place, folder);
    const Outcome outcome = run(place, command);
    if (outcome.status != 0) offends(call.file, call.line, command + "\n" + outcome.said);
  }
  CHECK(seen.size() >= 50);
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
