#include "core/checkpoint.hpp"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>

namespace mbrl {

namespace {

struct Header {
  char magic[8] = {'m', 'b', 'r', 'l', 'c', 'k', 'p', 't'};
  std::uint32_t version = 1;
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
template <class T>
T take(const std::string& bytes, std::size_t& at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  at += sizeof value;
  return value;
}

}  // namespace

Archive::Archive(const std::string& path) : loading_(true), path_(path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw UserError("cannot read the checkpoint " + path);
  std::stringstream all;
  all << file.rdbuf();
  const std::string bytes = all.str();
  if (bytes.size() < sizeof(Header) + sizeof(std::uint64_t)) throw damaged("it is cut short");
  Header header;
  std::memcpy(&header, bytes.data(), sizeof(Header));
  if (std::memcmp(header.magic, Header().magic, sizeof header.magic) != 0)
    throw damaged("it is not a checkpoint of this program");
  if (header.version != Header().version)
    throw damaged("its version is " + std::to_string(header.version) + ", this program writes " +
                  std::to_string(Header().version));
  if (header.scalar_bytes != sizeof(Scalar))
    throw damaged("it was written by a build with another SCALAR");
  const std::string body = bytes.substr(0, bytes.size() - sizeof(std::uint64_t));
  std::uint64_t checksum;
  std::memcpy(&checksum, bytes.data() + body.size(), sizeof checksum);
  if (checksum != hash(body)) throw damaged("its checksum does not match");
  std::size_t at = sizeof(Header);
  while (at < body.size()) {
    const auto name_size = take<std::uint64_t>(body, at);
    const std::string name = body.substr(at, name_size);
    at += name_size;
    const auto rows = take<std::int64_t>(body, at), cols = take<std::int64_t>(body, at);
    Matrix x(rows, cols);
    std::memcpy(x.data(), body.data() + at, sizeof(Scalar) * static_cast<std::size_t>(x.size()));
    at += sizeof(Scalar) * static_cast<std::size_t>(x.size());
    entries_[name] = x;
  }
}

void Archive::operator()(const std::string& name, Matrix& x) {
  if (!loading_) {
    entries_[name] = x;
    return;
  }
  const auto found = entries_.find(name);
  if (found == entries_.end()) throw damaged("it holds no " + name);
  x = found->second;
}

void Archive::operator()(const std::string& name, Vector& x) {
  Matrix copy = x;
  (*this)(name, copy);
  if (loading_) x = copy.col(0);
}

void Archive::fixed_shape(const std::string& name, Matrix& x) {
  const Index rows = x.rows(), cols = x.cols();
  (*this)(name, x);
  if (x.rows() != rows || x.cols() != cols)
    throw damaged(name + " has another shape than the run's settings say");
}

void Archive::save(const std::string& path) const {
  std::string bytes;
  const Header header;
  append(bytes, header);
  for (const auto& [name, x] : entries_) {
    append(bytes, static_cast<std::uint64_t>(name.size()));
    bytes += name;
    append(bytes, static_cast<std::int64_t>(x.rows()));
    append(bytes, static_cast<std::int64_t>(x.cols()));
    bytes.append(reinterpret_cast<const char*>(x.data()),
                 sizeof(Scalar) * static_cast<std::size_t>(x.size()));
  }
  append(bytes, hash(bytes));
  const std::string temporary = path + ".new";
  std::ofstream file(temporary, std::ios::binary);
  file << bytes << std::flush;
  file.close();
  if (!file || std::rename(temporary.c_str(), path.c_str()) != 0)
    throw UserError("cannot write the checkpoint " + path + ": is the disk full?");
}

UserError Archive::damaged(const std::string& why) const {
  return UserError("the checkpoint " + path_ + " cannot be used: " + why);
}

}  // namespace mbrl
