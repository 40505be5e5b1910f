//===- Effects.h - What of an op's effects outlives a trap ----------------===//
#ifndef WRIT_MLIRDIALECT_IR_EFFECTS_H
#define WRIT_MLIRDIALECT_IR_EFFECTS_H

#include "mlir-dialect/IR/Contract.h"

namespace writ::contract {

/// True if `op` writes what somebody may see after the function has trapped: memory, globals,
/// tables, but not slots, gas, or the trap itself.
bool writesWhatLasts(mlir::Operation *op);

} // namespace writ::contract

#endif
