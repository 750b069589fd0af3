#include "report/animation.hpp"

namespace mbrl {

static void require_frames(const std::vector<Drawing>& frames,
                           const std::vector<std::string>& captions, const std::string& path) {
  if (frames.empty()) throw UserError("no frames to draw " + path + " from");
  if (!captions.empty() && captions.size() != frames.size())
    throw UserError(path + ": " + std::to_string(captions.size()) + " captions for " +
                    std::to_string(frames.size()) + " frames");
  for (const Drawing& d : frames)
    if (!(d.low.x < d.high.x && d.low.y < d.high.y))
      throw UserError(path + ": the window of a drawing is empty");
}

// width / height of the window
static double aspect(const Drawing& d) { return (d.high.x - d.low.x) / (d.high.y - d.low.y); }

std::vector<Point> stroke(Point p, Point q, double width) {
  const double direction = std::atan2(q.y - p.y, q.x - p.x);
  std::vector<Point> outline;
  for (const Point end : {q, p}) {
    const double first = direction + (outline.empty() ? -M_PI / 2 : M_PI / 2);
    for (int i = 0; i <= 12; ++i) {
      const double angle = first + M_PI * i / 12;
      outline.push_back({end.x + width / 2 * std::cos(angle), end.y + width / 2 * std::sin(angle)});
    }
  }
  return outline;
}

// The shapes of a drawing as one plot command, painted in their order.
static std::string drawing_script(const Drawing& d) {
  const double longer = std::max(d.high.x - d.low.x, d.high.y - d.low.y);
  std::string plot = "plot NaN notitle", data;
  const auto fill = [&](const std::vector<Point>& outline, const std::string& color) {
    plot += ", '-' with filledcurves closed fs solid noborder lc rgb " + gnuplot_quoted(color) +
            " notitle";
    for (const Point& p : outline) data += number_text(p.x) + " " + number_text(p.y) + "\n";
    data += "e\n";
  };
  for (const Shape& shape : d.shapes) {
    if (shape.filled) {
      if (shape.points.size() > 2) fill(shape.points, shape.color);
      continue;
    }
    const double width = shape.width / kDrawingPixels * longer;
    for (std::size_t i = 1; i < shape.points.size(); ++i)
      fill(stroke(shape.points[i - 1], shape.points[i], width), shape.color);
  }
  return "set xrange [" + number_text(d.low.x) + ":" + number_text(d.high.x) + "]\nset yrange [" +
         number_text(d.low.y) + ":" + number_text(d.high.y) + "]\n" + plot + "\n" + data;
}

// Nothing but the drawing, with the same scale along x and y.
static std::string bare_axes() {
  return "unset key\nunset tics\nunset border\nset size ratio -1\n";
}

FrameTiming frame_timing(std::size_t frames, double seconds_per_frame, int max_pictures) {
  const double seconds = static_cast<double>(frames) * seconds_per_frame;
  const double stride = std::ceil(static_cast<double>(frames) / max_pictures);
  FrameTiming timing;
  timing.hundredths = static_cast<int>(
      std::clamp(std::ceil(100 * stride * seconds_per_frame - 1e-6), 2.0, 65535.0));
  const auto pictures =
      std::max(1L, std::lround(std::ceil(100 * seconds / timing.hundredths - 1e-6)));
  for (long k = 0; k < pictures; ++k) {
    const double time = static_cast<double>(k) * timing.hundredths / 100;
    const auto frame = static_cast<std::size_t>(std::lround(time / seconds_per_frame));
    timing.frames.push_back(std::min(frame, frames - 1));
  }
  return timing;
}

bool save_animation(const std::vector<Drawing>& frames, const std::vector<std::string>& captions,
                    double seconds_per_frame, const std::string& path_gif) {
  require_frames(frames, captions, path_gif);
  if (!(seconds_per_frame > 0 && std::isfinite(seconds_per_frame)))
    throw UserError(path_gif + ": a frame cannot last " + number_text(seconds_per_frame) + " s");
  const FrameTiming timing = frame_timing(frames.size(), seconds_per_frame, 120);

  const double ratio = aspect(frames[0]);
  const int header = captions.empty() ? 0 : 40;
  const double longer = ratio > 1.5 ? 1.5 * kDrawingPixels : kDrawingPixels;
  const int width = static_cast<int>(std::lround(longer * std::min(1.0, ratio)));
  const int height = header + static_cast<int>(std::lround(longer / std::max(1.0, ratio)));
  const std::string top = number_text(1 - double(header) / height);
  std::string script = "set terminal gif animate loop 0 delay " + number_text(timing.hundredths) +
                       " size " + number_text(width) + "," + number_text(height) +
                       " font 'sans,14'\n" + gnuplot_output(path_gif) + bare_axes() +
                       "set lmargin at screen 0\nset rmargin at screen 1\n" +
                       "set bmargin at screen 0\nset tmargin at screen " + top + "\n";
  for (const std::size_t k : timing.frames) {
    if (!captions.empty())
      script += "set label 1 " + gnuplot_quoted(captions[k]) + " at screen 0.5, screen " +
                number_text(1 - 22.0 / height) + " center noenhanced tc rgb '#333333'\n";
    script += drawing_script(frames[k]);
  }
  return run_gnuplot(script + "unset output\n", path_gif, {path_gif});
}

bool save_film_strip(const std::vector<Drawing>& frames, const std::vector<std::string>& captions,
                     const std::string& path_png) {
  require_frames(frames, captions, path_png);
  const std::size_t pictures = std::min<std::size_t>(8, frames.size());
  // Wide windows stand in rows of four.
  const double ratio = aspect(frames[0]);
  const std::size_t columns = ratio > 1.5 ? std::min<std::size_t>(4, pictures) : pictures;
  const std::size_t rows = (pictures + columns - 1) / columns;
  const int gap = 8, caption = captions.empty() ? 0 : 26;
  const int width = columns > 4 ? 150 : 300;
  const int height = static_cast<int>(std::lround(width / ratio));
  const int canvas_width = static_cast<int>(columns) * (width + gap) + gap;
  const int canvas_height = static_cast<int>(rows) * (height + caption + gap) + gap;

  std::string script =
      png_terminal(number_text(2 * canvas_width) + "," + number_text(2 * canvas_height)) +
      gnuplot_output(path_png) + "set multiplot\n" + bare_axes() +
      "set border 15 lw 0.8 lc rgb '#cccccc'\n";
  for (std::size_t k = 0; k < pictures; ++k) {
    // Closer together at the beginning, where most of the action is: times grow as the square.
    const std::size_t frame =
        pictures == 1 ? 0 : k * k * (frames.size() - 1) / ((pictures - 1) * (pictures - 1));
    const int left = gap + static_cast<int>(k % columns) * (width + gap);
    const int top = canvas_height - gap - static_cast<int>(k / columns) * (height + caption + gap);
    const auto across = [&](double x) { return "screen " + number_text(x / canvas_width); };
    const auto up = [&](double y) { return "screen " + number_text(y / canvas_height); };
    script += "set lmargin at " + across(left) + "\nset rmargin at " + across(left + width) +
              "\nset tmargin at " + up(top) + "\nset bmargin at " + up(top - height) + "\n";
    if (!captions.empty())
      script += "set label 1 " + gnuplot_quoted(captions[frame]) + " at " +
                across(left + width / 2.0) + ", " + up(top - height - 14) +
                " center noenhanced font ',9' tc rgb '#333333'\n";
    script += drawing_script(frames[frame]);
  }
  return run_gnuplot(script + "unset multiplot\nunset output\n", path_png, {path_png});
}

}  // namespace mbrl
