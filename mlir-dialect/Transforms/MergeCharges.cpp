//===- MergeCharges.cpp - Make chains of blocks one metering region -------===//
#include "mlir-dialect/Transforms/FunctionPasses.h"
#include "mlir-dialect/Transforms/Passes.h"
#include "mlir-dialect/Transforms/PayForJoins.h"

using namespace mlir;

namespace writ::contract {
#define GEN_PASS_DEF_MERGECHARGES
#include "mlir-dialect/Transforms/Passes.h.inc"
} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

/// The branch that is the only way into `block` and the only way out of its own block;
/// null if there is none.
static cf::BranchOp getOnlyWayIn(Block &block) {
  if (block.isEntryBlock())
    return nullptr;
  Block *before = block.getSinglePredecessor();
  return before ? dyn_cast<cf::BranchOp>(before->getTerminator()) : nullptr;
}

/// Splices onto `head` the chain of blocks that starts with its successor; false if there is
/// none. Only called on chain heads: thus every op moves once, and every use changes once.
static bool absorbChain(Block &head, AttachedCosts &attached) {
  bool hasGrown = false;
  while (auto branch = dyn_cast<cf::BranchOp>(head.back())) {
    Block *next = branch.getDest();
    if (next == &head || getOnlyWayIn(*next) != branch)
      break;
    for (auto [argument, value] : llvm::zip_equal(next->getArguments(), branch.getDestOperands()))
      argument.replaceAllUsesWith(value);
    attached.detach(branch);
    branch.erase();
    head.getOperations().splice(head.end(), next->getOperations());
    next->erase();
    hasGrown = true;
  }
  return hasGrown;
}

namespace {
/// One region of a block: its first charge and the sum of all of them.
struct MergedRegion {
  explicit MergedRegion(CostAttrs &attrs) : attrs(attrs) {}

  void add(ChargeOp charge) {
    sum.add(charge.getCosts());
    if (numCharges++ == 0)
      first = charge;
    else
      charge.erase();
  }

  LogicalResult finish() {
    if (numCharges > 1) {
      CostsAttr costs = attrs.get(sum);
      if (!costs)
        return first.emitOpError("merges into more than 4294967295 of one class");
      first.setCostsAttr(costs);
    }
    numCharges = 0;
    sum.clear();
    return success();
  }

private:
  CostAttrs &attrs;
  ChargeOp first;
  unsigned numCharges = 0;
  CostSum sum;
};
} // namespace

LogicalResult Charging::mergeRegions(Block &block) {
  MergedRegion region(attrs);
  for (Operation &op : llvm::make_early_inc_range(block)) {
    bool ends = facts[&op].observesGas;
    if (auto charge = dyn_cast<ChargeOp>(op))
      region.add(charge);
    if (ends && failed(region.finish()))
      return failure();
  }
  return region.finish();
}

/// Only blocks that grow have regions that meet: `contract-meter` gives each region one charge.
LogicalResult Charging::mergeCharges(FuncOp func) {
  // The iterator goes on after absorbing: absorbed blocks are gone from the list by then.
  for (Block &block : func.getBody())
    if (!getOnlyWayIn(block) && absorbChain(block, attached) && failed(mergeRegions(block)))
      return failure();
  payForJoins(func.getBody(), attached);
  return success();
}

namespace {
struct MergeCharges : contract::impl::MergeChargesBase<MergeCharges> {
  void runOnOperation() override {
    if (failed(Charging(&getContext()).mergeCharges(getOperation())))
      signalPassFailure();
  }
};
} // namespace
