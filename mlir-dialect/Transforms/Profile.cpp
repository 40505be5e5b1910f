//===- Profile.cpp - Tell the profiler where functions begin and end ------===//
#include "mlir-dialect/Transforms/FunctionPasses.h"
#include "mlir-dialect/Transforms/Passes.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

namespace writ::contract {
#define GEN_PASS_DEF_PROFILE
#include "mlir-dialect/Transforms/Passes.h.inc"
} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

/// What a function that leaves for another one or for its caller ends in, and the costs that
/// stand before it: they are due before it leaves.
static bool leaves(Operation *op) { return isa<ReturnOp, ReturnCallOp, ReturnCallIndirectOp>(op); }

void writ::contract::markCalls(FuncOp func, uint32_t index) {
  if (func.isExternal())
    return;
  Block &entry = func.getBody().front();
  Operation *first = &entry.front();
  for (Operation &op : entry)
    if (isa<EnterOp>(op))
      first = op.getNextNode();
  OpBuilder builder(first);
  ProfileOp::create(builder, func.getLoc(), index, /*leave=*/false);
  for (Block &block : func.getBody()) {
    Operation *last = block.getTerminator();
    if (!leaves(last))
      continue;
    builder.setInsertionPoint(last);
    ProfileOp::create(builder, last->getLoc(), index, /*leave=*/true);
  }
}

namespace {
struct Profile : contract::impl::ProfileBase<Profile> {
  void runOnOperation() override {
    uint32_t index = 0;
    for (FuncOp func : getOperation().getOps<FuncOp>())
      markCalls(func, index++);
  }
};
} // namespace
