// Checkpoints: named matrices in one file, written atomically, refused when damaged.
//
// A struct saves and loads through one function, void archive(Archive& ar), that names its members
// once: ar("W", W) writes W when saving and reads it when loading.
#pragma once

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

  bool loading() const { return loading_; }

  void operator()(const std::string& name, Matrix& x);
  void operator()(const std::string& name, Vector& x);
  // Networks and the like: the shape must be the one that the run's settings give.
  void fixed_shape(const std::string& name, Matrix& x);

  // Writes to a temporary file and renames it, so that a reader never sees half a checkpoint.
  void save(const std::string& path) const;

 private:
  UserError damaged(const std::string& why) const;
  bool loading_ = false;
  std::string path_;
  std::map<std::string, Matrix> entries_;
};

}  // namespace mbrl
