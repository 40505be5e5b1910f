//===- TailCalls.h - Mark modules that may have tail calls ----------------===//
#ifndef WRIT_MLIRDIALECT_IR_TAILCALLS_H
#define WRIT_MLIRDIALECT_IR_TAILCALLS_H

#include "mlir/IR/BuiltinOps.h"

namespace writ::contract {

/// A unit attribute of a module that may have tail calls, set before its functions are known: the
/// native convention depends on it (docs/native-abi.md).
inline constexpr llvm::StringLiteral tailCallsAttrName = "contract.tail_calls";

/// Whether `module` has that attribute, or a tail call. All native code of a module must go by this
/// answer: code that pops its arguments off the stack and code that does not cannot call each
/// other.
bool mayTailCall(mlir::ModuleOp module);

} // namespace writ::contract

#endif
