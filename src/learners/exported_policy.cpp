#include "learners/exported_policy.hpp"

#include <sstream>
#include <string_view>

#include "core/text.hpp"
#include "envs/all.hpp"

namespace mbrl {

namespace {

const char* const kFirstLine = "mbrl policy 1";
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kLine = 120;  // digits
constexpr double kMost = 32767;     // in two bytes

// Three bytes in four digits; what is missing of the last three is written as =.
std::string base64(const std::string& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned group = 0;
    const std::size_t there = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (k < there ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      text += k <= there ? kDigits[group >> (18 - 6 * k) & 63] : '=';
    if (text.size() % (kLine + 1) == kLine) text += '\n';
  }
  return text;
}

UserError damaged(const std::string& why) {
  return UserError("this is no policy that mbrl play --export has written: " + why);
}

std::string bytes_of(const std::string& base64) {
  std::string bytes;
  unsigned group = 0;
  int bits = 0;
  for (const char c : base64) {
    if (c == '\n' || c == '\r' || c == '=') continue;
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string::npos) throw damaged(std::string("its weights hold the sign ") + c);
    group = group << 6 | static_cast<unsigned>(digit), bits += 6;
    if (bits >= 8) bits -= 8, bytes += static_cast<char>(group >> bits & 255);
  }
  return bytes;
}

std::string name_of(Activation g) {
  for (const char* name : {"tanh", "relu", "silu"})
    if (activation_from(name) == g) return name;
  return "linear";
}

// The rest of a line that begins with this word.
std::string after(const std::string& word, std::istream& lines) {
  std::string line;
  if (!std::getline(lines, line) || line.rfind(word + " ", 0) != 0)
    throw damaged("where '" + line + "' stands, '" + word + " ...' was expected");
  return line.substr(word.size() + 1);
}

}  // namespace

Matrix ExportedPolicy::act(const Env& world, const Matrix& s) const {
  return world.spec.from_unit_box(tanh(forward(net, world.features(s))));
}

std::string text_of(const ExportedPolicy& policy) {
  std::string layers = std::to_string(policy.net.layers.at(0).W.cols()), units, bytes;
  for (const auto& [W, b] : policy.net.layers) {
    layers += " " + std::to_string(W.rows());
    for (const Matrix* x : {&W, &b}) {
      require_finite("a weight of the policy", *x);
      const double largest = double(x->cwiseAbs().maxCoeff());
      const double unit = largest > 0 ? largest / kMost : 1;
      units += " " + number_text(unit);
      for (Index i = 0; i < x->size(); ++i) {
        const auto n = static_cast<unsigned>(std::lround(double(x->data()[i]) / unit));
        bytes += static_cast<char>(n & 255), bytes += static_cast<char>(n >> 8 & 255);
      }
    }
  }
  return std::string(kFirstLine) + "\nenv " + policy.env + "\nalgorithm " + policy.algorithm +
         "\nsteps " + std::to_string(policy.env_steps) + "\nactivation " +
         name_of(policy.net.activation) + "\nlayers " + layers + "\nunits" + units + "\nweights\n" +
         base64(bytes) + "\n";
}

ExportedPolicy exported_policy(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  if (!std::getline(lines, line) || line != kFirstLine)
    throw damaged("it does not begin with '" + std::string(kFirstLine) + "'");
  ExportedPolicy policy;
  policy.env = after("env", lines), policy.algorithm = after("algorithm", lines);
  if (!(std::istringstream(after("steps", lines)) >> policy.env_steps))
    throw damaged("its steps are no number");
  policy.net.activation = activation_from(after("activation", lines));

  std::istringstream layers(after("layers", lines)), units(after("units", lines));
  std::vector<Index> widths;
  Index all = 0;
  for (Index width = 0; layers >> width; widths.push_back(width)) {
    if (width < 1 || width > 4096) throw damaged("a layer of it has no size");
    if (!widths.empty()) all += width * (widths.back() + 1);
  }
  const auto env = make_env(policy.env);
  if (widths.size() < 2 || widths.front() != env->feature_dim() ||
      widths.back() != env->spec.action_dim())
    throw damaged("its layers are not from the " + std::to_string(env->feature_dim()) +
                  " features of " + policy.env + " to its " +
                  std::to_string(env->spec.action_dim()) + " actions");

  if (!std::getline(lines, line) || line != "weights") throw damaged("its weights are missing");
  std::ostringstream rest;
  rest << lines.rdbuf();
  const std::string bytes = bytes_of(rest.str());
  if (bytes.size() != 2 * static_cast<std::size_t>(all))
    throw damaged("its layers want " + std::to_string(all) + " weights, and there are " +
                  std::to_string(bytes.size() / 2));
  for (std::size_t l = 1; l < widths.size(); ++l)
    policy.net.layers.push_back({Matrix(widths[l], widths[l - 1]), Matrix(widths[l], 1)});
  auto next = bytes.begin();
  for (Matrix* x : parameters(policy.net)) {
    double unit = 0;
    if (!(units >> unit) || !(unit > 0)) throw damaged("a unit is missing");
    for (Index i = 0; i < x->size(); ++i) {
      const auto low = static_cast<unsigned char>(*next++);
      const auto high = static_cast<signed char>(*next++);
      x->data()[i] = static_cast<Scalar>(unit * (high * 256 + low));
    }
  }
  return policy;
}

}  // namespace mbrl
