// Figures as data, and how they become pictures: one PNG for a page, one SVG for a book.
//
// A figure says what is to be seen; the looks are decided here, once for all figures.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/text.hpp"

namespace mbrl {

enum class Style { line, dashes, points, circles, line_points, heat };

struct Series {
  std::string label{};                // in the legend; empty: not there
  std::vector<double> x{}, y{};       // a y that is not finite leaves a gap
  std::vector<double> low{}, high{};  // a translucent band from low to high, if given
  std::vector<double> value{};        // heat: the colour at (x, y), on a grid of even steps
  Style style = Style::line;
  std::string color{};  // "#rrggbb"; empty: the next of the palette
  double width = 2;     // of the line, in pixels
  double opacity = 1;   // of the line
};

struct ReferenceLine {
  double y = 0;
  std::string label{};
};

struct Mark {
  double x = 0;
  std::string label{};
};

struct Figure {
  std::string title{}, x_label{}, y_label{}, color_label{};
  std::vector<Series> series{};             // later ones are painted over earlier ones
  std::vector<ReferenceLine> references{};  // dashed, across the whole figure
  std::vector<Mark> marks{};                // dotted, from the bottom to the top
  bool log_x = false, log_y = false;        // what is not positive has no place on a log axis
  int height = 450;                         // in pixels, of a figure that is 800 wide
  double y_low = NAN, y_high = NAN;         // a fixed range of y, where panels are to be compared
};

// Eight colours that people who are colour-blind tell apart (Okabe & Ito 2008), the darker first.
std::string palette(std::size_t i);

// The part of an axis to be seen: a little more than the data.
struct AxisRange {
  double low = 0, high = 0;
  bool log = false, empty = true;

  bool shows(double v) const { return std::isfinite(v) && (!log || v > 0); }
  void add(double v) {
    if (!shows(v)) return;
    low = empty ? v : std::min(low, v), high = empty ? v : std::max(high, v), empty = false;
  }
  void add(const std::vector<double>& values) {
    for (const double v : values) add(v);
  }
  void pad(double share);
  std::string text() const { return "[" + number_text(low) + ":" + number_text(high) + "]"; }
};

// The labels of an axis: gnuplot's choice if linear; on a log axis 1, 2, 5 within a decade or two,
// else powers of ten. Without labels only the grid is left.
std::string tics_script(const std::string& axis, const AxisRange& range, bool labels);

// Draws the panels one below another, over one x axis, into path.png and path.svg. False if there
// is no gnuplot.
bool save_figure(const std::vector<Figure>& panels, const std::string& path);
bool save_figure(const Figure& figure, const std::string& path);

}  // namespace mbrl
