//===- Memory.cpp - Reserve once, grow in place ---------------------------===//
#include "jit/runtime/Memory.h"

#include <algorithm>
#include <fmt/format.h>
#include <mutex>
#include <sys/mman.h>

using namespace writ;

namespace {

/// Reservations of dead memories, kept for the next ones: saves the kernel's work of
/// tearing page tables down and the lock that all threads' mmap calls share.
class ReservationPool {
public:
  uint8_t *take() {
    {
      std::lock_guard lock(mutex);
      if (!free.empty()) {
        uint8_t *start = free.back();
        free.pop_back();
        return start;
      }
    }
    void *start = mmap(nullptr, memoryReservationBytes, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return start == MAP_FAILED ? nullptr : static_cast<uint8_t *>(start);
  }

  /// Takes back a reservation whose first `usedBytes` may have been written.
  void give(uint8_t *start, uint64_t usedBytes) {
    if (!makeFresh(start, usedBytes) || !keep(start))
      munmap(start, memoryReservationBytes);
  }

private:
  static constexpr size_t maxKept = 32;

  /// Drops the pages, so that they read as zero, and makes them inaccessible again.
  static bool makeFresh(uint8_t *start, uint64_t usedBytes) {
    return usedBytes == 0 || (madvise(start, usedBytes, MADV_DONTNEED) == 0 &&
                              mprotect(start, usedBytes, PROT_NONE) == 0);
  }

  bool keep(uint8_t *start) {
    std::lock_guard lock(mutex);
    if (free.size() >= maxKept)
      return false;
    free.push_back(start);
    return true;
  }

  std::mutex mutex;
  std::vector<uint8_t *> free;
};

} // namespace

static ReservationPool &reservations() {
  static ReservationPool &only = *new ReservationPool;
  return only;
}

Memory::Memory(uint8_t *start, SizeLimits limits, uint32_t maxPages)
    : start(start),
      limit(std::min({limits.max.value_or(maxMemoryPages), maxPages, maxMemoryPages})),
      declaredMax(limits.max) {}

Memory::~Memory() { reservations().give(start, bytes()); }

Result<std::unique_ptr<Memory>> Memory::create(SizeLimits limits, uint32_t maxPages) {
  if (limits.min > std::min(maxPages, maxMemoryPages))
    return Error{ErrorKind::Limit, fmt::format("a memory of {} pages exceeds the limit of {} pages",
                                               limits.min, maxPages)};
  uint8_t *start = reservations().take();
  if (!start)
    return internalError("no address space for a memory");
  std::unique_ptr<Memory> memory(new Memory(start, limits, maxPages));
  if (Result<uint32_t> grown = memory->grow(limits.min); !grown)
    return grown.error();
  return memory;
}

Result<uint32_t> Memory::grow(uint32_t delta) {
  uint32_t old = pages;
  if (delta > limit || pages > limit - delta)
    return ~0u;
  if (delta != 0 && mprotect(start + bytes(), delta * wasmPageBytes, PROT_READ | PROT_WRITE) != 0)
    return internalError(fmt::format("no memory for {} more pages", delta));
  pages += delta;
  for (InstanceContext *view : views)
    view->memoryBytes = bytes();
  return old;
}

void Memory::expectWrites(uint64_t offset, uint64_t count) {
  constexpr uint64_t pageBytes = 4096, worthwhile = 4 * pageBytes;
  if (count < worthwhile || offset > bytes() || count > bytes() - offset)
    return;
#ifdef MADV_POPULATE_WRITE // Faults for one page at a time take several times as long.
  uint64_t begin = offset & -pageBytes, end = (offset + count + pageBytes - 1) & -pageBytes;
  madvise(start + begin, end - begin, MADV_POPULATE_WRITE);
#endif
}

void Memory::addView(InstanceContext *context) {
  context->memoryBase = start;
  context->memoryBytes = bytes();
  views.push_back(context);
}
