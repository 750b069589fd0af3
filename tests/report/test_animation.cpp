#include "report/animation.hpp"

#include <doctest/doctest.h>

#include <numeric>

#include "pictures.hpp"

using namespace mbrl;

namespace test_animation {

// A hand of a clock in a window of the given width, of height 2.
std::vector<Drawing> clock(int frames, double width = 2) {
  std::vector<Drawing> film;
  for (int i = 0; i < frames; ++i) {
    const Point tip{std::sin(0.2 * i), std::cos(0.2 * i)};
    film.push_back({{-width / 2, -1},
                    {width / 2, 1},
                    {line({{0, 0}, tip}, "#c0504d", 9), disc({0, 0}, 0.1, "#333333")}});
  }
  return film;
}

std::vector<std::string> captions(int frames) {
  std::vector<std::string> all;
  for (int i = 0; i < frames; ++i) all.push_back("t = " + std::to_string(i) + "   it's 100%");
  return all;
}

TEST_CASE("a short animation shows every frame at its speed, for ever") {
  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl-animation");
  REQUIRE(save_animation(clock(12), captions(12), 0.05, folder / "it's a play.gif"));
  const Gif gif = read_gif(folder / "it's a play.gif");
  CHECK(gif.pictures == 12);
  CHECK(gif.for_ever);
  CHECK(gif.width == 480);
  CHECK(gif.height == 520);
  CHECK(gif.delays == std::vector<int>(12, 5));
}

TEST_CASE("a long animation is thinned to at most 120 pictures that last as long") {
  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl-long");
  REQUIRE(save_animation(clock(500, 6), {}, 0.02, folder / "play.gif"));
  const Gif gif = read_gif(folder / "play.gif");
  CHECK(gif.pictures == 100);
  CHECK(std::accumulate(gif.delays.begin(), gif.delays.end(), 0) == 1000);
  CHECK(gif.width == 720);
  CHECK(gif.height == 240);  // 6 : 2, and no room for captions
}

TEST_CASE("whatever the time step, the film keeps the true speed within half a frame") {
  for (const double dt : {0.001, 0.008, 1.0 / 60, 0.02, 1.0 / 30, 0.05, 0.1, 1.0}) {
    for (const std::size_t n : {1, 2, 50, 120, 121, 200, 999, 5000}) {
      CAPTURE(dt);
      CAPTURE(n);
      const FrameTiming timing = frame_timing(n, dt, 120);
      CHECK(timing.frames.size() <= 120);
      CHECK(timing.hundredths >= 2);
      CHECK(timing.frames.front() == 0);
      CHECK(timing.frames.back() < n);
      const double delay = timing.hundredths / 100.0;
      for (std::size_t k = 0; k < timing.frames.size(); ++k) {
        const double shown = static_cast<double>(k) * delay;
        const double meant = static_cast<double>(timing.frames[k]) * dt;
        CHECK(std::abs(shown - meant) <= dt * 0.5001 + 1e-9);
      }
      // The film is as long as the episode, to a picture.
      const double seconds = static_cast<double>(n) * dt;
      CHECK(static_cast<double>(timing.frames.size()) * delay >= seconds - 1e-6);
      CHECK(static_cast<double>(timing.frames.size() - 1) * delay < seconds);
    }
  }
}

TEST_CASE("a film strip has eight pictures in a row, or two rows of four if they are wide") {
  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl-strip");
  REQUIRE(save_film_strip(clock(100), captions(100), folder / "strip.png"));
  const PngSize square = png_size(folder / "strip.png");
  CHECK(square.width == 2 * (8 * 158 + 8));
  CHECK(square.height == 2 * (150 + 26 + 16));
  CHECK(content(folder / "strip.png").size() > 8000);
  REQUIRE(save_film_strip(clock(100, 6), captions(100), folder / "wide.png"));
  const PngSize wide = png_size(folder / "wide.png");
  CHECK(wide.width == 2 * (4 * 308 + 8));
  CHECK(wide.height == 2 * (2 * (100 + 26 + 8) + 8));
  CHECK(save_film_strip(clock(1), {}, folder / "single.png"));
  CHECK(save_film_strip(clock(5, 6), {}, folder / "few.png"));
}

TEST_CASE("a thick line is a shape of its width and length with round ends") {
  const std::vector<Point> outline = stroke({1, 2}, {4, 6}, 0.5);  // 5 long, along (3, 4) / 5
  double area = 0, along_max = 0, across_max = 0;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const Point p = outline[i], q = outline[(i + 1) % outline.size()];
    area += (p.x * q.y - q.x * p.y) / 2;
    along_max = std::max(along_max, ((p.x - 1) * 3 + (p.y - 2) * 4) / 5);
    across_max = std::max(across_max, std::abs((p.x - 1) * 4 - (p.y - 2) * 3) / 5);
  }
  CHECK(along_max == doctest::Approx(5.25));
  CHECK(across_max == doctest::Approx(0.25));
  CHECK(area == doctest::Approx(5 * 0.5 + M_PI * 0.25 * 0.25).epsilon(0.01).scale(0));
}

TEST_CASE("without gnuplot there is no animation and nothing is thrown") {
  const TestFolder folder("mbrl-without");
  const WithGnuplot without("none");
  CHECK_FALSE(save_animation(clock(3), captions(3), 0.05, folder / "play.gif"));
  CHECK_FALSE(save_film_strip(clock(3), captions(3), folder / "strip.png"));
  CHECK(folder.files() == 0);
}

TEST_CASE("frames that cannot be drawn are refused") {
  const std::string path = "/tmp/x.gif";
  CHECK_THROWS_AS(save_animation({}, {}, 0.05, path), UserError);
  CHECK_THROWS_AS(save_animation(clock(3), captions(2), 0.05, path), UserError);
  CHECK_THROWS_AS(save_animation(clock(3), captions(3), 0, path), UserError);
  CHECK_THROWS_AS(save_animation(clock(3), captions(3), std::nan(""), path), UserError);
  CHECK_THROWS_AS(save_film_strip({Drawing{}}, {}, path), UserError);
}

}  // namespace test_animation
