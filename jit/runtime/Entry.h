//===- Entry.h - Into native code, and out of it by a trap ----------------===//
//
// Contracts never run on the caller's stack: the outermost call of a thread moves
// to a stack of the runtime's own, large enough for the metered limit (`nativeStackBytes`),
// with a guard below. It is kept for the thread's next call. Calls within calls stay on it
// as long as it has room, and get another one if not.
//
// A trap in native code leaves in one jump to the innermost entry frame: no unwinding, no
// destructors between. So nothing with a destructor may live between native code and
// `leaveByTrap`.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_ENTRY_H
#define WRIT_JIT_RUNTIME_ENTRY_H

#include "hostabi/Context.h"
#include "hostabi/Result.h"

#include <string_view>

namespace writ {

/// Goes between an array call and native code of one signature; made by the native tier.
/// It MUST take gas and stack left from `activation`, pass them and the parameters from
/// `values` to `native`, put the results in `values` and the gas left in
/// `activation->gas`, and return. It may instead never return, if `leaveByTrap` is called.
using NativeThunk = void (*)(InstanceContext *context, Activation *activation, void *native,
                             uint64_t *values);

/// Native stack bytes for each metered byte.
inline constexpr uint64_t nativeStackFactor = 64;

/// The largest machine frame. It is made before `contract.enter` finds that there is no metered
/// stack for it, so room for one frame is set apart beside that of the metered stack.
inline constexpr uint64_t maxMachineFrameBytes = uint64_t(16) << 20;

/// For the host functions that a contract calls.
inline constexpr uint64_t hostStackBytes = uint64_t(1) << 20;

/// Native stack for a call with `stackLeft` metered bytes. Only what is touched costs memory.
constexpr uint64_t nativeStackBytes(uint64_t stackLeft) {
  return nativeStackFactor * stackLeft + maxMachineFrameBytes + hostStackBytes;
}

/// Checks that `machineBytes`, a function's machine frame with what its calls push, fits what is
/// kept for a metered frame of `meteredBytes`, so that the metered limit always comes first.
/// Native tiers MUST check each function. Else a Limit error that names `function`.
Result<void> checkMachineFrame(std::string_view function, uint64_t machineBytes,
                               uint64_t meteredBytes);

/// Runs `thunk` in a new entry frame of `activation`. 0, or the `TrapKind` with which it
/// left. `context` must be the one of `activation->context`.
uint32_t enterNative(Activation *activation, NativeThunk thunk, InstanceContext *context,
                     void *native, uint64_t *values);

/// Leaves to the innermost entry frame, with the trap in `activation->trap`, which must be
/// set, as must `activation->gas`.
[[noreturn]] void leaveByTrap(Activation *activation);

/// The `ArrayCall` of every function on a native tier: `owner` is its `NativeThunk`,
/// `native` its code.
uint32_t nativeArrayCall(FuncRef *callee, Activation *activation, uint64_t *values);

/// `callee->call(…)` on a native stack with room for `activation->stackLeft` and in an entry
/// frame of its own. For calls that come from outside of compiled code: the outermost one, and
/// those of host functions.
uint32_t callOnNativeStack(FuncRef *callee, Activation *activation, uint64_t *values);

/// Gives `activation` this thread's value stack for the interpreter, 2 * `stackBytes` and
/// some slack, above what calls that already run on this thread use of theirs; given back on
/// destruction. `ok()` is false if the machine has no memory for it.
class InterpStackScope {
public:
  InterpStackScope(Activation *activation, uint64_t stackBytes);
  ~InterpStackScope();
  InterpStackScope(const InterpStackScope &) = delete;
  InterpStackScope &operator=(const InterpStackScope &) = delete;
  bool ok() const { return taken; }

private:
  bool taken = false;
};

/// Puts the trap in place and returns its number. For traps that are not in code.
uint32_t setTrap(Activation *activation, TrapKind kind);

/// As `setTrap(…, TrapKind::Internal)`, with the reason, which is copied.
uint32_t setInternalFailure(Activation *activation, const char *reason);

} // namespace writ

#endif
