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

// Bytes read from front to back, never beyond their end.
class Reader {
 public:
  Reader(const std::string& bytes, std::size_t from) : bytes_(bytes), at_(from) {}

  std::size_t left() const { return bytes_.size() - at_; }
  // Whether there were so many; into `target` if so.
  bool take(void* target, std::size_t count) {
    if (count > left()) return false;
    std::memcpy(target, bytes_.data() + at_, count);
    at_ += count;
    return true;
  }
  bool take(std::string& text, std::size_t count) {
    if (count > left()) return false;
    text = bytes_.substr(at_, count);
    at_ += count;
    return true;
  }
  bool take(Matrix& x, std::int64_t rows, std::int64_t cols) {
    const auto entries = static_cast<std::int64_t>(left() / sizeof(Scalar));
    if (rows < 0 || cols < 0) return false;
    if (rows > 0 && cols > 0 && rows > entries / cols) return false;
    if (rows > kLargest || cols > kLargest) return false;  // (0, huge) holds nothing either
    x.resize(rows, cols);
    return x.size() == 0 || take(x.data(), sizeof(Scalar) * static_cast<std::size_t>(x.size()));
  }

 private:
  static constexpr std::int64_t kLargest = std::int64_t(1) << 40;
  const std::string& bytes_;
  std::size_t at_;
};

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
  Reader reader(body, sizeof(Header));
  while (reader.left() > 0) {
    std::uint64_t name_size = 0;
    std::int64_t rows = 0, cols = 0;
    std::string name;
    Matrix x;
    if (!reader.take(&name_size, sizeof name_size) || !reader.take(name, name_size) ||
        !reader.take(&rows, sizeof rows) || !reader.take(&cols, sizeof cols) ||
        !reader.take(x, rows, cols))
      throw damaged("an entry is larger than the file");
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
  if (!loading_) return;
  if (copy.cols() != 1) throw damaged(name + " is not one column");
  x = copy.col(0);
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
