//===- PayForJoins.cpp - Let the ways into a join pay for it --------------===//
#include "mlir-dialect/Transforms/PayForJoins.h"

#include "mlir-dialect/IR/CostSum.h"
#include "mlir-dialect/IR/Effects.h"
#include "mlir-dialect/IR/OpWalk.h"

#include "mlir/IR/Builders.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;

/// Nobody can tell whether `op` ran when the gas ran out before or after it.
static bool isUnseen(Operation &op) {
  if (isa<LocalGetOp, LocalSetOp, arith::ConstantOp>(op))
    return true;
  return !op.hasTrait<OpTrait::IsTerminator>() && !op.hasTrait<ObservesGas>() &&
         !isa<MayTrapOpInterface, CostOpInterface>(op) && !writesWhatLasts(&op);
}

namespace {
/// A charge at the start of a block, and its costs, all of which are due before anything happens.
struct Head {
  ChargeOp charge;
  SmallVector<Operation *, 2> costs; ///< Each a `contract.cost` or one that has costs attached.
};
} // namespace

static std::optional<Head> findHead(Block &block, const AttachedCosts &attached) {
  Head head;
  CostSum due;
  for (Operation &op : OpWalk(block)) {
    if (auto charge = dyn_cast<ChargeOp>(op)) {
      if (head.charge)
        return std::nullopt;
      head.charge = charge;
      due.add(charge.getCosts());
      continue;
    }
    auto cost = dyn_cast<CostOp>(op);
    if (CostsAttr costs = cost ? cost.getCosts() : attached.of(&op)) {
      if (!due.subtract(costs))
        return std::nullopt;
      head.costs.push_back(&op);
      if (due.isZero())
        return head;
    }
    if (!cost && !isUnseen(op))
      return std::nullopt;
  }
  return std::nullopt;
}

/// The charge of the block's last region.
static ChargeOp findLastCharge(Block &block) {
  for (Operation &op : llvm::reverse(block)) {
    if (auto charge = dyn_cast<ChargeOp>(op))
      return charge;
    if (op.hasTrait<ObservesGas>())
      break;
  }
  return nullptr;
}

/// `costs` become due at the end of `block`, and its last region pays them.
static void payAtEnd(Block &block, CostsAttr costs, Location location, AttachedCosts &attached) {
  Operation *end = block.getTerminator();
  OpBuilder builder(end);
  ChargeOp charge = findLastCharge(block);
  CostsAttr joined = charge ? CostsAttr::sum(charge.getCosts(), costs) : nullptr;
  if (!joined) {
    attached.detach(end);
    ChargeOp::create(builder, location, costs);
    CostOp::create(builder, location, costs);
    return;
  }
  charge.setCostsAttr(joined);
  if (CostsAttr before = attached.of(end))
    attached.attach(end, CostsAttr::sum(before, costs));
  else if (auto last = dyn_cast_or_null<CostOp>(end->getPrevNode()))
    last.setCostsAttr(CostsAttr::sum(last.getCosts(), costs));
  else
    CostOp::create(builder, location, costs);
}

/// A block for all ways from `from`, a `cf.switch`, to `to`.
static Block *makeBlockOnTheWay(Block &to, Location location) {
  auto *way = new Block();
  to.getParent()->getBlocks().insert(to.getIterator(), way);
  for (BlockArgument argument : to.getArguments())
    way->addArgument(argument.getType(), argument.getLoc());
  OpBuilder builder = OpBuilder::atBlockEnd(way);
  cf::BranchOp::create(builder, location, &to, way->getArguments());
  return way;
}

/// Uses of `block` by those that may also lead elsewhere; none if one of them is not a
/// `cf.switch`, or if no block leads to `block` alone.
static std::optional<SmallVector<BlockOperand *>> findSwitches(Block &block) {
  SmallVector<BlockOperand *> switches;
  bool helps = false;
  for (BlockOperand &use : block.getUses()) {
    if (use.getOwner()->getBlock() == &block)
      return std::nullopt;
    if (isa<cf::BranchOp>(use.getOwner()))
      helps = true;
    else if (isa<cf::SwitchOp>(use.getOwner()))
      switches.push_back(&use);
    else
      return std::nullopt;
  }
  if (!helps)
    return std::nullopt;
  return switches;
}

static void payForJoin(Block &block, AttachedCosts &attached) {
  if (block.isEntryBlock() || block.hasNoPredecessors() || block.getSinglePredecessor())
    return;
  auto switches = findSwitches(block);
  if (!switches)
    return;
  std::optional<Head> head = findHead(block, attached);
  if (!head)
    return;
  CostsAttr costs = head->charge.getCosts();
  Location location = head->charge.getLoc();
  head->charge.erase();
  for (Operation *op : head->costs) {
    if (isa<CostOp>(op))
      op->erase();
    else
      attached.remove(op);
  }
  llvm::MapVector<Operation *, Block *> onTheWay;
  for (BlockOperand *use : *switches) {
    Block *&way = onTheWay[use->getOwner()];
    if (!way)
      way = makeBlockOnTheWay(block, location);
    use->set(way);
  }
  for (BlockOperand &use : block.getUses())
    payAtEnd(*use.getOwner()->getBlock(), costs, location, attached);
}

void writ::contract::payForJoins(Region &body, AttachedCosts &attached) {
  // Backwards, so that a join that leads to another one pays for both.
  for (Block &block : llvm::make_early_inc_range(llvm::reverse(body)))
    payForJoin(block, attached);
}
