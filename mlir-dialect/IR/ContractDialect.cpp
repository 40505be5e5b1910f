//===- ContractDialect.cpp - Register what the dialect has ----------------===//

#include "mlir-dialect/IR/Contract.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace writ::contract;

#include "mlir-dialect/IR/ContractDialect.cpp.inc"

#include "mlir-dialect/IR/ContractInterfaces.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "mlir-dialect/IR/ContractTypes.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "mlir-dialect/IR/ContractAttrs.cpp.inc"

void ContractDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "mlir-dialect/IR/ContractTypes.cpp.inc"
      >();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "mlir-dialect/IR/ContractAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "mlir-dialect/IR/ContractOps.cpp.inc"
      >();
}

/// Folds give numbers; `arith.constant` holds them.
Operation *ContractDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type,
                                                Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}
