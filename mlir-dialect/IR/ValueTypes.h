//===- ValueTypes.h - Core types as plain data ----------------------------===//
#ifndef WRIT_MLIRDIALECT_IR_VALUETYPES_H
#define WRIT_MLIRDIALECT_IR_VALUETYPES_H

#include "hostabi/ModuleInfo.h"

#include "mlir/IR/BuiltinTypes.h"

#include <optional>

namespace writ::contract {

/// None if a value of `type` is nothing that WebAssembly has.
std::optional<ValueType> toValueType(mlir::Type type);

/// `type` must have value types only, as `contract-verify-core` sees to.
FuncType toFuncType(mlir::FunctionType type);

} // namespace writ::contract

#endif
