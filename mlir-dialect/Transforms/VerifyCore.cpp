//===- VerifyCore.cpp - Accept exactly what the tiers take ----------------===//
#include "mlir-dialect/Transforms/VerifyCore.h"
#include "mlir-dialect/Transforms/Passes.h"

#include "hostabi/ModuleInfo.h"

using namespace mlir;

namespace writ::contract {
#define GEN_PASS_DEF_VERIFYCORE
#include "mlir-dialect/Transforms/Passes.h.inc"
} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

/// The fixed part of a frame (DESIGN §5).
static constexpr int64_t fixedFrameBytes = 64;

LogicalResult GasCheck::step(Operation *op) {
  if (auto charge = dyn_cast<ChargeOp>(op)) {
    if (!outstanding.isZero())
      return charge.emitOpError("follows a charge of which ")
             << outstanding.toAttr(op->getContext()) << " is not spent; expected none";
    outstanding.add(charge.getCosts());
    return success();
  }
  if (auto cost = dyn_cast<CostOpInterface>(op))
    if (!outstanding.subtract(cost.getStaticCosts()))
      return op->emitOpError("costs ") << cost.getStaticCosts() << "; expected at most the charged "
                                       << outstanding.toAttr(op->getContext());
  bool endsRegion = op->hasTrait<ObservesGas>() || !op->getNextNode();
  if (endsRegion && !outstanding.isZero())
    return op->emitOpError("ends a region with ")
           << outstanding.toAttr(op->getContext()) << " charged and not spent; expected none";
  return success();
}

/// The `contract.enter` before which nothing happens but charging.
static EnterOp findEnter(FuncOp func) {
  for (Operation &op : func.getBody().front()) {
    if (auto enter = dyn_cast<EnterOp>(op))
      return enter;
    if (!isa<arith::ConstantOp, CostOp, ChargeOp>(op))
      break;
  }
  return nullptr;
}

static int64_t leastFrame(const FuncScope &scope) {
  FuncOp func = scope.func;
  int64_t bytes = fixedFrameBytes;
  for (unsigned slot = 0; slot < scope.numSlots; ++slot) {
    Type type = func.getSlotType(slot);
    bytes += frameBytes(type.isInteger(32) || type.isF32() ? ValueType::I32 : ValueType::I64);
  }
  return bytes;
}

static LogicalResult verifyFrame(const FuncScope &scope) {
  FuncOp func = scope.func;
  EnterOp enter = scope.enter;
  if (int64_t least = leastFrame(scope); func.getFrame() < least)
    return func.emitOpError("has a frame of ")
           << func.getFrame() << " bytes; expected at least " << least;
  if (!enter)
    return func.emitOpError("does not take its frame; expected 'contract.enter' at its entry");
  if (enter.getBytes() != func.getFrame())
    return enter.emitOpError("takes ")
           << enter.getBytes() << " bytes; expected the frame of " << func.getFrame();
  return success();
}

static LogicalResult verifyBlock(const FuncScope &scope, Block &block, bool metered) {
  for (BlockArgument argument : block.getArguments())
    if (!isCoreValue(argument.getType()))
      return emitError(argument.getLoc())
             << "block argument is " << argument.getType() << "; expected a core value";
  GasCheck gas;
  for (Operation &op : block) {
    if (failed(verifyCoreOp(scope, &op)))
      return failure();
    if (!metered && isa<ChargeOp>(op))
      return op.emitOpError(
          "stands in a module that is said not to be metered; expected no charge");
    if (metered && failed(gas.step(&op)))
      return failure();
  }
  return success();
}

static LogicalResult verifyFunc(const CoreModule &core, FuncOp func, bool metered) {
  FuncScope scope{core, func, func.getNumSlots(), findEnter(func)};
  if (metered && failed(verifyFrame(scope)))
    return failure();
  for (Block &block : func.getBody())
    if (failed(verifyBlock(scope, block, metered)))
      return failure();
  return success();
}

namespace {
struct VerifyCore : contract::impl::VerifyCoreBase<VerifyCore> {
  using VerifyCoreBase::VerifyCoreBase;

  void runOnOperation() override {
    CoreModule core;
    if (failed(collectDeclarations(getOperation(), core)) || failed(verifyDeclarations(core)))
      return signalPassFailure();
    for (FuncOp func : core.funcs)
      if (!func.isExternal() && failed(verifyFunc(core, func, metered)))
        return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
