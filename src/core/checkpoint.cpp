#include "core/checkpoint.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mbrl {

namespace {

struct Header {
  char magic[8] = {'m', 'b', 'r', 'l', 'c', 'k', 'p', 't'};
  std::uint32_t version = 2;
  std::uint32_t scalar_bytes = sizeof(Scalar);
};

// FNV-1a, 64 bits.
std::uint64_t hash(const std::string& bytes) {
  std::uint64_t h = 0xcbf29ce484222325ULL;
  for (const char c : bytes) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return h;
}

template <class T>
void append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Bytes read from front to back, never beyond their end.
class Reader {
 public:
  Reader(const std::string& bytes, std::size_t from) : bytes_(bytes), at_(from) {}

  std::size_t left() const { return bytes_.size() - at_; }
  // Whether there was another; into `x` if so.
  template <class T>
  bool take(T& x) {
    if (sizeof x > left()) return false;
    std::memcpy(&x, bytes_.data() + at_, sizeof x);
    at_ += sizeof x;
    return true;
  }
  bool take(std::string& text, std::uint64_t count) {
    if (count > left()) return false;
    text = bytes_.substr(at_, count);
    at_ += count;
    return true;
  }

 private:
  const std::string& bytes_;
  std::size_t at_;
};

std::uint64_t size_of(char kind) {
  switch (kind) {
    case 'm':
      return sizeof(Scalar);
    case 'd':
    case 'i':
      return 8;
    case 't':
      return 1;
  }
  return 0;
}

template <class T>
std::string bytes_of(const T* first, std::size_t count) {
  return {reinterpret_cast<const char*>(first), sizeof(T) * count};
}

}  // namespace

// ---- the file ----

static std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream all;
  if (!file || !(all << file.rdbuf())) throw UserError("cannot read the checkpoint " + path);
  return all.str();
}

Archive::Archive(const std::string& path) : Archive(content_of(path), path) {}

Archive::Archive(std::string body, const std::string& path) : loading_(true), path_(path) {
  std::uint64_t checksum = 0;
  if (body.size() < sizeof(Header) + sizeof checksum) throw damaged("it is cut short");
  Header header;
  std::memcpy(&header, body.data(), sizeof(Header));
  if (std::memcmp(header.magic, Header().magic, sizeof header.magic) != 0)
    throw damaged("it is not a checkpoint of this program");
  if (header.version != Header().version)
    throw damaged("its version is " + std::to_string(header.version) + ", this program writes " +
                  std::to_string(Header().version));
  if (header.scalar_bytes != sizeof(Scalar))
    throw damaged("it was written by a build with another SCALAR");
  std::memcpy(&checksum, body.data() + body.size() - sizeof checksum, sizeof checksum);
  body.resize(body.size() - sizeof checksum);
  if (checksum != hash(body)) throw damaged("its checksum does not match");

  // A right checksum is no proof of sense: every size is held against what is left of the file.
  Reader reader(body, sizeof(Header));
  while (reader.left() > 0) {
    std::uint64_t name_size = 0;
    std::string name;
    Entry entry;
    bool whole = reader.take(name_size) && reader.take(name, name_size) &&
                 reader.take(entry.kind) && reader.take(entry.rows) && reader.take(entry.cols);
    const std::uint64_t size = size_of(entry.kind), most = size ? reader.left() / size : 0;
    const auto rows = static_cast<std::uint64_t>(entry.rows);
    const auto cols = static_cast<std::uint64_t>(entry.cols);
    constexpr std::uint64_t largest = std::uint64_t(1) << 40;  // of (0, huge), which holds nothing
    whole = whole && size > 0 && rows < largest && cols < largest;
    whole =
        whole && (rows == 0 || cols <= most / rows) && reader.take(entry.bytes, size * rows * cols);
    if (!whole) throw damaged("an entry is larger than the file");
    entries_[name] = std::move(entry);
  }
}

void Archive::save(const std::string& path, const std::string& previous) const {
  std::string bytes;
  append(bytes, Header());
  for (const auto& [name, entry] : entries_) {
    append(bytes, static_cast<std::uint64_t>(name.size()));
    bytes += name;
    append(bytes, entry.kind), append(bytes, entry.rows), append(bytes, entry.cols);
    bytes += entry.bytes;
  }
  append(bytes, hash(bytes));

  namespace fs = std::filesystem;
  const std::string fresh = path + ".new";
  std::FILE* file = std::fopen(fresh.c_str(), "wb");
  bool done = file && std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() &&
              std::fflush(file) == 0 && fsync(fileno(file)) == 0;
  int why = errno;
  if (file && std::fclose(file) != 0 && done) done = false, why = errno;
  if (done && !previous.empty() && fs::exists(path)) {
    // A second name for the old one, so that a moment without a checkpoint there is none.
    std::error_code failed;
    fs::remove(previous, failed);
    fs::create_hard_link(path, previous, failed);
    if (failed) fs::copy_file(path, previous, failed);
  }
  if (done && std::rename(fresh.c_str(), path.c_str()) != 0) done = false, why = errno;
  if (done) return;
  std::remove(fresh.c_str());
  throw std::runtime_error("cannot write the checkpoint " + path + ": " + std::strerror(why));
}

UserError Archive::damaged(const std::string& why) const {
  return UserError("the checkpoint " + path_ + " cannot be used: " + why);
}

// ---- what is in it ----

const Archive::Entry& Archive::read(const std::string& name, char kind) const {
  const auto found = entries_.find(place_ + name);
  if (found == entries_.end()) throw damaged("it holds no " + place_ + name);
  if (found->second.kind != kind) throw damaged(place_ + name + " is of another kind");
  return found->second;
}

void Archive::value(const std::string& name, Matrix& x) {
  if (!loading_)
    return write(name, {'m', x.rows(), x.cols(), bytes_of(x.data(), std::size_t(x.size()))});
  const Entry& entry = read(name, 'm');
  x.resize(entry.rows, entry.cols);
  if (x.size() > 0) std::memcpy(x.data(), entry.bytes.data(), entry.bytes.size());
}

void Archive::fixed_shape(const std::string& name, Matrix& x) {
  const Index rows = x.rows(), cols = x.cols();
  value(name, x);
  if (x.rows() != rows || x.cols() != cols)
    throw damaged(place_ + name + " has another shape than the run's settings say");
}

void Archive::numbers(const std::string& name, std::vector<double>& x) {
  if (!loading_)
    return write(name, {'d', static_cast<Index>(x.size()), 1, bytes_of(x.data(), x.size())});
  const Entry& entry = read(name, 'd');
  x.resize(entry.bytes.size() / sizeof(double));
  std::copy(entry.bytes.begin(), entry.bytes.end(), reinterpret_cast<char*>(x.data()));
}

void Archive::numbers(const std::string& name, std::vector<std::int64_t>& x) {
  if (!loading_)
    return write(name, {'i', static_cast<Index>(x.size()), 1, bytes_of(x.data(), x.size())});
  const Entry& entry = read(name, 'i');
  x.resize(entry.bytes.size() / sizeof(std::int64_t));
  std::copy(entry.bytes.begin(), entry.bytes.end(), reinterpret_cast<char*>(x.data()));
}

void Archive::value(const std::string& name, std::string& text) {
  if (!loading_) return write(name, {'t', static_cast<Index>(text.size()), 1, text});
  text = read(name, 't').bytes;
}

void Archive::value(const std::string& name, Rng& rng) {
  std::vector<std::uint64_t> words(rng.state().begin(), rng.state().end());
  value(name, words);
  // The generator never leaves a state of zeros, and would draw nothing else.
  require(words.size() == 4 && (words[0] | words[1] | words[2] | words[3]) != 0, name);
  std::copy(words.begin(), words.end(), rng.state().begin());
}

}  // namespace mbrl
