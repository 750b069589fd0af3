#include "core/checkpoint.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace mbrl;

namespace test_checkpoint {

struct Pair {
  Matrix W = Matrix::Zero(2, 3);
  Vector v = Vector::Zero(4);
  void archive(Archive& ar) { ar.fixed_shape("W", W), ar("v", v); }
};

std::string saved_pair(const char* name) {
  const std::string path = (std::filesystem::temp_directory_path() / name).string();
  Pair pair;
  pair.W << 1, 2, 3, 4, 5, Scalar(0.1);
  pair.v << 1, NAN, -INFINITY, Scalar(1e-30);
  Archive ar;
  pair.archive(ar);
  ar.save(path);
  return path;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST_CASE("a checkpoint gives back the same bits, NaN and infinity included") {
  Archive ar(saved_pair("mbrl-test-roundtrip.bin"));
  Pair pair;
  pair.archive(ar);
  CHECK(pair.W(1, 2) == Scalar(0.1));
  CHECK(pair.W(0, 1) == 2);
  CHECK(std::isnan(pair.v(1)));
  CHECK(pair.v(2) == -INFINITY);
  CHECK(pair.v(3) == Scalar(1e-30));
}

TEST_CASE("a checkpoint cut at any length is refused") {
  const std::string path = saved_pair("mbrl-test-cut.bin"), whole = bytes_of(path);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write_bytes(path, whole.substr(0, length));
    CHECK_THROWS_AS(Archive{path}, UserError);
  }
}

TEST_CASE("a checkpoint with any one bit flipped is refused") {
  const std::string path = saved_pair("mbrl-test-flip.bin"), whole = bytes_of(path);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    write_bytes(path, damaged);
    CHECK_THROWS_AS(Archive{path}, UserError);
  }
}

TEST_CASE("a checkpoint of another network shape is refused by name") {
  Archive ar(saved_pair("mbrl-test-shape.bin"));
  Pair other;
  other.W.resize(3, 3);
  CHECK_THROWS_WITH_AS(other.archive(ar), doctest::Contains("W has another shape"), UserError);
}

TEST_CASE("saving into a folder that does not exist fails with a clear line") {
  CHECK_THROWS_WITH_AS(Archive().save("/no/such/folder/x.bin"), doctest::Contains("cannot write"),
                       UserError);
}

}  // namespace test_checkpoint
