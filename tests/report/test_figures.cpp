#include "report/figures.hpp"

#include <doctest/doctest.h>

#include "pictures.hpp"
#include "report/gnuplot.hpp"

using namespace mbrl;

namespace test_figures {

Figure two_lines() {
  Series a{.label = "ensemble_5", .x = {0, 1, 2}, .y = {1, 3, 2}};
  a.low = {0.5, 2, 1}, a.high = {1.5, 4, 3};
  const Series b{.label = "truth", .x = {0, 1, 2}, .y = {1, 1, 1}, .style = Style::dashes};
  return {.title = "Error & x^2 {a} <b>",
          .x_label = "steps ahead, k",
          .y_label = "open-loop error",
          .series = {a, b},
          .references = {{2.5, "random policy"}},
          .marks = {{1.5, "ten minutes"}}};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a figure is written as a PNG of twice its size and an SVG with its words") {
  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl-figures");
  REQUIRE(save_figure(two_lines(), folder / "figure"));
  const PngSize size = png_size(folder / "figure.png");
  CHECK(size.width == 1600);
  CHECK(size.height == 900);
  CHECK(content(folder / "figure.png").size() > 10000);
  const std::string svg = content(folder / "figure.svg");
  for (const char* words : {"ensemble_5", "truth", "Error &amp; x^2 {a} &lt;b>", "steps ahead, k",
                            "open-loop error", "random policy", "ten minutes"})
    CHECK_MESSAGE(has(svg, words), std::string(words));
  CHECK(has(svg, "</svg>"));
  CHECK(has(svg, "rgb(  0, 114, 178)"));
  CHECK(folder.files() == 2);
}

TEST_CASE("panels stand one below another in one picture") {
  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl-panels");
  Figure below = two_lines();
  below.height = 260, below.log_y = true, below.title = "", below.y_label = "another axis";
  REQUIRE(save_figure({two_lines(), below}, folder / "panels"));
  CHECK(png_size(folder / "panels.png").height == 2 * (450 + 260));
  CHECK(has(content(folder / "panels.svg"), "another axis"));
}

TEST_CASE("a heat map has a colour for every place, and a bar that says what colours mean") {
  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl-heat");
  Series map{.style = Style::heat};
  for (int i = 0; i < 6; ++i)
    map.x.push_back(i % 3), map.y.push_back(i / 3), map.value.push_back(i);
  Figure figure{.x_label = "x", .y_label = "y", .color_label = "log of the error", .series = {map}};
  REQUIRE(save_figure(figure, folder / "heat"));
  CHECK(has(content(folder / "heat.svg"), "log of the error"));
  CHECK(folder.files() == 2);
  // Other values, another picture.
  const std::string before = content(folder / "heat.png");
  figure.series[0].value[5] = 50;
  REQUIRE(save_figure(figure, folder / "heat"));
  CHECK(content(folder / "heat.png") != before);
  figure.series[0].value.pop_back();
  CHECK_THROWS_AS(save_figure(figure, folder / "heat"), UserError);
}

TEST_CASE("file names and labels with quotes, spaces and signs of the shell do no harm") {
  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl it's \"quoted\" `date` $HOME;");
  Figure figure = two_lines();
  figure.title = figure.series[0].label = "it's `touch here` $(date) \\n \"x\"\nsecond";
  REQUIRE(save_figure(figure, folder / "| a 'figure' %d @ #"));
  CHECK(png_size(folder / "| a 'figure' %d @ #.png").width == 1600);
  CHECK(has(content(folder / "| a 'figure' %d @ #.svg"), "`touch here` $(date)"));
}

TEST_CASE("data that has nothing to show is drawn as far as it goes") {
  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl-nothing");
  const double nan = std::nan("");
  CHECK(save_figure(Figure{.title = "no series"}, folder / "empty"));
  CHECK(save_figure(Figure{.series = {{.label = "none"}}}, folder / "none"));
  CHECK(save_figure(Figure{.series = {{.x = {1, 2}, .y = {nan, INFINITY}}}}, folder / "nan"));
  CHECK(save_figure(Figure{.series = {{.x = {1, 2}, .y = {7, 7}}}}, folder / "constant"));
  CHECK(save_figure(Figure{.series = {{.x = {3}, .y = {7}}}}, folder / "single"));
  CHECK(save_figure(Figure{.series = {{.x = {1, 2, 3}, .y = {-1, 0, 7}}}, .log_y = true},
                    folder / "log"));
  CHECK(save_figure(Figure{.series = {{.x = {0, 1}, .y = {0, -1}}}, .log_x = true, .log_y = true},
                    folder / "nothing_positive"));
}

TEST_CASE("a log axis has labels however short or long it is") {
  const auto labels = [](double low, double high) {
    AxisRange range;
    range.log = true;
    range.add(low), range.add(high);
    range.pad(0.05);
    const std::string script = tics_script("y", range, true);
    int n = 0;
    for (auto at = script.find("' "); at != std::string::npos; at = script.find("' ", at + 1)) ++n;
    return n;
  };
  for (const double low : {0.3, 1.1, 2.1, 6.0, 3e-7, 4e5}) {
    for (const double factor : {1.0, 1.01, 3.0, 30.0, 200.0, 1e5, 1e12}) {
      CAPTURE(low);
      CAPTURE(factor);
      CHECK(labels(low, low * factor) >= 2);
      CHECK(labels(low, low * factor) <= 8);
    }
  }
}

TEST_CASE("without gnuplot nothing is drawn and nothing is thrown") {
  const TestFolder folder("mbrl-without");
  for (const char* command : {"none", "no-such-program", "it's; not `one`"}) {
    const WithGnuplot without(command);
    CHECK_FALSE(gnuplot_available());
    CHECK_FALSE(save_figure(two_lines(), folder / "figure"));
  }
  CHECK(folder.files() == 0);
}

TEST_CASE("a picture that cannot be drawn is an error that says which, and what gnuplot said") {
  CHECK_THROWS_AS(save_figure(Figure{.series = {{.x = {1, 2}, .y = {1}}}}, "/tmp/x"), UserError);
  CHECK_THROWS_AS(save_figure(std::vector<Figure>{}, "/tmp/x"), UserError);
  if (!gnuplot_available()) return;
  const TestFolder folder("mbrl-errors");
  try {
    run_gnuplot("set terminal nonsense", folder / "picture", {});
    FAIL("accepted");
  } catch (const std::runtime_error& error) {
    const std::string what = error.what();
    CHECK(what.find("gnuplot could not draw " + (folder / "picture") + ": \"script\"") == 0);
    CHECK(has(what, "terminal"));
  }
  try {
    save_figure(two_lines(), folder / "no/such/folder");
    FAIL("accepted");
  } catch (const std::runtime_error& error) {
    CHECK(has(error.what(), "cannot write " + (folder / "no/such/folder")));
  }
  CHECK(folder.files() == 0);
}

// A gnuplot that leaves these bytes as figure.png and figure.svg, and is content with itself.
WithGnuplot gnuplot_that_leaves(const TestFolder& folder, const std::string& png,
                                const std::string& svg) {
  const std::string program = folder / "gnuplot";
  std::ofstream(program) << "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\nprintf '" + png + "' >'" +
                                (folder / "figure.png.new") + "'\nprintf '" + svg + "' >'" +
                                (folder / "figure.svg.new") + "'\n";
  std::filesystem::permissions(program, std::filesystem::perms::owner_all);
  return WithGnuplot(program);
}

TEST_CASE("half a picture is an error, and leaves both pictures that were there") {
  const TestFolder folder("mbrl-half");
  const std::string png = "pixels IEND", svg = "<svg> </svg>";
  const auto draws = [&](const std::string& one, const std::string& other) {
    const WithGnuplot half = gnuplot_that_leaves(folder, one, other);
    return save_figure(two_lines(), folder / "figure");
  };
  REQUIRE(draws(png, svg));
  const std::string before = content(folder / "figure.png");
  CHECK(before == png);
  for (const auto& [one, other] : {std::pair<std::string, std::string>{"", svg},
                                   {"pix", svg},
                                   {"other IEND", ""},
                                   {"other IEND", "<svg> </sv"}}) {
    CHECK_THROWS_WITH_AS(draws(one, other), doctest::Contains("room on the disk"),
                         std::runtime_error);
    CHECK(content(folder / "figure.png") == png);
    CHECK(content(folder / "figure.svg") == svg);
    CHECK(folder.files() == 3);  // with the program
  }
}

TEST_CASE("why nothing was drawn is said as it is") {
  const auto why = [](const std::string& command) {
    const WithGnuplot without(command);
    return why_not_drawn();
  };
  CHECK(why("none") == "GNUPLOT is none");
  CHECK(why("gnuplot") == "gnuplot is not installed");
  CHECK(has(why("no-such-program"), "no-such-program, which cannot be run"));
}

TEST_CASE("a file whose name looks like a command to gnuplot is still a file") {
  CHECK(gnuplot_output("| touch it").find("set output '/") == 0);
  CHECK(gnuplot_quoted("it's\n`x`") == "'it''s `x`'");
  CHECK(shell_quoted("it's `x`") == "'it'\\''s `x`'");
}

TEST_CASE("the script is gone when the picture is there") {
  const TestFolder folder("mbrl-script");
  {
    const TemporaryFile file(folder / "script", "set output");
    CHECK(file.path() == folder / "script");
    CHECK(content(file.path()) == "set output");
  }
  CHECK(folder.files() == 0);
  CHECK_THROWS_AS(TemporaryFile(folder / "no/script", "set output"), std::runtime_error);
}

}  // namespace test_figures
