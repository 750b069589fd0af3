// Fuzzes the command line of `mbrl run`: any words, one a line. They are read, or refused by a
// UserError; nothing else may happen.
#include "command_line.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace mbrl;
  std::stringstream lines(std::string(reinterpret_cast<const char*>(data), size));
  std::string algorithm;
  std::getline(lines, algorithm);
  std::vector<std::string> words;
  for (std::string word; std::getline(lines, word);) words.push_back(word);
  try {
    Request asked(algorithm);
    asked.read(words);
    // What was accepted is what config.txt will say.
    Request again(algorithm);
    again.read(parse_config(asked.options.config, "config.txt"), {});
    if (again.options.config != asked.options.config) std::abort();
  } catch (const UserError&) {
  }
  return 0;
}
