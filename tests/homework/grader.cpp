// The grader: each exercise by itself, in the reference's sources, with the student's text in the
// place of the solution, and by the reference's tests. `make grade SRC=../my-homework`, or
// CLASS=folder.
//
//   grader one SRC EXERCISE...        grader class FOLDER EXERCISE...        (hw3.2 ...)
//
// A student's code is a stranger's. What it can do is little, in this order:
//
//   1. its text is looked at: an exercise that leaves its function is not compiled (`objection`);
//   2. it runs in a process of its own, where the system allows that without files, network or
//      rights, and with limits on time, memory, files and processes;
//   3. "ok" counts only with a secret, made for this one run, that the test has read before any of
//      the student's code ran, and with as many checks passed as in the reference;
//   4. whatever it has started ends with it, and whatever is missing is wrong.
//
// Points, titles and ids come from the reference. make sets HB, HB_CXX, INCLUDES and THREADS; LIMIT
// is the seconds for each test, SEED the random inputs. UNREAD=1 leaves out 1, to try the others.

#include <sys/stat.h>

#include <cstdio>
#include <iostream>
#include <map>

#include "supervise.hpp"
#include "texts.hpp"
#ifdef __linux__
#include <sched.h>
#endif

using namespace mbrl;

namespace {

std::string setting(const char* name, const std::string& otherwise = "") {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

const fs::path kRoot = ".";
const double kSeconds = std::atof(setting("LIMIT", "10").c_str());

// A folder and all that is in it, whatever rights were taken from it.
void remove_folder(const fs::path& path) {
  std::error_code none;
  if (fs::is_directory(fs::symlink_status(path, none))) {
    chmod(path.c_str(), 0700);
    for (const auto& entry : fs::directory_iterator(path, none)) remove_folder(entry.path());
  }
  fs::remove(path, none);
}

struct Task {
  Exercise exercise;
  Title title;
  int checks = 0;  // of the reference
};

struct Graded {
  std::string status = "wrong", reasons;
  double seconds = 0;
};

// ---- many at once ----

// work(0), ..., work(count - 1), each in a process of its own, some at the same time. A process
// that was ended from outside leaves an empty answer.
std::vector<std::string> in_processes(std::size_t count,
                                      const std::function<std::string(std::size_t)>& work) {
  constexpr std::size_t longest = 32 << 10;  // fits into a pipe
  const int threads = std::max(1, std::atoi(setting("THREADS", "2").c_str()));
  std::vector<std::string> answers(count);
  std::map<pid_t, std::pair<std::size_t, int>> running;
  for (std::size_t next = 0; next < count || !running.empty();) {
    if (next < count && int(running.size()) < threads) {
      int ends[2];
      if (pipe(ends) != 0) fail("there is no pipe to be had");
      for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
      std::cout.flush();
      const pid_t child = fork();
      if (child < 0) fail("there is no process to be had");
      if (child == 0) {
        close(ends[0]);
        adopt_orphans();
        std::string answer = work(next).substr(0, longest);
        end_all_children();
        _exit(write(ends[1], answer.data(), answer.size()) == ssize_t(answer.size()) ? 0 : 1);
      }
      close(ends[1]);
      running[child] = {next++, ends[0]};
      continue;
    }
    const pid_t ended = waitpid(-1, nullptr, 0);
    const auto found = running.find(ended);
    if (found == running.end()) continue;
    const auto [index, end] = found->second;
    fcntl(end, F_SETFL, O_NONBLOCK);
    char some[4096];
    for (ssize_t n; (n = read(end, some, sizeof some)) > 0;)
      answers[index].append(some, std::size_t(n));
    close(end);
    running.erase(found);
  }
  return answers;
}

// ---- one exercise ----

// What can be shown anywhere: some lines of plain characters.
std::string plain(const std::string& text) {
  std::istringstream in(text);
  std::string shown;
  int lines = 0;
  for (std::string line; std::getline(in, line) && lines < 40; ++lines) {
    for (char& c : line)
      if (c < ' ' || c > '~') c = '?';
    shown += line.substr(0, 300) + "\n";
  }
  return shown;
}

// The text of a student: "laid", and the file is there; or a status and the reasons.
std::string lay(const fs::path& student, const Task& task, const fs::path& folder) {
  const std::string id = task.exercise.id;
  try {
    const Lines text = text_of_student(student, task.exercise);
    if (has_not_been_touched(text, id))
      return "not written\n" + id + " is not written yet: " + task.exercise.file.string() + "\n";
    const std::string foreign = setting("UNREAD") == "1" ? "" : objection(text);
    if (!foreign.empty())
      return "wrong\nthe grader does not accept this text: it has " + foreign +
             "\n  likely    an exercise is some lines inside one function, and speaks to nobody "
             "but the program "
             "around it\n";
    write(folder / task.exercise.file, laid(kRoot, task.exercise, text));
    return "laid\n";
  } catch (const std::exception& error) {
    return std::string("wrong\n") + error.what() + "\n";
  }
}

// What the compiler says; nothing if there is a program `folder/run`.
std::string compile(const Task& task, const fs::path& folder) {
  std::string stem = task.exercise.id;
  std::replace(stem.begin(), stem.end(), '.', '_');
  const std::string HB = setting("HB"), plain_include = "tests/homework/assertions.hpp";
  std::string cxx =
      setting("HB_CXX");  // with what is compiled already in the place of its first include
  const auto at = cxx.find(plain_include);
  if (at != std::string::npos && fs::exists(HB + "/shared.hpp.gch"))
    cxx.replace(at, plain_include.size(), HB + "/shared.hpp");
  const auto quoted = [](const fs::path& path) { return "'" + path.string() + "'"; };
  const std::string flags =
      " -w -Wno-error -I" + quoted(folder / "src") + " -Isrc " + setting("INCLUDES") + " -c ";
  std::string test = HB + "/" + stem + ".o", changed, commands;
  if (task.exercise.file.extension() == ".cpp") {
    changed = quoted(folder / "changed.o");
    commands = cxx + flags + quoted(folder / task.exercise.file) + " -o " + changed;
  } else {
    test = quoted(folder / "test.o");
    commands = cxx + flags + "tests/homework/" + stem + ".cpp -o " + test;
  }
  // exercise.o comes first: what it does before all others is to come before all others.
  commands += " && " + cxx + " " + HB + "/exercise.o " + test + " " + changed + " " + HB +
              "/library.a -o " + quoted(folder / "run") + " && echo compiled";
  Limits limits;
  limits.seconds = 120, limits.file = rlim_t(1) << 28;
  const Ended ended = supervise(
      [&](int say) {
        dup2(say, 1), dup2(say, 2);
        setenv("LC_ALL", "C", 1);
        execl("/bin/sh", "sh", "-c", commands.c_str(), nullptr);
        _exit(127);
      },
      limits);
  if (ended.late) return "it does not compile: stopped after 120 s\n";
  if (ended.status == 0 && fs::exists(folder / "run")) return "";
  std::string reasons = "it does not compile:\n";
  std::istringstream in(ended.said);
  int shown = 0;
  for (std::string line; std::getline(in, line) && shown < 3;)
    if (line.find("error") != std::string::npos) {
      const auto named = line.find(folder.string() + "/");
      reasons +=
          "  " +
          (named == std::string::npos ? line : line.substr(named + folder.string().size() + 1)) +
          "\n";
      ++shown;
    }
  return reasons;
}

// Into namespaces of its own, if the system allows it: no network, no sight of other processes, and
// when the first process of them ends, so do all. Comes back in that first process.
void set_apart() {
#ifdef __linux__
  const uid_t user = getuid();
  const gid_t group = getgid();
  const int rooms = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC;
  if (unshare(user == 0 ? rooms : CLONE_NEWUSER | rooms) != 0) return;
  if (user != 0) {  // an ordinary user is root in there, until the test gives that up
    const auto tell = [](const char* file, const std::string& text) {
      std::ofstream(file) << text;
    };
    tell("/proc/self/setgroups", "deny");
    tell("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
    tell("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
  }
  const pid_t first = fork();
  if (first == 0) return;
  int status = 0;
  close(3), close(4);
  waitpid(first, &status, 0);
  if (WIFSIGNALED(status)) {
    ::signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
#endif
}

std::string new_secret() {
  std::ifstream in("/dev/urandom", std::ios::binary);
  std::string secret;
  for (int i = 0; i < 16; ++i) {
    char hex[3];
    std::snprintf(hex, sizeof hex, "%02x", unsigned(in.get()) & 255);
    secret += hex;
  }
  if (!in) fail("no random numbers come from /dev/urandom");
  return secret;
}

// Runs the test in a folder of its own, which is all that it sees where the system allows that: a
// test may write into its /tmp.
Verdict run(const fs::path& program, const fs::path& folder) {
  const fs::path box = folder / "box";
  fs::create_directories(box / "tmp");
  chmod(box.c_str(), 0555), chmod((box / "tmp").c_str(), 0777);
  const std::string secret = new_secret();
  int ends[2];
  if (pipe(ends) != 0 || write(ends[1], secret.data(), 32) != 32)
    fail("there is no pipe to be had");
  close(ends[1]);
  Limits limits;
  limits.seconds = kSeconds, limits.file = 16 << 20, limits.processes = 64;
  limits.memory = rlim_t(1) << 30;
  const std::string path = fs::absolute(program), seed = "SEED=" + setting("SEED", "1");
  const Ended ended = supervise(
      [&](int say) {
        const int verdict = fcntl(say, F_DUPFD, 10), told = fcntl(ends[0], F_DUPFD, 10);
        dup2(verdict, 3), dup2(told, 4);
        for (int other = 5; other < 256; ++other) close(other);
        if (chdir(box.c_str()) != 0) _exit(1);
        set_apart();
        const char* environment[]{seed.c_str(), nullptr};
        execle(path.c_str(), path.c_str(), "--graded", nullptr, environment);
        _exit(127);
      },
      limits);
  close(ends[0]);
  return verdict_of(ended, secret, kSeconds);
}

// ---- what comes of it, in several formats ----

std::string escaped(const std::string& text, bool json) {
  std::string safe;
  for (const char c : text) {
    if (json) {
      safe += c == '\n' ? "\\n" : c == '"' ? "\\\"" : c == '\\' ? "\\\\" : std::string(1, c);
    } else {
      safe += c == '&'   ? "&amp;"
              : c == '<' ? "&lt;"
              : c == '>' ? "&gt;"
              : c == '"' ? "&quot;"
                         : std::string(1, c);
    }
  }
  return safe;
}

std::string decimal(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", x);
  return text;
}

int points(const Task& task, const Graded& graded) {
  return graded.status == "ok" ? task.title.points : 0;
}

void write_junit(const fs::path& path, const std::vector<Task>& tasks,
                 const std::vector<Graded>& graded) {
  std::string cases;
  int failed = 0;
  double seconds = 0;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Graded& g = graded[i];
    seconds += g.seconds, failed += g.status != "ok";
    cases += "  <testcase classname=\"" + tasks[i].exercise.id + "\" name=\"" +
             escaped(tasks[i].title.text, false) + "\" time=\"" + decimal(g.seconds) +
             "\">\n    <properties>\n      <property name=\"points\" value=\"" +
             std::to_string(points(tasks[i], g)) +
             "\"/>\n      <property name=\"max_points\" value=\"" +
             std::to_string(tasks[i].title.points) + "\"/>\n    </properties>\n";
    if (g.status != "ok")
      cases +=
          "    <failure message=\"" + g.status + "\">" + escaped(g.reasons, false) + "</failure>\n";
    cases += "  </testcase>\n";
  }
  std::ofstream(path)
      << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"homework\" tests=\""
      << tasks.size() << "\" failures=\"" << failed << "\" time=\"" << decimal(seconds) << "\">\n"
      << cases << "</testsuite>\n";
}

// Gradescope reads results.json: points, and what the student is shown, test by test.
void write_gradescope(const fs::path& path, const std::vector<Task>& tasks,
                      const std::vector<Graded>& graded) {
  std::string tests;
  int score = 0;
  double seconds = 0;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const Graded& g = graded[i];
    score += points(tasks[i], g), seconds += g.seconds;
    tests += std::string(i > 0 ? ",\n" : "") + "    {\"name\": \"" +
             escaped(tasks[i].title.text, true) + "\", \"number\": \"" +
             tasks[i].exercise.id.substr(2) +
             "\", \"score\": " + std::to_string(points(tasks[i], g)) +
             ", \"max_score\": " + std::to_string(tasks[i].title.points) + ", \"status\": \"" +
             (g.status == "ok" ? "passed" : "failed") +
             "\", \"output_format\": \"text\", \"output\": \"" +
             escaped(g.status + "\n" + g.reasons, true) + "\", \"visibility\": \"visible\"}";
  }
  std::ofstream(path)
      << "{\n  \"score\": " << score << ",\n  \"execution_time\": " << long(seconds + 0.5)
      << ",\n  \"visibility\": \"visible\",\n  \"stdout_visibility\": \"hidden\",\n  \"tests\": [\n"
      << tests << "\n  ]\n}\n";
}

void write_board(const fs::path& path, const std::vector<Task>& tasks,
                 const std::vector<Graded>& graded) {
  std::ofstream out(path);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    out << tasks[i].exercise.id << "|" << graded[i].status << "|" << tasks[i].title.points << "|"
        << tasks[i].title.text << "\n";
    std::istringstream in(graded[i].reasons);
    for (std::string line; std::getline(in, line);) out << "    " << line << "\n";
  }
}

// ---- all of it ----

Graded graded_from(const std::string& answer) {
  std::istringstream in(answer);
  Graded graded;
  std::string status, seconds;
  std::getline(in, status), std::getline(in, seconds);
  if (status != "ok" && status != "wrong" && status != "not written")
    return {"wrong", "the grading of this exercise was ended from outside\n", 0};
  graded.status = status, graded.seconds = std::atof(seconds.c_str());
  graded.reasons = plain({std::istreambuf_iterator<char>(in), {}});
  return graded;
}

// Every student, exercise by exercise: [student][task].
std::vector<std::vector<Graded>> grade(const std::vector<fs::path>& students,
                                       const std::vector<Task>& tasks,
                                       const std::vector<fs::path>& works) {
  const std::size_t many = tasks.size(), count = students.size() * many;
  const auto folder = [&](std::size_t job) {
    return works[job / many] / tasks[job % many].exercise.id;
  };
  // First all texts are laid, which a file that cannot be read in time does not stop.
  std::vector<std::string> answers = in_processes(count, [&](std::size_t job) {
    Limits limits;
    const Ended ended = supervise(
        [&](int say) {
          const std::string answer = lay(students[job / many], tasks[job % many], folder(job));
          if (write(say, answer.data(), answer.size()) < 0) _exit(1);
          _exit(0);
        },
        limits);
    if (ended.late) return std::string("wrong\nthe file cannot be read\n");
    return ended.said;
  });
  // What several have written in the same words is graded once.
  std::map<std::string, std::size_t> first;  // a text, who has it
  std::vector<std::size_t> jobs, same(count);
  for (std::size_t job = 0; job < count; ++job) {
    same[job] = job;
    if (answers[job] != "laid\n") {
      const auto line_ends = answers[job].find('\n');
      if (line_ends != std::string::npos) answers[job].insert(line_ends + 1, "0\n");  // seconds
      continue;
    }
    std::string text = tasks[job % many].exercise.id + "\n";
    for (const std::string& line : lines_of(folder(job) / tasks[job % many].exercise.file))
      text += line + "\n";
    const auto [found, is_new] = first.emplace(text, job);
    if (is_new) jobs.push_back(job);
    same[job] = found->second;
  }
  const std::vector<std::string> tested = in_processes(jobs.size(), [&](std::size_t k) {
    const std::size_t job = jobs[k];
    const Task& task = tasks[job % many];
    const auto begin = std::chrono::steady_clock::now();
    Verdict verdict{"wrong", compile(task, folder(job)), 0};
    if (verdict.reasons.empty()) verdict = run(folder(job) / "run", folder(job));
    if (verdict.status == "ok" && verdict.checks != task.checks)
      verdict = {"wrong", "the test did not make all of its checks\n", 0};
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    remove_folder(folder(job));
    return verdict.status + "\n" + decimal(seconds.count()) + "\n" + verdict.reasons;
  });
  for (std::size_t k = 0; k < jobs.size(); ++k) answers[jobs[k]] = tested[k];
  std::vector<std::vector<Graded>> all(students.size());
  for (std::size_t job = 0; job < count; ++job) {
    all[job / many].push_back(graded_from(answers[same[job]]));
    remove_folder(folder(job));
  }
  return all;
}

std::vector<Task> tasks_of(const std::vector<std::string>& ids, const fs::path& work) {
  std::vector<Task> tasks;
  for (const Exercise& e : exercises(kRoot))
    if (std::count(ids.begin(), ids.end(), e.id)) {
      const auto title = title_of(kRoot, e.id);
      if (!title) fail(test_of(e.id).string() + " does not judge " + e.id);
      tasks.push_back({e, *title, 0});
    }
  const std::vector<std::string> checks = in_processes(tasks.size(), [&](std::size_t i) {
    const Verdict verdict = run(setting("HB") + "/" + test_of(tasks[i].exercise.id).stem().string(),
                                work / tasks[i].exercise.id);
    return verdict.status == "ok" ? std::to_string(verdict.checks)
                                  : verdict.status + ": " + verdict.reasons;
  });
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    tasks[i].checks = std::atoi(checks[i].c_str());
    if (tasks[i].checks == 0)
      fail("the reference itself, " + tasks[i].exercise.id + ": " + checks[i]);
  }
  return tasks;
}

int run_all(const std::string& command, const fs::path& place,
            const std::vector<std::string>& ids) {
  const fs::path work = fs::path(setting("HB")) / "grade", reference = work / "reference";
  std::vector<fs::path> students, works;
  if (command == "one") {
    if (!fs::is_directory(place / "src")) fail("there is no homework in " + place.string());
    students = {place}, works = {work};
  } else {
    if (!fs::is_directory(place)) fail("there is no folder " + place.string());
    for (const auto& entry : fs::directory_iterator(place))
      if (entry.is_directory()) students.push_back(entry.path());
    std::sort(students.begin(), students.end());
    for (const fs::path& student : students) works.push_back(work / "of" / student.filename());
    if (students.empty()) fail("there are no folders, one for each student, in " + place.string());
  }
  remove_folder(work);
  for (const fs::path& folder : works) fs::create_directories(folder);
  const std::vector<Task> tasks = tasks_of(ids, reference);
  remove_folder(reference);
  const auto all = grade(students, tasks, works);
  for (std::size_t i = 0; i < students.size(); ++i) {
    write_junit(works[i] / "grade.xml", tasks, all[i]);
    write_gradescope(works[i] / "results.json", tasks, all[i]);
    write_board(works[i] / "verdicts", tasks, all[i]);
  }
  if (command == "one") {
    const int status =
        std::system(("tests/homework/board - <'" + (work / "verdicts").string() + "'").c_str());
    std::cout << "in JUnit's format: " << (work / "grade.xml").string()
              << ", in Gradescope's: " << (work / "results.json").string() << "\n";
    return status == 0 ? 0 : 1;
  }
  std::ofstream csv(work / "class.csv");
  csv << "student,points,of,seconds";
  for (const Task& task : tasks) csv << "," << task.exercise.id;
  csv << "\n";
  for (std::size_t i = 0; i < students.size(); ++i) {
    int sum = 0, most = 0;
    double seconds = 0;
    std::string each;
    for (std::size_t k = 0; k < tasks.size(); ++k) {
      sum += points(tasks[k], all[i][k]), most += tasks[k].title.points,
          seconds += all[i][k].seconds;
      each += "," + std::to_string(points(tasks[k], all[i][k]));
    }
    std::string name = plain(students[i].filename().string());
    name.pop_back();
    std::printf("%4d of %d   %s\n", sum, most, name.c_str());
    std::string doubled;
    for (const char c : name) doubled += c == '"' ? "\"\"" : std::string(1, c);
    csv << "\"" << doubled << "\"," << sum << "," << most << "," << decimal(seconds) << each
        << "\n";
  }
  std::fflush(stdout);
  std::cout << "all points: " << (work / "class.csv").string() << ", and of each student "
            << (work / "of").string() << "/NAME/{verdicts,grade.xml,results.json}\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 3 || (words[0] != "one" && words[0] != "class")) {
    std::cerr << "grader one SRC EXERCISE..., or class FOLDER EXERCISE...\n";
    return 2;
  }
  try {
    return run_all(words[0], words[1], {words.begin() + 2, words.end()});
  } catch (const std::exception& error) {
    std::cerr << "grade: " << error.what() << "\n";
    return 2;
  }
}
