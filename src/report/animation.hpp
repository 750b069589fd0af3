// One episode as a person sees it: a GIF that moves, and a film strip for a page that does not.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "envs/drawing.hpp"
#include "report/csv.hpp"
#include "report/gnuplot.hpp"

namespace mbrl {

// Line widths are meant for a window of this many pixels along its longer side.
constexpr double kDrawingPixels = 480;

// The outline of a line of some width (in the drawing's units) from p to q, with round ends.
// As a filled shape, because gnuplot's own thick lines have ragged edges in a GIF.
std::vector<Point> stroke(Point p, Point q, double width);

// Which frames a GIF shows, and for how long each.
struct FrameTiming {
  int hundredths = 2;  // of a second per picture: the unit of the format
  std::vector<std::size_t> frames;
};

// At most max_pictures at the true speed: picture k shows what is there at time k * delay.
// Viewers slow down what is faster than 50 pictures a second.
FrameTiming frame_timing(std::size_t frames, double seconds_per_frame, int max_pictures);

// Writes a GIF that repeats for ever. captions: one per frame, or none at all. False if there is
// no gnuplot.
bool save_animation(const std::vector<Drawing>& frames, const std::vector<std::string>& captions,
                    double seconds_per_frame, const std::string& path_gif);

// Writes about eight drawings side by side, from the first frame to the last, each with its
// caption below it. False if there is no gnuplot.
bool save_film_strip(const std::vector<Drawing>& frames, const std::vector<std::string>& captions,
                     const std::string& path_png);

}  // namespace mbrl
