//===- OpTable.cpp - Gather the families of ops ---------------------------===//
#include "lowering/wasm/OpTable.h"

#include "mlir-dialect/IR/Effects.h"

using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

OpTable::OpTable() {
  addNumericOps(*this);
  addConversionOps(*this);
  addStorageOps(*this);
  addTableOps(*this);
  addCallOps(*this);
}

OpRow writ::wasmgen::findRow(mlir::Operation *op) {
  static const OpTable table;
  OpRow row;
  row.emit = table.find(op);
  row.isNothing = mlir::isa<ChargeOp, CostOpInterface, TickOp, ProfileOp>(op);
  row.isPure = mlir::isMemoryEffectFree(op) && !op->hasTrait<mlir::OpTrait::IsTerminator>();
  row.firstIsLast =
      mlir::isa<StoreOp, CallIndirectOp, ReturnCallIndirectOp, mlir::arith::SelectOp>(op);
  row.lasts = op->hasTrait<ObservesGas>() || writesWhatLasts(op);
  row.mayTrap = mlir::isa<MayTrapOpInterface>(op);
  return row;
}
