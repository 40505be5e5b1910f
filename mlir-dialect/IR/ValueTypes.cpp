//===- ValueTypes.cpp - Core types as plain data --------------------------===//
#include "mlir-dialect/IR/ValueTypes.h"

#include "mlir-dialect/IR/Contract.h"

using namespace writ;

std::optional<ValueType> contract::toValueType(mlir::Type type) {
  if (type.isInteger(32))
    return ValueType::I32;
  if (type.isInteger(64))
    return ValueType::I64;
  if (type.isF32())
    return ValueType::F32;
  if (type.isF64())
    return ValueType::F64;
  if (mlir::isa<FuncRefType>(type))
    return ValueType::FuncRef;
  if (mlir::isa<ExternRefType>(type))
    return ValueType::ExternRef;
  return std::nullopt;
}

FuncType contract::toFuncType(mlir::FunctionType type) {
  FuncType result;
  for (mlir::Type param : type.getInputs())
    result.params.push_back(*toValueType(param));
  for (mlir::Type resultType : type.getResults())
    result.results.push_back(*toValueType(resultType));
  return result;
}
