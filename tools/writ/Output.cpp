//===- Output.cpp - What commands make, to files or standard output -------===//
#include "tools/writ/Output.h"

#include "tools/writ/Cli.h"
#include "tools/writ/Text.h"

#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace writ::cli {

std::string outputPath(const std::string &output, const std::string &input,
                       const std::string &extension) {
  if (!output.empty())
    return output;
  return std::filesystem::path(input).replace_extension(extension).string();
}

static void writeFile(const std::string &path, std::span<const uint8_t> bytes) {
  std::string draft = path + ".new";
  std::ofstream file(draft, std::ios::binary);
  file.write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
  file.close();
  std::error_code failed;
  if (file)
    std::filesystem::rename(draft, path, failed);
  if (!file || failed)
    throw Fatal(ExitCode::Failure, fmt::format("{}: cannot be written", path));
}

void deliver(const std::string &output, std::span<const uint8_t> bytes, const std::string &what) {
  if (output == "-") {
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    return;
  }
  writeFile(output, bytes);
  fmt::print("{}: {}, {}\n", output, bytesText(double(bytes.size())), what);
}

} // namespace writ::cli
