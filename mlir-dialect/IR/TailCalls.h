//===- TailCalls.h - Mark modules that may have tail calls ----------------===//
#ifndef WRIT_MLIRDIALECT_IR_TAILCALLS_H
#define WRIT_MLIRDIALECT_IR_TAILCALLS_H

#include "llvm/ADT/StringRef.h"

namespace writ::contract {

/// A unit attribute of a module that may have tail calls, set before its functions are known: the
/// native convention depends on it (docs/native-abi.md).
inline constexpr llvm::StringLiteral tailCallsAttrName = "contract.tail_calls";

} // namespace writ::contract

#endif
