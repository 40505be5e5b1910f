//===- Inside.h - Accesses that are never outside the memory --------------===//
//
// Static data is read and written at addresses that a mask, a narrow load, or the count of a loop
// keeps in bounds; objects and frames are where pointers say.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_WASM_INSIDE_H
#define WRIT_LOWERING_WASM_INSIDE_H

#include "lowering/wasm/AddressRanges.h"

namespace writ::wasmgen {

/// Bytes around a base that a function takes for being in the memory.
struct Assumption {
  Base base;
  int64_t least, end;
};

/// Loads and stores that are never outside the memory, if what is assumed holds.
struct Inside {
  llvm::DenseSet<mlir::Operation *> accesses;
  llvm::SmallVector<Assumption> assumed;
  /// Heads of innermost loops that end soon, whatever happens.
  llvm::DenseSet<mlir::Block *> shortLoops;
  /// Loops of one block that run to their end if nothing in them traps, and how many rounds.
  llvm::DenseMap<mlir::Block *, int64_t> counted;
};

/// The smallest memory has `bytes`. With `mayAssume`, what looks like a pointer to an object or a
/// stack frame is assumed to be one.
Inside findInside(contract::FuncOp func, const ControlFlow &flow, uint64_t bytes, bool mayAssume);

} // namespace writ::wasmgen

#endif
