//===- Context.h - The state that compiled code and the runtime share -----===//
//
// These layouts are an ABI: native code of every tier addresses the fields by
// offset (lowering/ takes them with offsetof), so a change here is a change of
// `abiVersion`. No LLVM, no MLIR.
//
// Names: an *activation* is one call from outside into an instance and all that
// it calls, on one thread. A *context* is the part of an instance that code
// addresses; code gets it as its first argument.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_HOSTABI_CONTEXT_H
#define WRIT_HOSTABI_CONTEXT_H

#include "hostabi/Traps.h"

#include <cstddef>
#include <cstdint>

namespace writ {

inline constexpr uint32_t abiVersion = 0;

/// Gas limits and amounts lie below this; an amount that does not is clamped to
/// it and so can never be paid. Keeps every sum of two within 64 bits.
inline constexpr uint64_t maxGas = uint64_t(1) << 62;

struct Activation;
struct FuncRef;
struct InstanceContext;
struct RuntimeCalls;
struct TickRegisters;
class Instance;
class Profiler;

/// How every function, of whatever tier or host, can be called. Parameters are in
/// `values[0..params)`, one 64-bit word each (i32 and f32 zero-extended); results
/// replace them in `values[0..results)`. The caller provides room for the larger
/// number. `activation->gas` and `activation->stackLeft` are what is left on entry.
/// On return `activation->gas` is what is left then, `stackLeft` is as it was. Returns
/// 0, or the `TrapKind`, with the rest of the story in `activation->trap`.
using ArrayCall = uint32_t (*)(FuncRef *callee, Activation *activation, uint64_t *values);

/// What a non-null funcref value points to. Immutable once its instance is
/// instantiated, and alive as long as the store of that instance.
struct FuncRef {
  ArrayCall call = nullptr;
  /// Entry in the native tiers' own convention (docs/native-abi.md), or null: then
  /// only `call` can be used.
  void *native = nullptr;
  /// The callee's context; null for host functions.
  InstanceContext *context = nullptr;
  /// Whatever `call` needs besides: a host function's record, a tier's function.
  void *owner = nullptr;
  /// Interned signature: equal exactly if the signatures are (jit/runtime/Signatures.h).
  uint32_t type = 0;
  /// Index in the function index space of the callee's module.
  uint32_t index = 0;
};

/// Why and where an activation trapped.
struct TrapRecord {
  TrapKind kind = TrapKind::None;
  uint32_t func = ~0u;   ///< Function index in `instance`'s module; ~0 if not in code.
  uint32_t offset = ~0u; ///< Byte offset in that module; ~0 if unknown.
  Instance *instance = nullptr;
};

struct Activation {
  uint64_t gas = 0;       ///< Gas left, at every boundary (host call, exit, trap).
  uint64_t stackLeft = 0; ///< Metered stack bytes left (DESIGN §5).
  TrapRecord trap;
  /// Innermost entry into native code; a trap returns there. Kept by jit/runtime/Entry.
  void *entryFrame = nullptr;
  /// The interpreter's value stack: next free word, and the end.
  uint64_t *interpStack = nullptr;
  uint64_t *interpStackEnd = nullptr;
  /// Set by a host function that traps: its message, copied for the outcome.
  const char *hostMessage = nullptr;
  /// Context of the instance whose code runs: the caller, for host functions. Kept by
  /// jit/runtime/ContextScope.
  InstanceContext *context = nullptr;
  /// Who is told of functions that are entered and left; mostly null.
  Profiler *profiler = nullptr;
};

/// A table's elements: `FuncRef *` or opaque external references, null is 0.
struct TableView {
  uint64_t *elements = nullptr;
  uint64_t size = 0; ///< In elements.
};

/// The fixed part of a context. The cells of the instance's own globals follow it,
/// one 64-bit word each: own global i lies at `ownGlobal(context, i)`. Behind those, in a
/// tier that counts, each own function has a counter of 32 bits (`tickCounters`), and then,
/// for some tiers, come amounts of the charge table (`nearPriceOffset`).
struct InstanceContext {
  /// Gas left after the charge of the metering region that runs: native code
  /// stores it before it does anything that may fault.
  uint64_t gas = 0;
  Activation *activation = nullptr;
  uint8_t *memoryBase = nullptr; ///< Never moves while the instance lives.
  uint64_t memoryBytes = 0;      ///< Current size; the memory's owner keeps all views equal.
  /// Amount of each entry of the module's charge table under the schedule in force.
  const uint64_t *prices = nullptr;
  const RuntimeCalls *runtime = nullptr;
  uint64_t *const *importedGlobals = nullptr; ///< Cell of each imported global.
  FuncRef *const *funcs = nullptr;            ///< Function index space.
  TableView *const *tables = nullptr;         ///< Table index space.
  /// Results after the first, of native functions that return several; callers read
  /// them at once.
  uint64_t *extraResults = nullptr;
  /// Where native code puts the live-in words of a region before `runtime->cold`.
  uint64_t *coldFrame = nullptr;
  /// Interned signatures that the tier's indirect calls ask for (`TierCode::callTypes`).
  const uint32_t *callTypes = nullptr;
  Instance *instance = nullptr;
  /// Code of each own function that is to be called from now on, in a tier that changes it
  /// while it runs (docs/tier-up.md); else null.
  void *const *entries = nullptr;
};

inline uint64_t *ownGlobal(InstanceContext *context, size_t index) {
  return reinterpret_cast<uint64_t *>(context + 1) + index;
}

/// Where they begin. `ownGlobals` is the number of the instance's own globals. Code of tiers that
/// count addresses them from the context.
inline int32_t *tickCounters(InstanceContext *context, size_t ownGlobals) {
  return reinterpret_cast<int32_t *>(ownGlobal(context, ownGlobals));
}

/// Where amount `index` of the charge table lies from the context, for tiers that want a copy of
/// the amounts there (`TierCode::wantsNearPrices`): behind the own globals and the counters.
constexpr size_t nearPriceOffset(size_t ownGlobals, size_t counters, size_t index) {
  return sizeof(InstanceContext) + 8 * (ownGlobals + (counters + 1) / 2 + index);
}

/// The machine's registers, by number (x86-64), where native code gives up. Of vectors the low
/// word.
struct NativeRegisters {
  uint64_t general[16];
  uint64_t vector[16];
};

/// What native code calls in the runtime. Reached through the context, so that code
/// needs no relocation. Calls that can fail return a `TrapKind` as a number, 0 for success:
/// the code then traps at its own site.
struct RuntimeCalls {
  /// Ends the activation with the trap of `site` (TrapSite table of the module).
  /// `context->gas` must be up to date; the site's refund is added here.
  void (*trap)(InstanceContext *, uint32_t site);
  /// Ends the activation with a trap already in `activation->trap`.
  void (*propagate)(InstanceContext *);
  /// The charge of `region` could not be paid. `gas` is what was left less the charge, wrapped
  /// around below zero. Runs the region op by op in the interpreter, from the words in
  /// `coldFrame`, until it traps. Never returns.
  void (*cold)(InstanceContext *, uint32_t region, uint64_t gas);
  uint32_t (*memoryGrow)(InstanceContext *, uint32_t pages); ///< Old size or ~0.
  uint32_t (*memoryCopy)(InstanceContext *, uint32_t dst, uint32_t src, uint32_t bytes);
  uint32_t (*memoryFill)(InstanceContext *, uint32_t dst, uint32_t value, uint32_t bytes);
  uint32_t (*memoryInit)(InstanceContext *, uint32_t segment, uint32_t dst, uint32_t src,
                         uint32_t bytes);
  void (*dataDrop)(InstanceContext *, uint32_t segment);
  uint32_t (*tableGrow)(InstanceContext *, uint32_t table, uint64_t value, uint32_t count);
  uint32_t (*tableFill)(InstanceContext *, uint32_t table, uint32_t dst, uint64_t value,
                        uint32_t count);
  uint32_t (*tableCopy)(InstanceContext *, uint32_t dstTable, uint32_t srcTable, uint32_t dst,
                        uint32_t src, uint32_t count);
  uint32_t (*tableInit)(InstanceContext *, uint32_t segment, uint32_t table, uint32_t dst,
                        uint32_t src, uint32_t count);
  void (*elemDrop)(InstanceContext *, uint32_t segment);
  /// Tells the activation's profiler of a `profileEvent`. `context->gas` must be up to date.
  void (*profile)(InstanceContext *, uint32_t event);
  /// A counter of ticks is below zero (jit/runtime/Ticks.h). Sets it again. Null to go on; else
  /// all is ready to go on in other code, of which this is the address.
  void *(*tick)(InstanceContext *, uint32_t tick, TickRegisters *);
  /// As `cold`, but what the region needs is where code has it, and not in `coldFrame`.
  void (*coldWithRegisters)(InstanceContext *, uint32_t region, uint64_t gas,
                            const NativeRegisters *);
};

/// The event that function `func` was entered or is left.
constexpr uint32_t profileEvent(uint32_t func, bool leave) { return func * 2 + leave; }

/// One place in compiled code that may trap.
struct TrapSite {
  TrapKind kind = TrapKind::None;
  uint32_t func = 0;     ///< Function index.
  uint32_t offset = 0;   ///< Byte offset in the module.
  uint32_t refund = ~0u; ///< Charge-table entry to give back; ~0 for none.
  uint32_t owed = ~0u;   ///< Charge-table entry still to be taken; ~0 for none.
};

} // namespace writ

#endif
