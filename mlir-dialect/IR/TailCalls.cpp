//===- TailCalls.cpp - Mark modules that may have tail calls --------------===//
#include "mlir-dialect/IR/TailCalls.h"

#include "mlir-dialect/IR/Contract.h"

using namespace writ::contract;

bool writ::contract::mayTailCall(mlir::ModuleOp module) {
  if (module->hasAttr(tailCallsAttrName))
    return true;
  for (FuncOp func : module.getOps<FuncOp>())
    for (mlir::Block &block : func.getBody())
      if (mlir::isa<ReturnCallOp, ReturnCallIndirectOp>(block.back()))
        return true;
  return false;
}
