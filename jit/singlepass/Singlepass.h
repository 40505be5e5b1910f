//===- Singlepass.h - The linear-time native tier -------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_SINGLEPASS_H
#define WRIT_JIT_SINGLEPASS_SINGLEPASS_H

#include "hostabi/Result.h"
#include "jit/runtime/CompiledModule.h"
#include "jit/runtime/Ticks.h"
#include "lowering/ChargeTable.h"
#include "lowering/RegionLiveIns.h"

#include "mlir/IR/BuiltinOps.h"

#include <memory>

namespace writ {

/// Compiles and loads the functions of `module`, which must satisfy `contract-verify-core`, in time
/// linear in its code. The interpreter must have translated it before, with the same `charges`
/// and, if it is metered, filled `regions`: its code runs the cold paths. The result refers to none
/// of the arguments. Thread-safe. Errors: Limit if a function's machine frame is larger than
/// its metered frame allows; Internal, also on a machine without SSE 4.2 and POPCNT.
Result<std::shared_ptr<const TierCode>>
compileSinglepass(mlir::ModuleOp module, ChargeTable &charges, const RegionMap &regions);

/// Code that counts what runs, and calls through a table that can be changed.
struct CountingCode {
  std::shared_ptr<const TierCode> code; ///< What follows is its, and lives as long.
  const TickTable *ticks = nullptr;
  /// For each own function, the code that calls of it go to; changed only by whole words.
  void **entries = nullptr;
};

/// As `compileSinglepass`; `module` must have been through `contract-count-ticks` as well.
Result<CountingCode> compileCounting(mlir::ModuleOp module, ChargeTable &charges,
                                     const RegionMap &regions);

} // namespace writ

#endif
