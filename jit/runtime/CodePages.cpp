//===- CodePages.cpp - Memory that code is copied to ----------------------===//
#include "jit/runtime/CodePages.h"

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

using namespace writ;

CodePages::~CodePages() {
  if (start)
    munmap(start, mappedBytes);
}

CodePages::CodePages(CodePages &&other) noexcept { *this = std::move(other); }

CodePages &CodePages::operator=(CodePages &&other) noexcept {
  std::swap(start, other.start);
  std::swap(codeBytes, other.codeBytes);
  std::swap(dataOffset, other.dataOffset);
  std::swap(mappedBytes, other.mappedBytes);
  return *this;
}

Result<void> CodePages::load(std::span<const uint8_t> code) {
  if (Result<void> allocated = allocate(code.size()); !allocated)
    return allocated;
  std::memcpy(start, code.data(), code.size());
  return protect();
}

Result<void> CodePages::allocate(size_t bytes, size_t dataBytes) {
  auto pageBytes = size_t(sysconf(_SC_PAGESIZE));
  size_t offset = (bytes + pageBytes - 1) / pageBytes * pageBytes;
  // All of it is going to be written: faults for one page at a time would take longer than that.
  void *pages = mmap(nullptr, offset + dataBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (pages == MAP_FAILED)
    return internalError("no memory for code");
  start = static_cast<uint8_t *>(pages);
  codeBytes = bytes;
  dataOffset = offset;
  mappedBytes = offset + dataBytes;
  return {};
}

Result<void> CodePages::protect() {
  if (mprotect(start, dataOffset, PROT_READ | PROT_EXEC) != 0)
    return internalError("code cannot be made executable");
  return {};
}
