//===- Output.h - What commands make, to files or standard output ---------===//
#ifndef WRIT_TOOLS_WRIT_OUTPUT_H
#define WRIT_TOOLS_WRIT_OUTPUT_H

#include <cstdint>
#include <span>
#include <string>

namespace writ::cli {

/// Where the result goes: `output` if it was given, else `input` with another extension.
std::string outputPath(const std::string &output, const std::string &input,
                       const std::string &extension);

/// Writes what a command has made to the file `output`, under another name first, so that nobody
/// finds half of it, and says so with its size and `what`; or, for "-", to standard output, and
/// says nothing. Throws `Fatal`.
void deliver(const std::string &output, std::span<const uint8_t> bytes, const std::string &what);

} // namespace writ::cli

#endif
