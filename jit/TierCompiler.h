//===- TierCompiler.h - Compile single functions of a module later --------===//
#ifndef WRIT_JIT_TIERCOMPILER_H
#define WRIT_JIT_TIERCOMPILER_H

#include "jit/Engine.h"
#include "jit/tierup/Unit.h"

namespace writ {

/// Compiles units in this process. Keeps the module's bytes, and its IR only while there is
/// something to do: that takes many times the room.
///
/// `charges` is the module's charge table: `numOwn` entries that its other tiers made, then those
/// that units have added.
std::unique_ptr<UnitCompiler> makeTierCompiler(std::vector<uint8_t> bytes, CompileOptions options,
                                               std::vector<CostCounts> charges, size_t numOwn);

/// `contract-count-ticks`, over a module of metered IR.
void countTicks(mlir::ModuleOp module);

} // namespace writ

#endif
