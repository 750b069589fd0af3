// The way to gnuplot: a script goes in, a picture comes out, and a complaint becomes an error.
//
// The environment variable GNUPLOT names another command, or "none" to go without figures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/errors.hpp"

namespace mbrl {

// text as exactly one word of a shell command, whatever is in it
std::string shell_quoted(const std::string& text);

// text as a gnuplot string. Inside single quotes gnuplot runs no commands and reads no escapes.
std::string gnuplot_quoted(const std::string& text);

// text as a gnuplot string in bold. The backslashes keep it from being read as mark-up.
std::string gnuplot_bold(const std::string& text);

// `set output` for a picture: into PATH.new, which run_gnuplot() renames when it is whole. The path
// is made absolute: one that begins with | would be a command.
std::string gnuplot_output(const std::string& path);

bool gnuplot_available();
// Why it is not, as the beginning of a sentence.
std::string why_not_drawn();

// A file that is gone at the end of the scope. Throws std::runtime_error if it cannot be written.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& path, const std::string& content);
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// The terminal for a PNG of twice the usual density, so that print and fine screens are sharp: the
// better of the two that a gnuplot may have. size: "width,height" in pixels
std::string png_terminal(const std::string& size);

// Runs the script, which draws these pictures (.png, .svg or .gif). False if there is no gnuplot.
// Throws std::runtime_error, with the last line that gnuplot said, if it could not draw, or if a
// picture is not whole; what stood there before stays. `what` names them in that message, and the
// script stands beside them as what.gnuplot while it is run.
bool run_gnuplot(const std::string& script, const std::string& what,
                 const std::vector<std::string>& pictures);

}  // namespace mbrl
