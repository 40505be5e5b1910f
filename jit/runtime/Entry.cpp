//===- Entry.cpp - Into native code, and out of it by a trap --------------===//
#include "jit/runtime/Entry.h"

#include "jit/runtime/ContextScope.h"
#include "jit/runtime/EntryFrame.h"
#include "jit/runtime/Thread.h"

#include <cstring>

#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif

using namespace writ;

namespace {

/// A native stack for one entry: the current one if it has room, else another.
class StackLease {
public:
  StackLease(ThreadState &thread, uint64_t stackLeft) : thread(thread) {
    const auto *here = static_cast<const uint8_t *>(__builtin_frame_address(0));
    GuardedRegion *used = thread.nativeStacks.top();
    if (used && used->contains(here) && size_t(here - used->low()) >= enoughToStay(stackLeft))
      return;
    GuardedRegion *taken = thread.nativeStacks.push(nativeStackBytes(stackLeft));
    pushed = taken;
    failed = !taken;
    switchTo = taken ? taken->high() : nullptr;
  }
  ~StackLease() {
    if (pushed)
      thread.nativeStacks.pop();
  }
  StackLease(const StackLease &) = delete;
  StackLease &operator=(const StackLease &) = delete;

  bool failed = false;
  void *switchTo = nullptr; ///< Null to stay.

private:
  /// Half of what is set apart for host functions may be in use already.
  static uint64_t enoughToStay(uint64_t stackLeft) {
    return nativeStackBytes(stackLeft) - nativeStackBytes(0) / 2;
  }

  ThreadState &thread;
  bool pushed = false;
};

} // namespace

uint32_t writ::setTrap(Activation *activation, TrapKind kind) {
  activation->trap = TrapRecord();
  activation->trap.kind = kind;
  if (activation->context)
    activation->trap.instance = activation->context->instance;
  return uint32_t(kind);
}

uint32_t writ::setInternalFailure(Activation *activation, const char *reason) {
  setMessage(activation, reason, std::strlen(reason));
  return setTrap(activation, TrapKind::Internal);
}

uint32_t writ::enterNative(Activation *activation, NativeThunk thunk, InstanceContext *context,
                           void *native, uint64_t *values) {
  ThreadState &thread = thisThread();
  ensureSignalStack(thread);
  StackLease stack(thread, activation->stackLeft);
  if (stack.failed)
    return setInternalFailure(activation, "no native stack for a call");
  EntryFrame frame;
  frame.previous = activation->entryFrame;
  Activation *previousActivation = thread.current;
  activation->entryFrame = &frame;
  thread.current = activation;
  uint32_t kind =
      writ_enter_native(&frame, stack.switchTo, thunk, context, activation, native, values);
  thread.current = previousActivation;
  activation->entryFrame = frame.previous;
  return kind;
}

void writ::leaveByTrap(Activation *activation) {
  auto *frame = static_cast<EntryFrame *>(activation->entryFrame);
#if __has_feature(address_sanitizer)
  // The frames that are left out do not clear their marks themselves.
  GuardedRegion *stack = thisThread().nativeStacks.top();
  if (stack) {
    auto *here = static_cast<uint8_t *>(__builtin_frame_address(0));
    uint8_t *end = stack->contains(frame->sp) ? static_cast<uint8_t *>(frame->sp) : stack->high();
    if (stack->contains(here) && here < end)
      __asan_unpoison_memory_region(here, size_t(end - here));
  }
#endif
  writ_leave_native(frame, uint32_t(activation->trap.kind));
}

uint32_t writ::nativeArrayCall(FuncRef *callee, Activation *activation, uint64_t *values) {
  ContextScope scope(callee->context, activation);
  return enterNative(activation, reinterpret_cast<NativeThunk>(callee->owner), callee->context,
                     callee->native, values);
}

namespace {
struct PendingCall {
  FuncRef *callee;
  uint32_t kind;
};
} // namespace

static void runPendingCall(InstanceContext *, Activation *activation, void *native,
                           uint64_t *values) {
  auto *pending = static_cast<PendingCall *>(native);
  pending->kind = pending->callee->call(pending->callee, activation, values);
}

uint32_t writ::callOnNativeStack(FuncRef *callee, Activation *activation, uint64_t *values) {
  PendingCall pending{callee, 0};
  if (uint32_t kind =
          enterNative(activation, runPendingCall, activation->context, &pending, values))
    return kind;
  return pending.kind;
}

/// Room beyond the metered words, for the last frame's scratch.
static constexpr uint64_t interpSlackBytes = 256 << 10;

InterpStackScope::InterpStackScope(Activation *activation, uint64_t stackBytes) {
  GuardedRegion *region = thisThread().interpStacks.push(2 * stackBytes + interpSlackBytes);
  if (!region)
    return;
  taken = true;
  activation->interpStack = reinterpret_cast<uint64_t *>(region->low());
  activation->interpStackEnd = reinterpret_cast<uint64_t *>(region->high());
}

InterpStackScope::~InterpStackScope() {
  if (taken)
    thisThread().interpStacks.pop();
}
