// The commands that the documents show name what there is, and run.
#include <map>

#include "documents.hpp"

using namespace documents_test;

namespace {

// Whether there is the file that `make TARGET NAME=VALUE` asks for.
bool has_file(const std::string& target, const std::string& name, const std::string& value) {
  if (name == "N") return there_is("notebooks_cpp/" + value + ".cpp");
  if (name == "R") return there_is("docs/results/" + value + ".csv");
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
    "--planning-updates 1 --more-steps 1 --policy-width 8 --learner-width 8 "
    "--learner-layers 1 --learner-batch-size 16";

// Runs `mbrl COMMAND`; a training run with a tiny budget, and into a new folder.
Outcome run(const fs::path& place, std::string command) {
  std::string algorithm = found_in(command, "^run (\\S+) (?!--help)", "");
  const bool several = contains(algorithm, ",") || contains(command, " --seeds ");
  algorithm = algorithm.substr(0, algorithm.find(','));
  if (!algorithm.empty() && flags().count(algorithm)) {
    const std::string usual = "runs/" + algorithm + "-" + found_in(command, "--env (\\S+)", "") +
                              "-" + found_in(command, "--seed (\\S+)", "1");
    fs::remove_all(place / found_in(command, "--out (runs/[^/ ]+)", usual));
    // What tells the runs of a sweep apart stays as it is: one run twice is no comparison.
    const std::string swept =
        several ? "--(?!steps|episodes).*" : "--(horizon|rollout-length|candidates)";
    if (several) command = replaced(command, "--seeds 1-[0-9]+", "--seeds 1-2");
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

TEST_CASE(
    "in a student's tree, which has neither these tests nor the book, make complains of nothing") {
  const std::string tree = fresh("tree").string();
  const Outcome outcome = shell("for f in Makefile src envs; do ln -s $PWD/$f " + tree +
                                "; done; make -C " + tree + " help 2>&1");
  CHECK(outcome.status == 0);
  CHECK(contains(outcome.said, "tests all exercises"));
  CHECK_FALSE(contains(outcome.said, "No such file"));
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
