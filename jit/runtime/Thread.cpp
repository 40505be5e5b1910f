//===- Thread.cpp - What the runtime keeps for each thread ----------------===//
#include "jit/runtime/Thread.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <sys/mman.h>
#include <utility>

using namespace writ;

/// Trivial, and of the cheapest TLS model, so that a signal handler may read it.
static thread_local ThreadState *current __attribute__((tls_model("initial-exec"))) = nullptr;

GuardedRegion::GuardedRegion(size_t usableBytes)
    : usable((usableBytes + guardBytes - 1) / guardBytes * guardBytes) {
  void *map = mmap(nullptr, usable + 2 * guardBytes, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (map == MAP_FAILED)
    return;
  start = static_cast<uint8_t *>(map);
  if (mprotect(low(), usable, PROT_READ | PROT_WRITE) == 0)
    return;
  munmap(map, usable + 2 * guardBytes);
  start = nullptr;
}

GuardedRegion::GuardedRegion(GuardedRegion &&other) noexcept
    : start(std::exchange(other.start, nullptr)), usable(other.usable) {}

GuardedRegion &GuardedRegion::operator=(GuardedRegion &&other) noexcept {
  std::swap(start, other.start);
  std::swap(usable, other.usable);
  return *this;
}

GuardedRegion::~GuardedRegion() {
  if (start)
    munmap(start, usable + 2 * guardBytes);
}

GuardedRegion *RegionStack::push(size_t bytes) {
  if (depth == maxDepth)
    return nullptr;
  if (regions.empty())
    regions.reserve(maxDepth); // So that regions in use do not move.
  if (depth == regions.size())
    regions.emplace_back();
  GuardedRegion &next = regions[depth];
  if (!next || next.bytes() < bytes)
    next = GuardedRegion(bytes);
  if (!next)
    return nullptr;
  ++depth;
  return &next;
}

ThreadState::ThreadState() { ::current = this; }

ThreadState::~ThreadState() {
  ::current = nullptr;
  stack_t installed;
  if (signalStack && sigaltstack(nullptr, &installed) == 0 &&
      installed.ss_sp == signalStack.low()) {
    stack_t none = {};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
}

ThreadState &writ::thisThread() {
  if (::current)
    return *::current;
  static thread_local ThreadState state;
  return state;
}

ThreadState *writ::thisThreadIfAny() { return ::current; }

void writ::ensureSignalStack(ThreadState &thread) {
  if (thread.signalStackReady)
    return;
  thread.signalStackReady = true;
  constexpr size_t enough = 32 << 10;
  stack_t stack;
  if (sigaltstack(nullptr, &stack) == 0 && !(stack.ss_flags & SS_DISABLE) &&
      stack.ss_size >= enough)
    return;
  thread.signalStack = GuardedRegion(enough);
  if (!thread.signalStack)
    return;
  stack = {};
  stack.ss_sp = thread.signalStack.low();
  stack.ss_size = thread.signalStack.bytes();
  sigaltstack(&stack, nullptr);
}

void writ::setMessage(Activation *activation, const char *text, size_t length) {
  ThreadState &thread = thisThread();
  length = std::min(length, sizeof(thread.message) - 1);
  std::memcpy(thread.message, text, length);
  thread.message[length] = '\0';
  activation->hostMessage = thread.message;
}
