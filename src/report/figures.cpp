#include "report/figures.hpp"

#include "report/gnuplot.hpp"

namespace mbrl {

std::string palette(std::size_t i) {
  static const char* const colors[] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                       "#e69f00", "#56b4e9", "#6b4c9a", "#444444"};
  return colors[i % 8];
}

std::string tics_script(const std::string& axis, const AxisRange& range, bool labels) {
  if (!range.log) return "set format " + axis + (labels ? " '%.10g'\n" : " ''\n");
  const double decades = std::log10(range.high / range.low);
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / 6)));
  std::string tics;
  for (int e = static_cast<int>(std::floor(std::log10(range.low))); e <= std::log10(range.high);
       ++e) {
    for (const int m : {1, 2, 5}) {
      const double v = m * std::pow(10.0, e);
      if (v < range.low || v > range.high || e % stride != 0 || (m > 1 && decades > 2)) continue;
      const std::string power = "10^{" + std::to_string(e) + "}";
      const std::string label = !labels            ? ""
                                : std::abs(e) <= 3 ? number_text(v)
                                : m == 1           ? power
                                                   : std::to_string(m) + "·" + power;
      tics += (tics.empty() ? "'" : ", '") + label + "' " + number_text(v);
    }
  }
  return "set logscale " + axis + "\nset " + axis + "tics scale 0 (" + tics + ")\n";
}

// x y [low high | value] of one series as the data block $name. Gaps are lines of NaN.
static std::string data_block(const std::string& name, const Series& s, bool log_x, bool log_y) {
  const std::size_t n = s.x.size();
  const bool band = !s.low.empty(), heat = s.style == Style::heat;
  if (s.y.size() != n || (band && (s.low.size() != n || s.high.size() != n)) ||
      (heat && s.value.size() != n))
    throw UserError("series \"" + s.label +
                    "\" of a figure: x, y, low, high and value differ in length");
  const auto cell = [](double v, bool log) {
    return std::isfinite(v) && (!log || v > 0) ? number_text(v) : std::string("NaN");
  };
  std::string block = "$" + name + (heat ? " << END\n" : " << END\nNaN NaN NaN NaN\n");
  for (std::size_t i = 0; i < n; ++i) {
    block += cell(s.x[i], log_x) + " " + cell(s.y[i], log_y) + " ";
    if (band) block += cell(s.low[i], log_y) + " " + cell(s.high[i], log_y);
    if (heat) block += cell(s.value[i], false);
    block += "\n";
  }
  return block + "END\n";
}

// The plot element of one series without its band, e.g. "$d0 using 1:2 with lines ...".
static std::string curve_script(const std::string& name, const Series& s,
                                const std::string& color) {
  if (s.style == Style::heat) return "$" + name + " using 1:2:3 with image notitle";
  char alpha[3];
  std::snprintf(alpha, sizeof alpha, "%02x",
                static_cast<int>(std::lround(255 * std::clamp(1 - s.opacity, 0.0, 1.0))));
  const std::string rgb = " lc rgb '#" + (s.opacity < 1 ? alpha : std::string()) + color.substr(1);
  const std::string lines = "lines lw " + number_text(s.width) + rgb + "'";
  const std::string looks = s.style == Style::line     ? lines
                            : s.style == Style::dashes ? lines + " dt (10,6)"
                            : s.style == Style::points ? "points pt 7 ps 0.6" + rgb + "'"
                            : s.style == Style::circles
                                ? "points pt 6 ps 0.8 lw 1.5" + rgb + "'"
                                : "linespoints pt 7 ps 0.45 lw " + number_text(s.width) + rgb + "'";
  return "$" + name + " using 1:2 with " + looks +
         (s.label.empty() ? " notitle" : " title " + gnuplot_quoted(s.label));
}

// Where a panel stands on the canvas, in pixels from its bottom.
struct PanelPlace {
  int canvas = 0, bottom = 0, top = 0;  // of the whole canvas; of the plot area
  int legend_columns = 1, legend_rows = 0;

  std::string screen(int y) const { return "screen " + number_text(double(y) / canvas); }
};

// The legend stands between title and plot, in columns as wide as its longest label.
static PanelPlace place_panel(const Figure& f, int canvas, int low, bool last) {
  PanelPlace place{.canvas = canvas};
  std::size_t labels = 0, longest = 0;
  for (const Series& s : f.series)
    if (!s.label.empty()) ++labels, longest = std::max(longest, s.label.size());
  const int width = f.color_label.empty() ? 680 : 560;  // a colour bar takes room
  const int columns = std::max(1, width / (static_cast<int>(longest) * 8 + 60));
  place.legend_columns = std::max(1, std::min(columns, static_cast<int>(labels)));
  place.legend_rows = (static_cast<int>(labels) + columns - 1) / columns;
  place.bottom = low + (last ? 60 : 12);
  place.top = low + f.height - 14 - (f.title.empty() ? 0 : 34) - 20 * place.legend_rows;
  return place;
}

// Axes, title, legend, reference lines and marks of a panel.
static std::string frame_script(const Figure& f, const PanelPlace& place, const AxisRange& x,
                                const AxisRange& y, bool last) {
  std::string script =
      "reset\n"
      "set border 3 lw 0.8 lc rgb '#888888'\n"
      "set tics nomirror scale 0 textcolor rgb '#444444'\n"
      "set grid lw 0.6 lt 1 lc rgb '#e4e4e4'\n"
      "set lmargin 11\n";
  script += f.color_label.empty()
                ? "set rmargin 4\n"
                : "set rmargin 14\nset palette defined (0 '#f7fbff', 1 '#9ecae1', 2 '#3182bd', 3 "
                  "'#08306b')\nset cblabel " +
                      gnuplot_quoted(f.color_label) + " noenhanced tc rgb '#333333'\n";
  script += "set bmargin at " + place.screen(place.bottom) + "\nset tmargin at " +
            place.screen(place.top) + "\nset xrange " + x.text() + "\nset yrange " + y.text() +
            "\n" + tics_script("x", x, last) + tics_script("y", y, true);
  script += "set key at graph 0, " + place.screen(place.top + 8) +
            " left bottom horizontal Left reverse samplen 1.6 noenhanced maxcols " +
            number_text(place.legend_columns) + " font ',12' textcolor rgb '#333333'\n";
  const std::string text = " noenhanced tc rgb '#333333'\n";
  script += "set xlabel " + gnuplot_quoted(f.x_label) + text;
  script += "set ylabel " + gnuplot_quoted(f.y_label) + text;
  script += "set label " + gnuplot_bold(f.title) + " at graph 0, " +
            place.screen(place.top + 20 * place.legend_rows + 22) +
            " left font ',14' tc rgb '#333333'\n";
  for (const ReferenceLine& line : f.references) {
    if (!y.shows(line.y)) continue;
    const std::string v = number_text(line.y), grey = " rgb '#777777'\n";
    script += "set arrow from graph 0, first " + v + " to graph 1, first " + v +
              " nohead back lw 1.2 dt (8,6) lc" + grey;
    script += "set label " + gnuplot_quoted(line.label) + " at graph 0.012, first " + v +
              " left offset 0, 0.55 noenhanced back font ',11' tc" + grey;
  }
  for (const Mark& mark : f.marks) {
    if (!x.shows(mark.x)) continue;
    const std::string v = number_text(mark.x), grey = " rgb '#777777'\n";
    script += "set arrow from first " + v + ", graph 0 to first " + v +
              ", graph 1 nohead back lw 1.2 dt (2,4) lc" + grey;
    script += "set label " + gnuplot_quoted(mark.label) + " at first " + v +
              ", graph 0.02 left rotate by 90 offset -0.7, 0 noenhanced back font ',11' tc" + grey;
  }
  return script;
}

// One panel; `data` is the prefix of the names of its data blocks.
static std::string panel_script(const Figure& f, const std::string& data, const PanelPlace& place,
                                const AxisRange& x, bool last) {
  AxisRange y;
  y.log = f.log_y;
  for (const Series& s : f.series) y.add(s.y), y.add(s.low), y.add(s.high);
  for (const ReferenceLine& line : f.references) y.add(line.y);
  y.pad(0.05);
  if (std::isfinite(f.y_low)) y.low = f.y_low;
  if (std::isfinite(f.y_high)) y.high = f.y_high;
  // The bands first, so that none hides a line.
  std::string bands, curves;
  std::size_t next_color = 0;
  for (std::size_t i = 0; i < f.series.size(); ++i) {
    const Series& s = f.series[i];
    const std::string name = data + std::to_string(i);
    const std::string color = s.color.empty() ? palette(next_color++) : s.color;
    if (!s.low.empty())
      bands += ", $" + name + " using 1:3:4 with filledcurves fs transparent solid 0.16 noborder" +
               " lc rgb '" + color + "' notitle";
    curves += ", " + curve_script(name, s, color);
  }
  return frame_script(f, place, x, y, last) + "plot NaN notitle" + bands + curves + "\n";
}

bool save_figure(const std::vector<Figure>& panels, const std::string& path) {
  if (panels.empty()) throw UserError("a figure without panels: " + path);
  AxisRange x;
  x.log = panels[0].log_x;
  int canvas = 0;
  for (const Figure& panel : panels) {
    canvas += panel.height;
    for (const Series& s : panel.series) x.add(s.x);
    for (const Mark& mark : panel.marks) x.add(mark.x);
  }
  x.pad(0.02);

  std::string data, body = "set multiplot\n";
  int low = canvas;
  for (std::size_t p = 0; p < panels.size(); ++p) {
    const std::string name = std::to_string(p).insert(0, 1, 'p') + "s";
    const bool last = p + 1 == panels.size();
    low -= panels[p].height;
    for (std::size_t i = 0; i < panels[p].series.size(); ++i)
      data += data_block(name + std::to_string(i), panels[p].series[i], x.log, panels[p].log_y);
    body += panel_script(panels[p], name, place_panel(panels[p], canvas, low, last), x, last);
  }
  body += "unset multiplot\nunset output\n";
  const std::string svg_size = "800," + std::to_string(canvas);
  const std::string png_size = "1600," + std::to_string(2 * canvas);
  const std::string script = data + png_terminal(png_size) + gnuplot_output(path + ".png") + body +
                             "set terminal svg size " + svg_size +
                             " font 'sans,13' rounded background rgb 'white'\n" +
                             gnuplot_output(path + ".svg") + body;
  return run_gnuplot(script, path, {path + ".png", path + ".svg"});
}

bool save_figure(const Figure& figure, const std::string& path) {
  return save_figure(std::vector<Figure>{figure}, path);
}

void AxisRange::pad(double share) {
  if (empty) low = log ? 0.1 : 0, high = 1;
  if (log) {
    // At least a factor of 5, for two labels to fit.
    const double grow = std::max(std::pow(high / low, share), std::sqrt(5.01 * low / high));
    low /= grow, high *= grow;
  } else {
    double grow = share * (high - low);
    if (high == low) grow = low == 0 ? 1 : 0.1 * std::abs(low);
    // An axis that begins near zero begins at zero.
    low = low >= 0 && low < 0.1 * high ? 0 : low - grow;
    high += grow;
  }
}

}  // namespace mbrl
