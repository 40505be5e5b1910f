//===- LimitStack.cpp - Take each function's frame at its entry -----------===//
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

namespace {
struct LimitStack : contract::impl::LimitStackBase<LimitStack> {
  void runOnOperation() override {
    FuncOp func = getOperation();
    if (func.isExternal() || func.getFrame() == 0)
      return;
    CostsAttr costs = entryCosts(&getContext(), func.getFrame());
    if (!costs) {
      func.emitOpError("has a frame of ")
          << func.getFrame() << " bytes; expected at most " << 8 * uint64_t(UINT32_MAX);
      return signalPassFailure();
    }
    auto builder = OpBuilder::atBlockBegin(&func.getBody().front());
    CostOp::create(builder, func.getLoc(), costs);
    EnterOp::create(builder, func.getLoc(), func.getFrame());
  }
};
} // namespace
