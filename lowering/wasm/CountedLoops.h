//===- CountedLoops.h - Pay for all rounds of a loop ----------------------===//
#ifndef WRIT_LOWERING_WASM_COUNTEDLOOPS_H
#define WRIT_LOWERING_WASM_COUNTEDLOOPS_H

#include "lowering/wasm/FastPath.h"

namespace writ::wasmgen {

/// Loops of one fast block whose rounds are known, and in which nothing can trap, are paid for
/// before them; if that cannot be, a twin runs until the gas is gone. What is paid for in this way
/// has no charges any more, and need not look.
llvm::DenseSet<mlir::Block *> payForLoops(FastPath &made, contract::FuncOp func,
                                          const Inside &inside, ModuleState &module);

} // namespace writ::wasmgen

#endif
