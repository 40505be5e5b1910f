//===- HostCall.h - Host functions as array calls -------------------------===//
//
// Internal to jit/runtime.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_HOSTCALL_H
#define WRIT_JIT_RUNTIME_HOSTCALL_H

#include "jit/runtime/Store.h"

namespace writ {

/// What `FuncRef::owner` of a host function points to: the function, and what a call of it
/// costs under the schedule of the instance that imports it. Each importing instance has its
/// own, so that no price is looked up in a call.
struct HostImport {
  const HostFunction *function = nullptr;
  uint64_t price = 0;
};

/// The `ArrayCall` of all host functions.
uint32_t hostArrayCall(FuncRef *callee, Activation *activation, uint64_t *values);

inline bool isHostFunction(const FuncRef *ref) { return ref->call == hostArrayCall; }

} // namespace writ

#endif
