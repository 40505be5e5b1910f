//===- ByteSource.cpp - Where an artifact's bytes come from ---------------===//
#include "cache/ByteSource.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace writ;
using namespace writ::cache;

ByteSource::~ByteSource() = default;

namespace {

class MemorySource final : public ByteSource {
public:
  explicit MemorySource(std::vector<uint8_t> bytes) : bytes(std::move(bytes)) {}

  uint64_t size() const noexcept override { return bytes.size(); }
  bool read(uint64_t offset, std::span<uint8_t> to) const noexcept override {
    if (offset > bytes.size() || to.size() > bytes.size() - offset)
      return false;
    if (!to.empty())
      std::memcpy(to.data(), bytes.data() + offset, to.size());
    return true;
  }

private:
  std::vector<uint8_t> bytes;
};

class FileSource final : public ByteSource {
public:
  FileSource(int file, uint64_t bytes) : file(file), bytes(bytes) {}
  ~FileSource() override { close(file); }

  uint64_t size() const noexcept override { return bytes; }
  bool read(uint64_t offset, std::span<uint8_t> to) const noexcept override {
    while (!to.empty()) {
      ssize_t got = pread(file, to.data(), to.size(), off_t(offset));
      if (got == 0 || (got < 0 && errno != EINTR))
        return false;
      if (got < 0)
        continue;
      to = to.subspan(size_t(got));
      offset += uint64_t(got);
    }
    return true;
  }

private:
  int file;
  uint64_t bytes;
};

} // namespace

std::shared_ptr<const ByteSource> writ::cache::makeByteSource(std::vector<uint8_t> bytes) {
  return std::make_shared<MemorySource>(std::move(bytes));
}

Result<std::shared_ptr<const ByteSource>> writ::cache::openByteSource(const std::string &path) {
  // Not to wait for a pipe's other end.
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return badInput(fmt::format("{}: {}", path, std::strerror(errno)));
  struct stat facts;
  if (fstat(file, &facts) != 0 || !S_ISREG(facts.st_mode)) {
    close(file);
    return badInput(fmt::format("{}: not a file", path));
  }
  return std::shared_ptr<const ByteSource>(
      std::make_shared<FileSource>(file, uint64_t(facts.st_size)));
}
