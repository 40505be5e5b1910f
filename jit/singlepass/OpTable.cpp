//===- OpTable.cpp - Gather the families of ops ---------------------------===//

#include "jit/singlepass/OpTable.h"

using namespace writ;
using namespace writ::singlepass;

OpTable::OpTable() {
  addArithOps(*this);
  addCallOps(*this);
  addCompareOps(*this);
  addControlOps(*this);
  addConvertOps(*this);
  addDivisionOps(*this);
  addFloatOps(*this);
  addGasOps(*this);
  addMemoryOps(*this);
  addShiftOps(*this);
  addStorageOps(*this);
  addTableOps(*this);
}

/// Reading, slots and gas aside, ops have no effect that is not seen outside; traps are one.
static bool canBeObserved(mlir::Operation *op) {
  if (mlir::isa<contract::LocalSetOp, contract::CostOp, contract::ChargeOp, contract::TickOp>(op))
    return false;
  if (op->hasTrait<mlir::OpTrait::IsTerminator>())
    return true;
  auto interface = mlir::dyn_cast<mlir::MemoryEffectOpInterface>(op);
  if (!interface)
    return true;
  llvm::SmallVector<mlir::MemoryEffects::EffectInstance> effects;
  interface.getEffects(effects);
  return !llvm::all_of(effects, [](const mlir::MemoryEffects::EffectInstance &effect) {
    return mlir::isa<mlir::MemoryEffects::Read>(effect.getEffect());
  });
}

OpEntry OpTable::find(mlir::Operation *op) const {
  OpEntry entry = entries.lookup(op->getName().getTypeID());
  entry.canBeObserved = canBeObserved(op);
  return entry;
}
