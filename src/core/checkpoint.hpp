// Checkpoints: all that a run needs to resume, by name, in one file.
//
// A struct saves and loads through one function, void archive(Archive& ar), that names its members
// once: ar("W", W) writes W when saving and reads it when loading. The name of a member with
// an archive() of its own is a prefix: ar("actor", actor) stores actor/W.
//
// A file is written in full or not at all, and refused if it is damaged, from another build, or
// does not fit what it is loaded into.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "core/errors.hpp"
#include "core/random.hpp"

namespace mbrl {

class Archive {
 public:
  Archive() = default;  // an empty one, to save into

  // Opens a checkpoint for loading. Throws UserError when it is missing, damaged, or of another
  // build.
  explicit Archive(const std::string& path);
  // The same from the file's bytes; path: for error messages only.
  Archive(std::string bytes, const std::string& path);

  bool loading() const { return loading_; }
  // What was saved into an archive can be loaded from it without a file between; and back again.
  void begin_loading() { loading_ = true; }
  void begin_saving() { loading_ = false; }

  // A number, flag, text, matrix, list of numbers or Rng; or anything with an archive function of
  // its own.
  template <class T>
  void operator()(const std::string& name, T& x) {
    if constexpr (requires { x.archive(*this); })
      inside(name, [&] { x.archive(*this); });
    else if constexpr (requires { archive(*this, x); })
      inside(name, [&] { archive(*this, x); });
    else
      value(name, x);
  }
  // A list of such things, whose length may change.
  template <class List>
  void list(const std::string& name, List& items) {
    auto count = static_cast<std::int64_t>(items.size());
    value(name + " count", count);
    // Each item has at least one entry, so a damaged count cannot ask for too many.
    require(count >= 0 && count <= static_cast<std::int64_t>(entries_.size()), name + " count");
    items.resize(static_cast<std::size_t>(count));
    each(name, items);
  }
  // A list whose length the run's settings give.
  template <class List>
  void each(const std::string& name, List& items) {
    std::size_t i = 0;
    for (auto& item : items) (*this)(name + " " + std::to_string(i++), item);
  }
  // Puts a name before those of the members.
  template <class Members>
  void inside(const std::string& name, const Members& members) {
    const std::string outside = place_;
    place_ += name + "/";
    members();
    place_ = outside;
  }
  // Networks and the like: the shape must be the one that the run's settings give.
  void fixed_shape(const std::string& name, Matrix& x);

  // When loading: throws UserError, naming `what` as invalid, unless it makes sense.
  void require(bool makes_sense, const std::string& what) const {
    if (loading_ && !makes_sense) throw damaged(place_ + what + " makes no sense");
  }

  // The same for a counter: at least 0, and far below the limit of an int.
  void require_count(int counter, const std::string& what) const {
    require(counter >= 0 && counter <= 1000000000, what);
  }

  // Writes to a temporary file, flushes it to the disk, and renames it, so that there is a complete
  // checkpoint at every moment. The old one is kept as `previous`, if given. On failure, throws
  // std::runtime_error and leaves the old one in place.
  void save(const std::string& path, const std::string& previous = "") const;

 private:
  struct Entry {
    char kind = 0;  // m: matrix of Scalar  d: doubles  i: whole numbers  t: text
    std::int64_t rows = 0, cols = 0;
    std::string bytes;
  };

  template <class T>
  requires std::is_arithmetic_v<T>
  void value(const std::string& name, T& x) {
    std::vector<T> one{x};
    value(name, one);
    require(one.size() == 1, name);
    x = one[0];
  }
  template <class T>
  requires std::is_arithmetic_v<T>
  void value(const std::string& name, std::vector<T>& x) {
    using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
    std::vector<Wide> wide(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) wide[i] = static_cast<Wide>(x[i]);
    numbers(name, wide);
    if (!loading_) return;
    x.resize(wide.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<T>(wide[i]);
      if constexpr (std::is_integral_v<T>) require(static_cast<Wide>(x[i]) == wide[i], name);
    }
  }
  template <class Derived>
  void value(const std::string& name, Eigen::PlainObjectBase<Derived>& x) {
    Matrix copy(x.rows(), x.cols());
    if (!loading_) copy = x.matrix().template cast<Scalar>();
    value(name, copy);
    if (!loading_) return;
    require((Derived::RowsAtCompileTime < 0 || copy.rows() == Derived::RowsAtCompileTime) &&
                (Derived::ColsAtCompileTime < 0 || copy.cols() == Derived::ColsAtCompileTime),
            name);
    x = copy.array().template cast<typename Derived::Scalar>();
  }
  void value(const std::string& name, Matrix& x);
  void value(const std::string& name, std::string& text);
  void value(const std::string& name, Rng& rng);
  void numbers(const std::string& name, std::vector<double>& x);
  void numbers(const std::string& name, std::vector<std::int64_t>& x);

  void write(const std::string& name, Entry entry) { entries_[place_ + name] = std::move(entry); }
  const Entry& read(const std::string& name, char kind) const;
  UserError damaged(const std::string& why) const;

  bool loading_ = false;
  std::string path_, place_;  // place_: the names of what is being archived, as "agent/model/"
  std::map<std::string, Entry> entries_;
};

}  // namespace mbrl
