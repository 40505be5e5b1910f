//===- CodePages.cpp - Memory that code is copied to ----------------------===//
#include "jit/runtime/CodePages.h"

#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

using namespace writ;

CodePages::~CodePages() {
  if (start)
    munmap(start, mappedBytes);
}

Result<void> CodePages::load(std::span<const uint8_t> code, size_t dataBytes) {
  auto pageBytes = size_t(sysconf(_SC_PAGESIZE));
  size_t offset = (code.size() + pageBytes - 1) / pageBytes * pageBytes;
  void *pages =
      mmap(nullptr, offset + dataBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED)
    return internalError("no memory for code");
  start = static_cast<uint8_t *>(pages);
  codeBytes = code.size();
  dataOffset = offset;
  mappedBytes = offset + dataBytes;
  std::memcpy(start, code.data(), code.size());
  if (mprotect(start, offset, PROT_READ | PROT_EXEC) != 0)
    return internalError("code cannot be made executable");
  return {};
}
