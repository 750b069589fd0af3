// What the tests of pictures need: a folder of their own, and eyes for PNG and GIF files.
#pragma once

#include <stdlib.h>  // setenv
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

// A folder that is gone at the end of the scope.
struct TestFolder {
  std::string path;

  explicit TestFolder(const std::string& name)
      : path((std::filesystem::temp_directory_path() / (name + "-" + std::to_string(getpid())))
                 .string()) {
    std::filesystem::create_directories(path);
  }
  ~TestFolder() { std::filesystem::remove_all(path); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string operator/(const std::string& name) const { return path + "/" + name; }
  std::size_t files() const {
    const std::filesystem::directory_iterator all(path);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
};

// Sets the environment variable GNUPLOT until the end of the scope.
struct WithGnuplot {
  std::string before;
  bool was_set;

  explicit WithGnuplot(const std::string& command) {
    const char* old = getenv("GNUPLOT");
    was_set = old != nullptr;
    if (was_set) before = old;
    setenv("GNUPLOT", command.c_str(), 1);
  }
  ~WithGnuplot() {
    if (was_set)
      setenv("GNUPLOT", before.c_str(), 1);
    else
      unsetenv("GNUPLOT");
  }
};

inline std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct PngSize {
  std::uint32_t width = 0, height = 0;  // in pixels; 0 if this is no PNG
};

inline PngSize png_size(const std::string& path) {
  const std::string bytes = content(path);
  if (bytes.size() < 24 || bytes.compare(0, 8, "\x89PNG\r\n\x1a\n") != 0) return {};
  const auto number = [&](std::size_t at) {
    std::uint32_t n = 0;
    for (std::size_t i = 0; i < 4; ++i) n = n << 8 | static_cast<std::uint8_t>(bytes[at + i]);
    return n;
  };
  return {number(16), number(20)};
}

struct Gif {
  int width = 0, height = 0, pictures = 0;
  bool for_ever = false;    // repeats without end
  std::vector<int> delays;  // of every picture, in hundredths of a second
};

// Walks through the blocks of a GIF; throws where one does not fit.
inline Gif read_gif(const std::string& path) {
  const std::string bytes = content(path);
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes.at(at)); };
  const auto word = [&](std::size_t at) { return byte(at) | byte(at + 1) << 8; };
  const auto table = [&](int flags) { return flags & 0x80 ? 3u << ((flags & 7) + 1) : 0u; };
  const auto skip_data = [&](std::size_t at) {
    while (byte(at) != 0) at += byte(at) + 1u;
    return at + 1;
  };
  if (bytes.compare(0, 6, "GIF89a") != 0) throw std::runtime_error("not a GIF89a");
  Gif gif{.width = word(6), .height = word(8), .delays = {}};
  for (std::size_t at = 13 + table(byte(10)); byte(at) != 0x3b;) {
    if (byte(at) == 0x2c) {
      ++gif.pictures;
      at = skip_data(at + 11 + table(byte(at + 9)));
    } else if (byte(at) == 0x21) {
      if (byte(at + 1) == 0xf9) gif.delays.push_back(word(at + 4));
      if (byte(at + 1) == 0xff && bytes.compare(at + 3, 11, "NETSCAPE2.0") == 0)
        gif.for_ever = word(at + 16) == 0;
      at = skip_data(at + 2);
    } else {
      throw std::runtime_error("an unknown block in the GIF");
    }
  }
  return gif;
}
