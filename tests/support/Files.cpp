//===- Files.cpp - Read files and run programs, for tests -----------------===//
#include "tests/support/Files.h"

#include "llvm/Support/Program.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace writ::test {

Result<Bytes> readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return badInput(path + ": cannot read");
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

Result<void> writeFile(const std::string &path, std::span<const uint8_t> bytes) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
  if (!file)
    return badInput(path + ": cannot write");
  return {};
}

std::vector<std::string> listFiles(const std::string &folder, std::string_view extension,
                                   bool recursive) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (!recursive)
      it.disable_recursion_pending();
    if (it->is_regular_file() && it->path().extension() == extension)
      files.push_back(it->path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> findModules(const std::string &folder) {
  std::vector<std::string> files = listFiles(folder, ".wasm", true);
  if (files.empty())
    fmt::print("skipped: no modules\n");
  return files;
}

int runProgram(const std::vector<std::string> &command) {
  llvm::ErrorOr<std::string> program = llvm::sys::findProgramByName(command[0]);
  if (!program)
    return -1;
  std::vector<llvm::StringRef> args(command.begin(), command.end());
  std::optional<llvm::StringRef> nowhere[] = {"", "", ""};
  return llvm::sys::ExecuteAndWait(*program, args, std::nullopt, nowhere);
}

} // namespace writ::test
