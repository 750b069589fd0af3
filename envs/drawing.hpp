// What a person sees of a state: a few lines and filled shapes in a window, in the world's own
// units. Pure data, so that an environment can be drawn without knowing how.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mbrl {

struct Point {
  double x = 0, y = 0;
};

struct Shape {
  std::vector<Point> points;
  std::string color = "#333333";
  bool filled = true;  // the polygon through the points, or a line along them
  double width = 2;    // of the line, in pixels
};

struct Drawing {
  Point low, high;            // the window
  std::vector<Shape> shapes;  // painted in this order
  // What to follow with the eye, e.g. the tip of a pole, where the way of one point says it all.
  std::optional<Point> trace{};
};

inline Shape line(std::vector<Point> points, std::string color, double width) {
  return {std::move(points), std::move(color), false, width};
}

inline Shape disc(Point center, double radius, std::string color) {
  Shape shape{{}, std::move(color)};
  for (int i = 0; i < 24; ++i) {
    const double angle = 2 * M_PI * i / 24;
    shape.points.push_back(
        {center.x + radius * std::cos(angle), center.y + radius * std::sin(angle)});
  }
  return shape;
}

// The points within `radius` of the line from a to b.
inline Shape capsule(Point a, Point b, double radius, std::string color) {
  Shape shape{{}, std::move(color)};
  const double along = std::atan2(b.y - a.y, b.x - a.x);
  for (int i = 0; i <= 24; ++i) {  // half a circle around b, then half a one around a
    const bool around_b = i <= 12;
    const double angle = along - M_PI / 2 + M_PI * (around_b ? i : i - 1) / 12;
    const Point& center = around_b ? b : a;
    shape.points.push_back(
        {center.x + radius * std::cos(angle), center.y + radius * std::sin(angle)});
  }
  return shape;
}

inline Shape box(Point low, Point high, std::string color) {
  return {{low, {high.x, low.y}, high, {low.x, high.y}}, std::move(color)};
}

}  // namespace mbrl
