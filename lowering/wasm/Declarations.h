//===- Declarations.h - What a module declares that a target may lack -----===//
#ifndef WRIT_LOWERING_WASM_DECLARATIONS_H
#define WRIT_LOWERING_WASM_DECLARATIONS_H

#include "lowering/wasm/WasmTarget.h"

namespace writ::wasmgen {

/// Refuses declarations that need features which were not asked for, and names that the metering
/// ABI has taken.
Result<void> checkDeclarations(mlir::ModuleOp ir, const ModuleInfo &info,
                               const WasmOptions &options);

} // namespace writ::wasmgen

#endif
