//===- ModuleFile.cpp - Module files, read with every check ---------------===//
#include "frontend/wasm/ModuleFile.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace writ::wasm {
namespace {

/// Closes the file, unless it is standard input.
struct OpenFile {
  int fd = -1;
  ~OpenFile() {
    if (fd > STDIN_FILENO)
      close(fd);
  }
};

} // namespace

static Error systemError(const std::string &path) {
  return badInput(fmt::format("{}: {}", path, strerror(errno)));
}

static Error tooLarge(const std::string &path, uint64_t maxBytes) {
  return badInput(fmt::format("{}: more than {} bytes; a module may have no more", path, maxBytes));
}

/// Refuses what cannot be a module before any of it is read.
static Result<void> checkKind(const std::string &path, int fd, uint64_t maxBytes) {
  struct stat info;
  if (fstat(fd, &info) != 0)
    return systemError(path);
  if (S_ISDIR(info.st_mode))
    return badInput(path + ": is a directory; expected a .wasm file");
  if (S_ISREG(info.st_mode) && uint64_t(info.st_size) > maxBytes)
    return tooLarge(path, maxBytes);
  if ((S_ISCHR(info.st_mode) && fd != STDIN_FILENO) || S_ISBLK(info.st_mode))
    return badInput(path + ": is a device; expected a .wasm file");
  return {};
}

static Result<std::vector<uint8_t>> readAll(const std::string &path, int fd, uint64_t maxBytes) {
  std::vector<uint8_t> bytes;
  size_t used = 0;
  struct stat info;
  // One byte more than there should be, so that one read finds the end.
  bytes.resize(fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? size_t(info.st_size) + 1 : 65536);
  while (true) {
    if (used == bytes.size())
      bytes.resize(2 * used);
    ssize_t got = read(fd, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return systemError(path);
    if (got == 0)
      break;
    used += size_t(got);
    if (used > maxBytes)
      return tooLarge(path, maxBytes);
  }
  bytes.resize(used);
  return bytes;
}

/// Whether this looks like the text format: white space and comments, then "(".
static bool looksLikeText(std::string_view text) {
  while (!text.empty()) {
    if (text.front() == '(')
      return true;
    if (text.substr(0, 2) == ";;")
      text.remove_prefix(std::min(text.find('\n'), text.size()));
    else if (strchr(" \t\r\n", text.front()) == nullptr)
      return false;
    else
      text.remove_prefix(1);
  }
  return false;
}

/// Says more than "wrong magic number" where that is easy.
static Result<void> checkMagic(const std::string &path, std::string_view bytes) {
  static constexpr std::string_view magic("\0asm", 4);
  if (bytes.empty())
    return badInput(path + ": is empty; expected a WebAssembly module");
  if (bytes.substr(0, 4) == magic.substr(0, bytes.size()))
    return {};
  if (looksLikeText(bytes.substr(0, 65536)))
    return badInput(path + ": is WebAssembly text; expected a binary module, as wat2wasm makes");
  return badInput(path + ": is not a WebAssembly module: it does not start with \"\\0asm\"");
}

Result<std::vector<uint8_t>> readModuleFile(const std::string &path, uint64_t maxBytes) {
  OpenFile file;
  file.fd = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file.fd < 0)
    return systemError(path);
  if (auto checked = checkKind(path, file.fd, maxBytes); !checked)
    return checked.error();
  auto bytes = readAll(path, file.fd, maxBytes);
  if (!bytes)
    return bytes;
  std::string_view view(reinterpret_cast<const char *>(bytes->data()), bytes->size());
  if (auto checked = checkMagic(path, view); !checked)
    return checked.error();
  return bytes;
}

} // namespace writ::wasm
