//===- Memory.h - A linear memory that never moves ------------------------===//
#ifndef WRIT_JIT_RUNTIME_MEMORY_H
#define WRIT_JIT_RUNTIME_MEMORY_H

#include "hostabi/Context.h"
#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace writ {

inline constexpr uint64_t wasmPageBytes = 65536;
inline constexpr uint32_t maxMemoryPages = 65536;

/// Address space behind each memory: whatever u32 address, u32 offset and access of up to
/// 16 bytes code comes with, the access lands in it. Only the current size is accessible.
inline constexpr uint64_t memoryReservationBytes = (uint64_t(1) << 33) + wasmPageBytes;

/// Pages of the machine: offsets of their first byte and of that behind the last one.
struct PageRange {
  uint64_t begin = 0, end = 0;

  uint64_t bytes() const { return end - begin; }
  bool contains(PageRange other) const { return begin <= other.begin && other.end <= end; }
  /// Both, and what is between them.
  PageRange hull(PageRange other) const {
    return bytes() == 0 ? other : PageRange{std::min(begin, other.begin), std::max(end, other.end)};
  }
};

/// Address space for a memory. All of it is inaccessible, and reads as zeros once it is not.
struct MemoryReservation {
  uint8_t *start = nullptr;
  PageRange resident; ///< The machine has memory for these already, if for any.
};

/// One linear memory. Belongs to a `Store` and follows its thread rule.
class Memory {
public:
  /// A memory of `limits.min` zero pages that never passes `limits.max` nor `maxPages`.
  /// Errors: Limit if `limits.min` is above `maxPages`, Internal if the machine has no
  /// memory for it.
  static Result<std::unique_ptr<Memory>> create(SizeLimits limits,
                                                uint32_t maxPages = maxMemoryPages);
  ~Memory();
  Memory(const Memory &) = delete;
  Memory &operator=(const Memory &) = delete;

  uint8_t *base() const { return start; }
  uint64_t bytes() const { return uint64_t(pages) * wasmPageBytes; }
  uint32_t pageCount() const { return pages; }

  /// The type for import matching: the current size and the declared maximum.
  SizeLimits type() const { return {pages, declaredMax}; }

  /// Adds `delta` zero pages and updates all views. The old size in pages, or ~0 if that
  /// would pass a limit. An Error means that the machine has no memory; nothing changed.
  Result<uint32_t> grow(uint32_t delta);

  /// A hint: most of these bytes are going to be written soon, and by the next one who uses a
  /// memory of this kind too. They need not be in the memory.
  void expectWrites(uint64_t offset, uint64_t count);

  /// Contexts whose `memoryBase` and `memoryBytes` show this memory; they must live as
  /// long as it does.
  void addView(InstanceContext *context);

private:
  Memory(MemoryReservation reservation, SizeLimits limits, uint32_t maxPages);

  MemoryReservation reservation;
  uint8_t *start;
  PageRange expected; ///< Pages that were written when the instance was made.
  uint32_t pages = 0;
  uint32_t limit; ///< In pages.
  std::optional<uint32_t> declaredMax;
  std::vector<InstanceContext *> views;
};

} // namespace writ

#endif
