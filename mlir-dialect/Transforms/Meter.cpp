//===- Meter.cpp - Charge each metering region once, ahead ----------------===//
#include "mlir-dialect/IR/OpWalk.h"
#include "mlir-dialect/Transforms/FunctionPasses.h"
#include "mlir-dialect/Transforms/Passes.h"

using namespace mlir;

namespace writ::contract {
#define GEN_PASS_DEF_METER
#include "mlir-dialect/Transforms/Passes.h.inc"
} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

GasFacts writ::contract::gasFactsOf(Operation *op) {
  return {isa<CostOpInterface>(op), op->hasTrait<ObservesGas>()};
}

Charging::Charging(MLIRContext *context)
    : attrs(context), attached(context), chargeName(ChargeOp::getOperationName(), context),
      noAttributes(DictionaryAttr::get(context)) {}

void Charging::charge(Operation *before, CostsAttr costs) {
  ChargeOp::Properties properties{costs};
  Operation *op = Operation::create(before->getLoc(), chargeName, {}, {}, noAttributes,
                                    OpaqueProperties(&properties), {}, /*numRegions=*/0);
  before->getBlock()->getOperations().insert(before->getIterator(), op);
}

/// Puts a charge of `sum` before `start`, the first op of a region.
LogicalResult Charging::chargeRegion(Operation *start, const CostSum &sum) {
  CostsAttr costs = attrs.get(sum);
  if (!costs)
    return start->emitOpError("starts a region that costs more than 4294967295 of one class");
  charge(start, costs);
  return success();
}

LogicalResult Charging::meterBlock(Block &block) {
  CostSum sum;
  Operation *start = &block.front();
  for (Operation &op : OpWalk(block)) {
    GasFacts fact = facts[&op];
    if (CostsAttr costs = fact.isCost ? costsOf(&op) : attached.of(&op))
      sum.add(costs);
    Operation *next = nextOp(&op);
    if (next && !fact.observesGas)
      continue;
    if (!sum.isZero() && failed(chargeRegion(start, sum)))
      return failure();
    sum.clear();
    start = next;
  }
  return success();
}

/// Every cost for itself, where it stands.
void Charging::chargeEach(Block &block) {
  for (Operation &op : block)
    if (facts[&op].isCost)
      charge(&op, costsOf(&op));
}

LogicalResult Charging::meter(FuncOp func, bool each) {
  for (Block &block : func.getBody()) {
    if (each)
      chargeEach(block);
    else if (failed(meterBlock(block)))
      return failure();
  }
  return success();
}

namespace {
struct Meter : contract::impl::MeterBase<Meter> {
  using MeterBase::MeterBase;

  void runOnOperation() override {
    if (failed(Charging(&getContext()).meter(getOperation(), each)))
      signalPassFailure();
  }
};
} // namespace
