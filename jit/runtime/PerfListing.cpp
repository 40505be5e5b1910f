//===- PerfListing.cpp - Perf maps and dumps of machine code --------------===//
#include "jit/runtime/CodeListing.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace writ;

static std::mutex listingMutex;

std::vector<NamedCode> writ::nameCode(const TierCode &tier, std::span<const std::string> names) {
  std::vector<NamedCode> named;
  for (const CodeSymbol &symbol : tier.symbols())
    named.push_back(
        {fmt::format("{} [{}]", names[symbol.func], tier.name()), symbol.begin, symbol.bytes});
  return named;
}

namespace {
struct CloseFile {
  void operator()(std::FILE *file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;
} // namespace

static Error cannotWrite(const std::string &path) {
  return internalError(fmt::format("{}: {}", path, std::strerror(errno)));
}

/// Perf ends a name at the line's end.
static std::string onOneLine(std::string name) {
  for (char &c : name)
    if (c == '\n' || c == '\r')
      c = '_';
  return name;
}

Result<void> writ::writePerfMap(std::span<const NamedCode> code) {
  std::lock_guard lock(listingMutex);
  std::string path = fmt::format("/tmp/perf-{}.map", getpid());
  File file(std::fopen(path.c_str(), "a"));
  if (!file)
    return cannotWrite(path);
  for (const NamedCode &function : code)
    fmt::print(file.get(), "{:x} {:x} {}\n", reinterpret_cast<uintptr_t>(function.begin),
               function.bytes, onOneLine(function.name));
  if (std::fflush(file.get()) != 0)
    return cannotWrite(path);
  return {};
}

//===----------------------------------------------------------------------===//
// The format of tools/perf/Documentation/jitdump-specification.txt in Linux
//===----------------------------------------------------------------------===//

namespace {

struct DumpHeader {
  uint32_t magic = 0x4a695444, version = 1, size = 40, machine = 62 /* x86-64 */, pad = 0, pid = 0;
  uint64_t timestamp = 0, flags = 0;
};
static_assert(sizeof(DumpHeader) == 40);

/// JIT_CODE_LOAD. The name, its final zero and the code follow.
struct LoadRecord {
  uint32_t id = 0, size = 0;
  uint64_t timestamp = 0;
  uint32_t pid = 0, tid = 0;
  uint64_t address = 0, codeAddress = 0, codeSize = 0, index = 0;
};
static_assert(sizeof(LoadRecord) == 56);

} // namespace

static uint64_t now() {
  timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return uint64_t(time.tv_sec) * 1000000000 + uint64_t(time.tv_nsec);
}

static bool writeHeader(std::FILE *file) {
  DumpHeader header;
  header.pid = uint32_t(getpid());
  header.timestamp = now();
  return std::fwrite(&header, sizeof header, 1, file) == 1 && std::fflush(file) == 0;
}

static bool writeFunction(std::FILE *file, const NamedCode &function, uint64_t index) {
  LoadRecord record;
  record.size = uint32_t(sizeof record + function.name.size() + 1 + function.bytes);
  record.timestamp = now();
  record.pid = uint32_t(getpid());
  record.tid = uint32_t(syscall(SYS_gettid));
  record.address = record.codeAddress = reinterpret_cast<uintptr_t>(function.begin);
  record.codeSize = function.bytes;
  record.index = index;
  return std::fwrite(&record, sizeof record, 1, file) == 1 &&
         std::fwrite(function.name.c_str(), function.name.size() + 1, 1, file) == 1 &&
         (function.bytes == 0 || std::fwrite(function.begin, function.bytes, 1, file) == 1);
}

Result<void> writ::writeJitDump(std::span<const NamedCode> code, const std::string &folder) {
  static std::FILE *file = nullptr; // Open until the process ends, one for all.
  static uint64_t written = 0;
  std::lock_guard lock(listingMutex);
  std::string path = fmt::format("{}/jit-{}.dump", folder, getpid());
  if (!file) {
    file = std::fopen(path.c_str(), "w+");
    if (!file || !writeHeader(file))
      return cannotWrite(path);
    // The mapping of the file as code is how perf learns of it.
    if (mmap(nullptr, size_t(sysconf(_SC_PAGESIZE)), PROT_READ | PROT_EXEC, MAP_PRIVATE,
             fileno(file), 0) == MAP_FAILED)
      return cannotWrite(path);
  }
  for (const NamedCode &function : code)
    if (!writeFunction(file, function, written++))
      return cannotWrite(path);
  if (std::fflush(file) != 0)
    return cannotWrite(path);
  return {};
}
