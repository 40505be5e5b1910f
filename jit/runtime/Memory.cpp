//===- Memory.cpp - Reserve once, grow in place ---------------------------===//
#include "jit/runtime/Memory.h"

#include <cstring>
#include <fmt/format.h>
#include <mutex>
#include <sys/mman.h>

using namespace writ;

static constexpr uint64_t pageBytes = 4096;

namespace {

/// Reservations of dead memories, kept for the next ones: saves the kernel's work of
/// tearing page tables down and the lock that all threads' mmap calls share. Pages that every
/// instance writes when it is made stay with them: having new ones costs the kernel fifty times
/// as long as clearing them costs us.
class ReservationPool {
public:
  MemoryReservation take() {
    {
      std::lock_guard lock(mutex);
      if (!free.empty()) {
        MemoryReservation taken = free.back();
        free.pop_back();
        return taken;
      }
    }
    void *start = mmap(nullptr, memoryReservationBytes, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return {start == MAP_FAILED ? nullptr : static_cast<uint8_t *>(start), {}};
  }

  /// Takes back a reservation whose first `usedBytes` may have been written, to keep `kept` of
  /// them.
  void give(const MemoryReservation &used, uint64_t usedBytes, PageRange kept) {
    if (!makeFresh(used, usedBytes, kept) || !keep({used.start, kept}))
      munmap(used.start, memoryReservationBytes);
  }

private:
  static constexpr size_t maxKept = 32;

  static bool drop(uint8_t *start, PageRange pages) {
    return pages.begin >= pages.end ||
           madvise(start + pages.begin, pages.bytes(), MADV_DONTNEED) == 0;
  }

  /// Clears or drops the pages, so that they read as zero, and makes them inaccessible again.
  static bool makeFresh(const MemoryReservation &used, uint64_t usedBytes, PageRange kept) {
    if (kept.bytes() != 0)
      std::memset(used.start + kept.begin, 0, kept.bytes());
    return drop(used.start, {0, kept.begin}) &&
           drop(used.start, {kept.end, std::max(usedBytes, used.resident.end)}) &&
           (usedBytes == 0 || mprotect(used.start, usedBytes, PROT_NONE) == 0);
  }

  bool keep(MemoryReservation reservation) {
    std::lock_guard lock(mutex);
    if (free.size() >= maxKept)
      return false;
    free.push_back(reservation);
    return true;
  }

  std::mutex mutex;
  std::vector<MemoryReservation> free;
};

} // namespace

static ReservationPool &reservations() {
  static ReservationPool &only = *new ReservationPool;
  return only;
}

Memory::Memory(MemoryReservation reservation, SizeLimits limits, uint32_t maxPages)
    : reservation(reservation), start(reservation.start),
      limit(std::min({limits.max.value_or(maxMemoryPages), maxPages, maxMemoryPages})),
      declaredMax(limits.max) {}

Memory::~Memory() { reservations().give(reservation, bytes(), expected); }

Result<std::unique_ptr<Memory>> Memory::create(SizeLimits limits, uint32_t maxPages) {
  if (limits.min > std::min(maxPages, maxMemoryPages))
    return Error{ErrorKind::Limit, fmt::format("a memory of {} pages exceeds the limit of {} pages",
                                               limits.min, maxPages)};
  MemoryReservation reservation = reservations().take();
  if (!reservation.start)
    return internalError("no address space for a memory");
  std::unique_ptr<Memory> memory(new Memory(reservation, limits, maxPages));
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
  constexpr uint64_t worthwhile = 16 * pageBytes, mostKept = 64 * pageBytes;
  if (count == 0 || offset > bytes() || count > bytes() - offset)
    return;
  PageRange pages{offset & -pageBytes, (offset + count + pageBytes - 1) & -pageBytes};
  if (PageRange all = expected.hull(pages); all.bytes() <= mostKept)
    expected = all;
  if (pages.bytes() < worthwhile || reservation.resident.contains(pages))
    return;
#ifdef MADV_POPULATE_WRITE // Faults for one page at a time take longer.
  madvise(start + pages.begin, pages.bytes(), MADV_POPULATE_WRITE);
#endif
}

void Memory::addView(InstanceContext *context) {
  context->memoryBase = start;
  context->memoryBytes = bytes();
  views.push_back(context);
}
