//===- FastPath.h - Pay regions ahead, with a slow twin -------------------===//
//
// In fast blocks, the gas left is in a local, and each metering region is paid for at its start.
// If it cannot be paid, or an access in it will be outside the memory, control goes to a *twin*
// of the region, where each cost is taken just before it is due: it always ends in a trap. So the
// region itself need not look at anything.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_WASM_FASTPATH_H
#define WRIT_LOWERING_WASM_FASTPATH_H

#include "lowering/wasm/ControlFlow.h"
#include "lowering/wasm/Inside.h"
#include "lowering/wasm/ModuleState.h"

#include "llvm/ADT/DenseSet.h"

namespace writ::wasmgen {

/// How much of a function is fast.
enum class Speed : uint8_t {
  Small, ///< Nothing.
  Loops, ///< Loops that make no calls.
  Whole,
};

/// What emission has to do that the function's ops do not say.
struct FastPath {
  /// At the start of a block.
  struct Start {
    bool enters = false;        ///< The gas left goes to the local.
    bool isTwin = false;        ///< Costs are taken one by one, from the local and the global.
    bool leaves = false;        ///< It goes back to the global,
    contract::CostsAttr refund; ///< with that (null: nothing) given back.
    bool looks = false;         ///< Ends the call if gas has run out.
  };

  bool isFast(mlir::Block *block) const { return blocks.contains(block); }
  bool isTwin(mlir::Block *block) const { return starts.lookup(block).isTwin; }

  llvm::DenseSet<mlir::Block *> blocks;
  llvm::DenseMap<mlir::Block *, Start> starts;
  /// Ops before which the gas left is made exact: what of their region's charge they do not owe.
  llvm::DenseMap<mlir::Operation *, contract::CostsAttr> exact;
  llvm::DenseSet<mlir::Operation *> looks; ///< Ops before which it is looked whether gas ran out.
  llvm::DenseSet<mlir::Operation *> raw;   ///< Stores of NaNs that are not canonical yet.
  uint32_t gasSlot = 0;                    ///< i64; slots of its own behind the function's.
  uint32_t limitSlot = 0;                  ///< i64: the last address that is inside
  int64_t limitEnd = 1;                    ///< for an access of so many bytes;
  bool usesLimit = false;                  ///< if anything reads it.
};

/// Changes `func`, whose graph `flow` describes: that must be analyzed again. What `inside`
/// says of it holds.
FastPath makeFast(contract::FuncOp func, const ControlFlow &flow, const Inside &inside, Speed speed,
                  ModuleState &module);

} // namespace writ::wasmgen

#endif
