// A picture of boxes, circles, arrows and words, for what is no plot: a graph, a map, a scheme.
#pragma once

#include "report/notebook.hpp"

namespace mbrl {

class Diagram {
 public:
  // In units that are the same along both axes; the origin is at the bottom left.
  Diagram(double width, double height, double pixels_per_unit)
      : width_(width), height_(height), pixels_(pixels_per_unit) {}

  void box(Point low, Point high, const std::string& color) {
    script_ += "set object rectangle from " + at(low) + " to " + at(high) + fill(color);
  }
  void circle(Point center, double radius, const std::string& color) {
    script_ += "set object circle at " + at(center) + " size " + number_text(radius) + fill(color);
  }
  void arrow(Point from, Point to, const std::string& color, double line_width = 1.5) {
    script_ += "set arrow from " + at(from) + " to " + at(to) +
               " head filled size screen 0.008,20 front lw " + number_text(line_width) +
               " lc rgb '" + color + "'\n";
  }
  void line(Point from, Point to, const std::string& color, double line_width = 1.5) {
    script_ += "set arrow from " + at(from) + " to " + at(to) + " nohead front lw " +
               number_text(line_width) + " lc rgb '" + color + "'\n";
  }
  // What is filled: a polygon.
  void shape(const Shape& shape) {
    script_ += "set object polygon from ";
    for (const Point& p : shape.points) script_ += at(p) + " to ";
    script_ += at(shape.points.front()) + fill(shape.color);
  }
  // s_{t+1} is written with an index.
  void text(Point center, const std::string& words, int size = 12,
            const std::string& color = "#333333") {
    script_ += "set label " + gnuplot_quoted(words) + " at " + at(center) +
               " center front font '," + number_text(size) + "' tc rgb '" + color + "'\n";
  }

  // The script that draws all of it into path.png.
  std::string script(const std::string& path) const {
    const auto pixels = [&](double units) { return number_text(std::round(2 * pixels_ * units)); };
    return png_terminal(pixels(width_) + "," + pixels(height_)) + gnuplot_output(path + ".png") +
           "unset border\nunset tics\nunset key\nset lmargin at screen 0\nset rmargin at screen 1\n"
           "set bmargin at screen 0\nset tmargin at screen 1\nset xrange [0:" +
           number_text(width_) + "]\nset yrange [0:" + number_text(height_) + "]\n" + script_ +
           "plot NaN notitle\nunset output\n";
  }

 private:
  static std::string at(Point p) { return number_text(p.x) + "," + number_text(p.y); }
  static std::string fill(const std::string& color) {
    return " fc rgb '" + color + "' fs solid noborder\n";
  }

  double width_, height_, pixels_;
  std::string script_;
};

// Draws it into NAME.png, and says so.
inline void show(const Diagram& diagram, const std::string& name) {
  const std::string path = picture_path(name);
  if (run_gnuplot(diagram.script(path), path, {path + ".png"}))
    std::printf("figure: %s.png\n", path.c_str());
}

}  // namespace mbrl
