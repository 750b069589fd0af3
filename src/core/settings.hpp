// The fields of a Config by name: for the command line, --help, and config.txt.
//
// A Config is a plain struct; its list() hands every field to a Settings with its name, valid range
// and a gloss. A value is checked once, here, so that a bad one never reaches the mathematics.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "core/errors.hpp"
#include "core/text.hpp"

namespace mbrl {

class Settings {
 public:
  struct Field {
    std::string name, gloss, valid;
    std::function<std::string()> get;
    std::function<void(const std::string&)> set;  // throws UserError
    bool is_switch = false;
  };

  void operator()(const std::string& name, int& value, int low, int high,
                  const std::string& gloss) {
    add_number(name, value, low, high, gloss);
  }
  void operator()(const std::string& name, double& value, double low, double high,
                  const std::string& gloss) {
    add_number(name, value, low, high, gloss);
  }
  void operator()(const std::string& name, bool& value, const std::string& gloss) {
    const auto set = [name, &value](const std::string& text) {
      if (text != "true" && text != "false") throw UserError(complain(name, text, "true or false"));
      value = text == "true";
    };
    fields_.push_back(
        {name, gloss, "true or false", [&value] { return value ? "true" : "false"; }, set, true});
  }
  void operator()(const std::string& name, std::string& value,
                  const std::vector<std::string>& choices, const std::string& gloss) {
    std::string valid;
    for (const auto& choice : choices) valid += (valid.empty() ? "" : " | ") + choice;
    const auto set = [name, &value, choices, valid](const std::string& text) {
      if (std::find(choices.begin(), choices.end(), text) == choices.end())
        throw UserError(complain(name, text, "one of " + valid));
      value = text;
    };
    fields_.push_back({name, gloss, valid, [&value] { return value; }, set});
  }

  // Sets the field called `key` (dashes and underscores are the same) from text.
  void set(const std::string& key, const std::string& text) { find(key).set(text); }

  // What several fields must fulfil together, asked once when all are set: throws UserError if they
  // do not.
  void add_check(std::function<void()> check) { checks_.push_back(std::move(check)); }
  void check() const {
    for (const auto& check : checks_) check();
  }

  // Several fields at once, by a name: --preset paper.
  struct Preset {
    std::string name, gloss;
    std::function<void()> apply;
  };
  void add_preset(std::string name, std::string gloss, std::function<void()> apply) {
    presets_.push_back({std::move(name), std::move(gloss), std::move(apply)});
  }
  // The same, by the words that would be typed in its place.
  void add_preset(const std::string& name, const std::string& gloss, const std::string& flags) {
    add_preset(name, gloss + ": " + flags, [this, flags] {
      std::istringstream words(flags);
      for (std::string key, value; words >> key >> value;) set(key.substr(2), value);
    });
  }
  // What a task is learned with, where no other preset is asked for.
  void add_task_preset(const std::string& task, const std::string& flags) {
    add_preset(task, "taken with --env " + task, flags);
  }
  const std::vector<Preset>& presets() const { return presets_; }
  bool has_preset(const std::string& name) const {
    return std::any_of(presets_.begin(), presets_.end(),
                       [&](const Preset& preset) { return preset.name == name; });
  }
  void apply_preset(const std::string& name) {
    std::vector<std::string> names;
    for (const Preset& preset : presets_) {
      if (preset.name == name) return preset.apply();
      names.push_back(preset.name);
    }
    if (names.empty()) throw UserError("--preset " + name + ": this algorithm has no presets");
    throw UserError("--preset " + name + ": expected one of " + join(names));
  }

  // names: what else could have been typed here, for the advice
  Field& find(std::string key, std::vector<std::string> names = {}) {
    std::replace(key.begin(), key.end(), '_', '-');
    for (auto& field : fields_) {
      if (field.name == key) return field;
      names.push_back(field.name);
    }
    throw UserError("unknown setting --" + key + ": did you mean --" + nearest(key, names) +
                    "? (--help lists them all)");
  }

  const std::vector<Field>& fields() const { return fields_; }

 private:
  static std::string complain(const std::string& name, const std::string& text,
                              const std::string& valid) {
    return "--" + name + " " + text + ": expected " + valid;
  }

  template <class Number>
  void add_number(const std::string& name, Number& value, Number low, Number high,
                  const std::string& gloss) {
    const bool whole = std::is_same_v<Number, int>;
    const std::string valid = std::string(whole ? "a whole number" : "a number") + " from " +
                              number_text(low) + " to " + number_text(high);
    const auto set = [=, &value](const std::string& text) {
      std::size_t used = 0;
      double number = std::numeric_limits<double>::quiet_NaN();
      try {
        number = std::stod(text, &used);
      } catch (const std::exception&) {
      }
      if (used != text.size() || !(number >= low && number <= high) ||
          (whole && number != std::floor(number)))
        throw UserError(complain(name, text, valid));
      value = static_cast<Number>(number);
    };
    fields_.push_back({name, gloss, valid, [&value] { return number_text(value); }, set});
  }

  std::vector<Field> fields_;
  std::vector<Preset> presets_;
  std::vector<std::function<void()>> checks_;
};

}  // namespace mbrl
