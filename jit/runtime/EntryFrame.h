//===- EntryFrame.h - Where a trap returns to -----------------------------===//
//
// Internal to jit/runtime: shared with the assembly and the signal handler.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_ENTRYFRAME_H
#define WRIT_JIT_RUNTIME_ENTRYFRAME_H

#include "jit/runtime/AsanFiber.h"
#include "jit/runtime/Entry.h"

namespace writ {

struct EntryFrame {
  void *sp = nullptr; ///< Written by writ_enter_native; the assembly knows its offset.
  void *previous = nullptr;
  AsanFiber fiber;
};
static_assert(offsetof(EntryFrame, sp) == 0);

} // namespace writ

extern "C" {
uint32_t writ_enter_native(writ::EntryFrame *frame, void *stackTop, writ::NativeThunk thunk,
                           writ::InstanceContext *context, writ::Activation *activation,
                           void *native, uint64_t *values);
[[noreturn]] void writ_leave_native(writ::EntryFrame *frame, uint32_t kind);
}

#endif
