#include "report/gnuplot.hpp"

#include <stdio.h>   // popen
#include <stdlib.h>  // mkstemp
#include <sys/wait.h>
#include <unistd.h>

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
  return "set output " + gnuplot_quoted(std::filesystem::absolute(path).string()) + "\n";
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

TemporaryFile::TemporaryFile(const std::string& content)
    : path_((std::filesystem::temp_directory_path() / "mbrl-XXXXXX").string()) {
  const int file = mkstemp(path_.data());
  if (file == -1) throw UserError("cannot write a temporary file like " + path_);
  close(file);
  std::ofstream(path_, std::ios::binary) << content;
}

TemporaryFile::~TemporaryFile() { std::remove(path_.c_str()); }

std::string png_terminal(const std::string& size) {
  return "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) {\n  set terminal pngcairo size " + size +
         " font 'sans,12' fontscale 1.6 linewidth 2 pointscale 2.8 dashlength 2 rounded\n} else "
         "{\n" +
         "  set terminal png truecolor size " + size + " font 'sans,20' linewidth 2\n}\n";
}

bool run_gnuplot(const std::string& script, const std::string& what) {
  if (!gnuplot_available()) return false;
  // A file rather than gnuplot's input: a gnuplot that gives up would break a pipe under us.
  const TemporaryFile file("set encoding utf8\n" + script);
  // -d: nobody's own start-up file changes the figures.
  const CommandResult result =
      run_command(shell_quoted(gnuplot_command()) + " -d " + shell_quoted(file.path()));
  if (result.ok) return true;
  std::string reason = result.said.substr(0, result.said.find_last_not_of(" \n") + 1);
  reason.erase(0, reason.find_last_of('\n') + 1);
  if (const auto at = reason.find(file.path()); at != std::string::npos)
    reason.replace(at, file.path().size(), "script");
  throw UserError("gnuplot could not draw " + what + ": " + reason);
}

}  // namespace mbrl
