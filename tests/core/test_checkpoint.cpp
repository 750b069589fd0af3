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

// The checksum of the format, FNV-1a, of all that stands before it.
std::string with_its_checksum(const std::string& bytes) {
  const std::string body = bytes.substr(0, bytes.size() - 8);
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : body) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return body + std::string(reinterpret_cast<const char*>(&h), 8);
}

TEST_CASE("a whole checkpoint of another program, version or SCALAR is refused for what it is") {
  const std::string path = saved_pair("mbrl-test-header.bin"), whole = bytes_of(path);
  REQUIRE(with_its_checksum(whole) == whole);
  const std::pair<std::size_t, const char*> bytes_of_header[] = {
      {0, "not a checkpoint"}, {8, "its version is"}, {12, "another SCALAR"}};
  for (const auto& [at, why] : bytes_of_header) {
    std::string other = whole;
    ++other[at];
    write_bytes(path, with_its_checksum(other));
    CHECK_THROWS_WITH_AS(Archive{path}, doctest::Contains(why), UserError);
  }
}

TEST_CASE("damage behind a right checksum is refused or harmless, in 2,000 places at random") {
  const std::string path = saved_pair("mbrl-test-crafted.bin"), whole = bytes_of(path);
  Rng rng(1, "test");
  int refused = 0;
  for (int k = 0; k < 2000; ++k) {
    std::string crafted = whole;
    for (Index change = rng.below(4); change >= 0; --change) {
      const auto at = static_cast<std::size_t>(16 + rng.below(Index(whole.size()) - 24));
      // A bit, or one of the bytes that make a size huge or negative.
      const char bytes[] = {char(crafted[at] ^ (1 << rng.below(8))), '\x7f', '\xff', '\0'};
      crafted[at] = bytes[rng.below(4)];
    }
    if (rng.below(4) == 0) crafted.erase(static_cast<std::size_t>(16 + rng.below(40)), 8);
    write_bytes(path, with_its_checksum(crafted));
    try {
      Archive ar(path);
      Pair pair;
      pair.archive(ar);
    } catch (const UserError&) {
      ++refused;
    }
  }
  CHECK(refused > 500);
  CHECK(refused < 2000);  // what only changes a number cannot be seen
}

TEST_CASE("a checkpoint of another network shape is refused by name") {
  Archive ar(saved_pair("mbrl-test-shape.bin"));
  const std::pair<Index, Index> shapes[] = {{3, 3}, {2, 4}, {3, 2}};
  for (const auto& [rows, cols] : shapes) {
    Pair other;
    other.W.resize(rows, cols);
    CHECK_THROWS_WITH_AS(other.archive(ar), doctest::Contains("W has another shape"), UserError);
  }
}

TEST_CASE("a checkpoint that lacks an entry is refused by the entry's name") {
  Archive ar(saved_pair("mbrl-test-lacks.bin"));
  Matrix other = Matrix::Zero(2, 3);
  CHECK_THROWS_WITH_AS(ar("other", other), doctest::Contains("it holds no other"), UserError);
}

TEST_CASE("who reads a checkpoint while it is replaced sees the old one, whole") {
  const std::string path = saved_pair("mbrl-test-replaced.bin"), before = bytes_of(path);
  std::ifstream reader(path, std::ios::binary);
  Archive().save(path);
  CHECK(std::string(std::istreambuf_iterator<char>(reader), {}) == before);
  CHECK(bytes_of(path) != before);
}

TEST_CASE("a checkpoint that does not fit on the disk leaves the old one as it was") {
  if (!std::filesystem::exists("/dev/full")) return;
  const std::string path = saved_pair("mbrl-test-full.bin"), before = bytes_of(path);
  const std::string temporary = path + ".new";
  std::filesystem::remove(temporary);
  std::filesystem::create_symlink("/dev/full", temporary);
  CHECK_THROWS_WITH_AS(Archive().save(path), doctest::Contains("No space left"),
                       std::runtime_error);
  CHECK(bytes_of(path) == before);
}

TEST_CASE("saving into a folder that does not exist fails with a clear line") {
  CHECK_THROWS_WITH_AS(Archive().save("/no/such/folder/x.bin"), doctest::Contains("No such file"),
                       std::runtime_error);
}

TEST_CASE("the checkpoint that is replaced stays under another name, if that is wanted") {
  const std::string path = saved_pair("mbrl-test-newer.bin"), before = bytes_of(path);
  const std::string older = path + ".older";
  std::filesystem::remove(older);
  for (int k = 0; k < 2; ++k) {
    Archive ar;
    ar("k", k);
    ar.save(path, older);
    if (k == 0) CHECK(bytes_of(older) == before);
  }
  int k = -1;
  Archive{older}("k", k);
  CHECK(k == 0);
  Archive{path}("k", k);
  CHECK(k == 1);
}

// One of everything that can be archived.
struct Everything {
  int whole = 0;
  bool flag = false;
  double real = 0;
  std::uint64_t large = 0;
  std::string text;
  std::vector<double> reals;
  std::vector<int> wholes;
  Row row;
  Mask mask;
  Pair pair;
  std::vector<Pair> pairs;
  Rng rng{1, "test"};

  void archive(Archive& ar) {
    ar("whole", whole), ar("flag", flag), ar("real", real), ar("large", large), ar("text", text);
    ar("reals", reals), ar("wholes", wholes), ar("row", row), ar("mask", mask), ar("pair", pair);
    ar.list("pairs", pairs), ar("rng", rng);
  }
};

std::string saved_everything(const char* name, Everything& x) {
  x.whole = -3, x.flag = true, x.real = 0.1, x.large = std::uint64_t(1) << 63, x.text = "a\nb";
  x.reals = {NAN, 1e300}, x.wholes = {}, x.row = Row::Constant(3, Scalar(0.1));
  x.mask = Mask::Constant(2, true), x.mask(1) = false;
  x.pairs.resize(2), x.pairs[1].v(2) = 7, x.pair.W(0, 0) = 5;
  x.rng.bits();
  const std::string path = (std::filesystem::temp_directory_path() / name).string();
  Archive ar;
  ar("x", x);
  ar.save(path);
  return path;
}

TEST_CASE("numbers, texts, lists, masks and streams come back as they were, each under its name") {
  Everything x, y;
  Archive ar(saved_everything("mbrl-test-everything.bin", x));
  ar("x", y);
  CHECK(y.whole == -3);
  CHECK(y.flag);
  CHECK(y.real == 0.1);
  CHECK(y.large == x.large);
  CHECK(y.text == "a\nb");
  CHECK(std::isnan(y.reals[0]));
  CHECK(y.reals[1] == 1e300);
  CHECK(y.wholes.empty());
  CHECK((y.row == x.row).all());
  CHECK((y.mask == x.mask).all());
  CHECK(y.pair.W == x.pair.W);
  REQUIRE(y.pairs.size() == 2);
  CHECK(y.pairs[1].v(2) == 7);
  CHECK(y.rng.bits() == x.rng.bits());
}

TEST_CASE("what is of another kind, or makes no sense, is refused by name") {
  Everything x;
  Archive ar(saved_everything("mbrl-test-kinds.bin", x));
  ar.inside("x", [&] {
    std::string text;
    CHECK_THROWS_WITH_AS(ar("whole", text), doctest::Contains("x/whole is of another kind"),
                         UserError);
    bool flag = false;
    CHECK_THROWS_WITH_AS(ar("whole", flag), doctest::Contains("x/whole makes no sense"), UserError);
    int small = 0;
    CHECK_THROWS_WITH_AS(ar("large", small), doctest::Contains("x/large makes no sense"),
                         UserError);
    CHECK_THROWS_AS(ar("reals", x.real), UserError);  // two numbers
    Vector column;
    CHECK_THROWS_AS(ar("row", column), UserError);
  });
  std::vector<std::uint64_t> zeros(4);
  Archive out;
  out("rng", zeros);
  const std::string path =
      (std::filesystem::temp_directory_path() / "mbrl-test-zeros.bin").string();
  out.save(path);
  CHECK_THROWS_WITH_AS(Archive{path}("rng", x.rng), doctest::Contains("rng makes no sense"),
                       UserError);
}

}  // namespace test_checkpoint
