//===- Files.h - Read files and run programs, for tests -------------------===//
#ifndef WRIT_TESTS_SUPPORT_FILES_H
#define WRIT_TESTS_SUPPORT_FILES_H

#include "hostabi/Result.h"
#include "tests/support/Encoder.h"

#include <span>
#include <string>
#include <vector>

namespace writ::test {

/// What ctest takes for "skipped".
inline constexpr int exitSkipped = 77;

Result<Bytes> readFile(const std::string &path);
Result<void> writeFile(const std::string &path, std::span<const uint8_t> bytes);

/// Files of `folder` whose names end in `extension` (".wast"), sorted; with `recursive` those
/// of its subfolders too. Empty if there is no such folder.
std::vector<std::string> listFiles(const std::string &folder, std::string_view extension,
                                   bool recursive = false);

/// All modules of `folder` and below; if there are none, that is printed as a test's being skipped.
std::vector<std::string> findModules(const std::string &folder);

/// Runs a program found on PATH without output; its exit code, or -1 if it cannot be run.
int runProgram(const std::vector<std::string> &command);

} // namespace writ::test

#endif
