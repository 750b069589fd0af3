#include "report/gnuplot.hpp"

#include <stdio.h>  // popen
#include <sys/wait.h>

#include <cstdlib>
#include <fstream>

namespace mbrl {

static std::string gnuplot_command() {
  const char* command = std::getenv("GNUPLOT");
  return command && *command ? command : "gnuplot";
}

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string gnuplot_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c == '\n' || c == '\r' || c == '\0' ? ' ' : c;
  }
  return quoted + "'";
}

std::string gnuplot_bold(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string("\\{}^_@&~").find(c) != std::string::npos) escaped += '\\';
    escaped += c;
  }
  return gnuplot_quoted(text.empty() ? "" : "{/:Bold " + escaped + "}");
}

std::string gnuplot_output(const std::string& path) {
  return "set output " + gnuplot_quoted(std::filesystem::absolute(path + ".new").string()) + "\n";
}

struct CommandResult {
  bool ok = false;
  std::string said;  // on both of its outputs
};

static CommandResult run_command(const std::string& command) {
  CommandResult result;
  FILE* pipe = popen((command + " 2>&1 </dev/null").c_str(), "r");
  if (!pipe) return result;
  char chunk[4096];
  while (const std::size_t n = fread(chunk, 1, sizeof chunk, pipe)) result.said.append(chunk, n);
  const int status = pclose(pipe);
  result.ok = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return result;
}

bool gnuplot_available() {
  return gnuplot_command() != "none" &&
         run_command(shell_quoted(gnuplot_command()) + " --version").ok;
}

std::string why_not_drawn() {
  const std::string command = gnuplot_command();
  if (command == "none") return "GNUPLOT is none";
  if (command == "gnuplot") return "gnuplot is not installed";
  return "GNUPLOT names " + command + ", which cannot be run";
}

static std::runtime_error cannot_write(const std::string& path) {
  return std::runtime_error("cannot write " + path +
                            ": does its folder exist, may you write there, and is there room on " +
                            "the disk?");
}

TemporaryFile::TemporaryFile(const std::string& path, const std::string& content) : path_(path) {
  std::ofstream file(path_, std::ios::binary);
  file << content;
  file.close();
  if (file) return;
  std::remove(path_.c_str());
  throw cannot_write(path_);
}

TemporaryFile::~TemporaryFile() { std::remove(path_.c_str()); }

std::string png_terminal(const std::string& size) {
  return "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) {\n  set terminal pngcairo size " + size +
         " font 'sans,12' fontscale 1.6 linewidth 2 pointscale 2.8 dashlength 2 rounded\n} else "
         "{\n" +
         "  set terminal png truecolor size " + size + " font 'sans,20' linewidth 2\n}\n";
}

// Whether a picture ends as pictures of its kind do. gnuplot may end well with half of one, where
// the disk is full.
static bool is_whole(const std::string& file, const std::string& kind) {
  std::ifstream picture(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(picture), {}};
  const std::string end = bytes.substr(bytes.size() - std::min<std::size_t>(12, bytes.size()));
  if (kind == ".png") return end.find("IEND") != std::string::npos;
  if (kind == ".svg") return end.find("</svg>") != std::string::npos;
  return !end.empty() && end.back() == ';';  // a GIF's trailer
}

// Gives the pictures their names, all or none.
static void keep_pictures(const std::vector<std::string>& pictures) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::string bad;
  for (const std::string& path : pictures)
    if (!is_whole(path + ".new", fs::path(path).extension().string())) bad = path;
  for (const std::string& path : pictures) {
    if (bad.empty()) fs::rename(path + ".new", path, error);
    if (error && bad.empty()) bad = path;
    if (!bad.empty()) fs::remove(path + ".new", error);
  }
  if (!bad.empty()) throw cannot_write(bad);
}

bool run_gnuplot(const std::string& script, const std::string& what,
                 const std::vector<std::string>& pictures) {
  if (!gnuplot_available()) return false;
  // A file rather than gnuplot's input: a gnuplot that gives up would break a pipe under us.
  const TemporaryFile file(std::filesystem::absolute(what + ".gnuplot").string(),
                           "set encoding utf8\n" + script);
  // -d: nobody's own start-up file changes the figures.
  const CommandResult result =
      run_command(shell_quoted(gnuplot_command()) + " -d " + shell_quoted(file.path()));
  if (result.ok) {
    keep_pictures(pictures);
    return true;
  }
  std::error_code none;
  for (const std::string& path : pictures) std::filesystem::remove(path + ".new", none);
  std::string reason = result.said.substr(0, result.said.find_last_not_of(" \n") + 1);
  reason.erase(0, reason.find_last_of('\n') + 1);
  if (const auto at = reason.find(file.path()); at != std::string::npos)
    reason.replace(at, file.path().size(), "script");
  throw std::runtime_error("gnuplot could not draw " + what + ": " + reason);
}

}  // namespace mbrl
