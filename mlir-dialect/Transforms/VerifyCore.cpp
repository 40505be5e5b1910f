//===- VerifyCore.cpp - Accept exactly what the tiers take ----------------===//
#include "mlir-dialect/Transforms/VerifyCore.h"
#include "mlir-dialect/Transforms/Passes.h"

#include "hostabi/ModuleInfo.h"
#include "mlir-dialect/IR/OpWalk.h"

using namespace mlir;

namespace writ::contract {
#define GEN_PASS_DEF_VERIFYCORE
#include "mlir-dialect/Transforms/Passes.h.inc"
} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

/// The fixed part of a frame (DESIGN §5).
static constexpr int64_t fixedFrameBytes = 64;

LogicalResult GasCheck::step(Operation *op, GasFacts facts, CostsAttr costs) {
  if (auto charge = dyn_cast<ChargeOp>(op)) {
    if (!outstanding.isZero())
      return charge.emitOpError("follows a charge of which ")
             << outstanding.toAttr(op->getContext()) << " is not spent; expected none";
    outstanding.add(charge.getCosts());
    return success();
  }
  if (costs && !outstanding.subtract(costs))
    return op->emitOpError("costs ")
           << costs << "; expected at most the charged " << outstanding.toAttr(op->getContext());
  bool endsRegion = facts.observesGas || !nextOp(op);
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

FuncScope::FuncScope(const CoreModule &core, FuncOp func, EnterOp enter)
    : core(core), func(func), enter(enter), slots(func.getArgumentTypes()) {
  if (ArrayAttr locals = func.getLocalsAttr())
    for (Attribute local : locals)
      slots.push_back(cast<TypeAttr>(local).getValue());
}

static int64_t leastFrame(const FuncScope &scope) {
  int64_t bytes = fixedFrameBytes;
  for (Type type : scope.slots)
    bytes += frameBytes(type.isInteger(32) || type.isF32() ? ValueType::I32 : ValueType::I64);
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

//===----------------------------------------------------------------------===//
// Bodies
//===----------------------------------------------------------------------===//

namespace {
/// All that is asked of each kind of op.
struct OpChecks {
  CoreRule rule = nullptr;
  GasFacts gas;
};
} // namespace

static OpChecks checksOf(Operation *op) { return {coreRuleOf(op), gasFactsOf(op)}; }

struct CoreVerifier::State {
  CoreModule core;
  OpMap<OpChecks, OpChecks (*)(Operation *)> checks{checksOf};
  GasCheck gas;
  std::optional<AttachedCosts> attached; ///< Of the module's context.
};

CoreVerifier::CoreVerifier(bool metered) : state(std::make_unique<State>()), metered(metered) {}

CoreVerifier::~CoreVerifier() = default;

LogicalResult CoreVerifier::verifyDeclarations(ModuleOp module) {
  state->attached.emplace(module.getContext());
  return success(succeeded(collectDeclarations(module, state->core)) &&
                 succeeded(contract::verifyDeclarations(state->core)));
}

LogicalResult CoreVerifier::verifyBlock(const FuncScope &scope, Block &block) {
  for (BlockArgument argument : block.getArguments())
    if (!isCoreValue(argument.getType()))
      return emitError(argument.getLoc())
             << "block argument is " << argument.getType() << "; expected a core value";
  state->gas.clear();
  for (Operation &op : OpWalk(block)) {
    OpChecks checks = state->checks[&op];
    if (failed(checks.rule(scope, &op)))
      return failure();
    if (!metered && isa<ChargeOp>(op))
      return op.emitOpError(
          "stands in a module that is said not to be metered; expected no charge");
    if (!metered)
      continue;
    CostsAttr costs = checks.gas.isCost ? costsOf(&op) : state->attached->of(&op);
    if (failed(state->gas.step(&op, checks.gas, costs)))
      return failure();
  }
  return success();
}

LogicalResult CoreVerifier::verifyFunction(FuncOp func) {
  FuncScope scope(state->core, func, findEnter(func));
  if (metered && failed(verifyFrame(scope)))
    return failure();
  for (Block &block : func.getBody())
    if (failed(verifyBlock(scope, block)))
      return failure();
  return success();
}

LogicalResult CoreVerifier::verifyFunctions() {
  for (FuncOp func : state->core.funcs)
    if (!func.isExternal() && failed(verifyFunction(func)))
      return failure();
  return success();
}

namespace {
struct VerifyCore : contract::impl::VerifyCoreBase<VerifyCore> {
  using VerifyCoreBase::VerifyCoreBase;

  void runOnOperation() override {
    CoreVerifier verifier(metered);
    if (failed(verifier.verifyDeclarations(getOperation())) || failed(verifier.verifyFunctions()))
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
