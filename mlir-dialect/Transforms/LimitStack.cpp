//===- LimitStack.cpp - Take each function's frame at its entry -----------===//
#include "mlir-dialect/Transforms/FunctionPasses.h"
#include "mlir-dialect/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace writ::contract {
#define GEN_PASS_DEF_LIMITSTACK
#include "mlir-dialect/Transforms/Passes.h.inc"
} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

/// What entering a frame of `bytes` costs; null if the count does not fit.
static CostsAttr entryCosts(MLIRContext *context, uint64_t bytes) {
  uint64_t units = llvm::divideCeil(bytes, 8);
  if (units > UINT32_MAX)
    return nullptr;
  return CostsAttr::get(context, CostCount{CostClass::FrameUnit, uint32_t(units)});
}

LogicalResult writ::contract::limitStack(FuncOp func) {
  if (func.isExternal() || func.getFrame() == 0)
    return success();
  CostsAttr costs = entryCosts(func.getContext(), func.getFrame());
  if (!costs)
    return func.emitOpError("has a frame of ")
           << func.getFrame() << " bytes; expected at most " << 8 * uint64_t(UINT32_MAX);
  auto builder = OpBuilder::atBlockBegin(&func.getBody().front());
  CostOp::create(builder, func.getLoc(), costs);
  EnterOp::create(builder, func.getLoc(), func.getFrame());
  return success();
}

namespace {
struct LimitStack : contract::impl::LimitStackBase<LimitStack> {
  void runOnOperation() override {
    if (failed(limitStack(getOperation())))
      signalPassFailure();
  }
};
} // namespace
