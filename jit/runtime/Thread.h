//===- Thread.h - What the runtime keeps for each thread ------------------===//
//
// Internal to jit/runtime.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_THREAD_H
#define WRIT_JIT_RUNTIME_THREAD_H

#include "hostabi/Context.h"

#include <cstddef>
#include <vector>

namespace writ {

/// A piece of address space with an inaccessible guard at each end.
class GuardedRegion {
public:
  static constexpr size_t guardBytes = 1 << 20;

  GuardedRegion() = default;
  explicit GuardedRegion(size_t usableBytes);
  GuardedRegion(GuardedRegion &&other) noexcept;
  GuardedRegion &operator=(GuardedRegion &&other) noexcept;
  ~GuardedRegion();

  /// False if the machine had no memory.
  explicit operator bool() const { return start; }
  uint8_t *low() const { return start + guardBytes; }
  uint8_t *high() const { return start + guardBytes + usable; }
  size_t bytes() const { return usable; }
  bool contains(const void *address) const { return start && address >= low() && address < high(); }
  bool inLowGuard(const void *address) const {
    return start && address >= start && address < low();
  }

private:
  uint8_t *start = nullptr;
  size_t usable = 0;
};

/// Regions used last in, first out, and kept for the next use.
class RegionStack {
public:
  /// The next region, with at least `bytes`; null if nested too deep or out of memory.
  GuardedRegion *push(size_t bytes);
  void pop() { --depth; }
  /// The one pushed last, or null.
  GuardedRegion *top() { return depth == 0 ? nullptr : &regions[depth - 1]; }

private:
  static constexpr size_t maxDepth = 64;

  std::vector<GuardedRegion> regions;
  size_t depth = 0;
};

struct ThreadState {
  /// The innermost activation that runs on this thread; the signal handler looks here.
  Activation *current = nullptr;
  RegionStack nativeStacks;
  RegionStack interpStacks;
  GuardedRegion signalStack; ///< Empty if the thread's host has its own.
  bool signalStackReady = false;
  char message[256] = {}; ///< What `Activation::hostMessage` points to.

  ThreadState();
  ~ThreadState();
};

/// This thread's state, made at the first call.
ThreadState &thisThread();

/// The same, or null if there is none yet. Safe in signal handlers.
ThreadState *thisThreadIfAny();

/// Makes sure that signal handlers of this thread have a stack of their own.
void ensureSignalStack(ThreadState &thread);

/// Copies `text`, cut to fit, and lets `activation` point to it.
void setMessage(Activation *activation, const char *text, size_t length);

} // namespace writ

#endif
