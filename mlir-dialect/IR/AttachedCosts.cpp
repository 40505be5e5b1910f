//===- AttachedCosts.cpp - Costs on ops, in place of ops ------------------===//

#include "mlir-dialect/IR/AttachedCosts.h"

#include "mlir/IR/Builders.h"

using namespace writ::contract;

void AttachedCosts::detach(mlir::Operation *op) {
  CostsAttr costs = of(op);
  if (!costs)
    return;
  mlir::OpBuilder builder(op);
  CostOp::create(builder, op->getLoc(), costs);
  remove(op);
}
