// Fuzzes the reader of a run folder's config.txt: any text. It is read, or refused by a UserError;
// nothing else may happen.
#include "command_line.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace mbrl;
  const std::string text(reinterpret_cast<const char*>(data), size);
  try {
    const RunConfig config = parse_config(text, "config.txt");
    Request asked(config.at("algorithm"));
    asked.read(config, {});
  } catch (const UserError&) {
  }
  return 0;
}
