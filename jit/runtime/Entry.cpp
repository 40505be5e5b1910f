//===- Entry.cpp - Into native code, and out of it by a trap --------------===//
#include "jit/runtime/Entry.h"

#include "jit/runtime/ContextScope.h"
#include "jit/runtime/EntryFrame.h"
#include "jit/runtime/Thread.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

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
    taken = thread.nativeStacks.push(nativeStackBytes(stackLeft));
    failed = !taken;
  }
  ~StackLease() {
    if (taken)
      thread.nativeStacks.pop();
  }
  StackLease(const StackLease &) = delete;
  StackLease &operator=(const StackLease &) = delete;

  bool failed = false;
  GuardedRegion *taken = nullptr; ///< Null to stay.

private:
  /// Half of what is set apart for host functions may be in use already.
  static uint64_t enoughToStay(uint64_t stackLeft) {
    return nativeStackBytes(stackLeft) - hostStackBytes / 2;
  }

  ThreadState &thread;
};

} // namespace

Result<void> writ::checkMachineFrame(std::string_view function, uint64_t machineBytes,
                                     uint64_t meteredBytes) {
  // IR that no stack limit was put in has no metered frames.
  uint64_t perFrame = meteredBytes ? nativeStackFactor * meteredBytes : maxMachineFrameBytes;
  uint64_t allowed = std::min(maxMachineFrameBytes, perFrame);
  if (machineBytes <= allowed)
    return {};
  return Error{ErrorKind::Limit,
               fmt::format("function {}: its machine frame of {} bytes is above the {} that are "
                           "kept for a metered frame of {}",
                           function, machineBytes, allowed, meteredBytes)};
}

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
  if (stack.taken)
    frame.fiber.beforeEntry(*stack.taken, thunk, native);
  uint32_t kind = writ_enter_native(&frame, stack.taken ? stack.taken->high() : nullptr, thunk,
                                    context, activation, native, values);
  frame.fiber.afterLeave();
  thread.current = previousActivation;
  activation->entryFrame = frame.previous;
  return kind;
}

void writ::leaveByTrap(Activation *activation) {
  auto *frame = static_cast<EntryFrame *>(activation->entryFrame);
  frame->fiber.beforeLeave();
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
