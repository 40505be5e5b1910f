//===- Meter.cpp - Charge each metering region once, ahead ----------------===//
#include "mlir-dialect/IR/CostSum.h"
#include "mlir-dialect/Transforms/Passes.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace writ::contract {
#define GEN_PASS_DEF_METER
#include "mlir-dialect/Transforms/Passes.h.inc"
} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

/// Puts a charge of `sum` before `start`, the first op of a region.
static LogicalResult chargeRegion(Operation *start, const CostSum &sum) {
  CostsAttr costs = sum.toAttr(start->getContext());
  if (!costs)
    return start->emitOpError("starts a region that costs more than 4294967295 of one class");
  OpBuilder builder(start);
  ChargeOp::create(builder, start->getLoc(), costs);
  return success();
}

static LogicalResult meterBlock(Block &block) {
  CostSum sum;
  Operation *start = &block.front();
  for (Operation &op : block) {
    if (auto cost = dyn_cast<CostOpInterface>(op))
      sum.add(cost.getStaticCosts());
    Operation *next = op.getNextNode();
    if (next && !op.hasTrait<ObservesGas>())
      continue;
    if (!sum.isZero() && failed(chargeRegion(start, sum)))
      return failure();
    sum.clear();
    start = next;
  }
  return success();
}

/// Every cost for itself, where it stands.
static void chargeEach(Block &block) {
  for (Operation &op : block) {
    auto cost = dyn_cast<CostOpInterface>(op);
    if (!cost)
      continue;
    OpBuilder builder(&op);
    ChargeOp::create(builder, op.getLoc(), cost.getStaticCosts());
  }
}

namespace {
struct Meter : contract::impl::MeterBase<Meter> {
  using MeterBase::MeterBase;

  void runOnOperation() override {
    for (Block &block : getOperation().getBody()) {
      if (each)
        chargeEach(block);
      else if (failed(meterBlock(block)))
        return signalPassFailure();
    }
  }
};
} // namespace
