//===- ModuleFromIR.h - What a contract IR module declares ----------------===//
#ifndef WRIT_JIT_MODULEFROMIR_H
#define WRIT_JIT_MODULEFROMIR_H

#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"

#include "mlir/IR/BuiltinOps.h"

namespace writ {

/// The declarations of `module` as plain data. The IR may come from a text file; all that is
/// taken for granted is that it passes MLIR's verifier, as what the parser gives does.
/// Everything else is checked as instantiation needs it: index spaces with imports first, types,
/// limits, initial values, exports, segments. Errors are BadInput. Function bodies are not
/// looked at.
///
/// A function's name is its symbol, but none if that is f<index>. Imports are in the order
/// in which they stand in the module.
Result<ModuleInfo> extractModuleInfo(mlir::ModuleOp module);

} // namespace writ

#endif
