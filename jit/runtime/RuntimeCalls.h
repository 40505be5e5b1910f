//===- RuntimeCalls.h - What code of every tier calls ---------------------===//
#ifndef WRIT_JIT_RUNTIME_RUNTIMECALLS_H
#define WRIT_JIT_RUNTIME_RUNTIMECALLS_H

#include "hostabi/Context.h"

namespace writ {

/// The runtime's table (Context.h says what each does). Its `trap`, `propagate` and `cold`
/// leave to the innermost entry frame (Entry.h) and are for native code only; the others
/// return to any caller. A tier that needs its own `cold` copies this table.
///
/// If the machine has no memory for a `memoryGrow` or `tableGrow` that the limits allow,
/// these leave to the entry frame with `TrapKind::Internal`: the answer must not depend
/// on the machine.
const RuntimeCalls &standardRuntimeCalls();

} // namespace writ

#endif
