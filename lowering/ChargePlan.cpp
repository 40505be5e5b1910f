//===- ChargePlan.cpp - Which charges move down, and where gas is checked -===//

#include "lowering/ChargePlan.h"

#include "lowering/ModuleLowering.h"

using namespace mlir;
using namespace writ;
using namespace writ::lowering;

ChargePlan::ChargePlan(llvm::ArrayRef<Block *> order, ModuleLowering &module) {
  findEdges(order);
  for (Block *block : order)
    findPureEnd(*block, module);
  for (Block *block : llvm::reverse(order))
    moveCheckUp(*block);
  for (Block *block : order)
    if (canPassOn(*block))
      passing.insert(block);
}

/// Each cycle has an edge that does not go forward in the order of blocks. (To check where such
/// edges lead would do as well, but blocks that many lead to had better be short: LLVM may
/// duplicate them, a table-driven dispatch above all.)
void ChargePlan::findEdges(llvm::ArrayRef<Block *> order) {
  llvm::DenseMap<Block *, size_t> rank;
  for (auto [position, block] : llvm::enumerate(order))
    rank[block] = position;
  facts[order.front()].mustCheck = true;
  ++facts[order.front()].waysIn; // From outside.
  for (Block *block : order)
    for (Block *successor : block->getSuccessors()) {
      BlockFacts &to = facts[successor];
      if (to.from != block) // Several cases of a switch may lead to one block.
        ++to.waysIn;
      to.from = block;
      if (rank.lookup(successor) <= rank.lookup(block))
        facts[block].mustCheck = true;
    }
}

void ChargePlan::findPureEnd(Block &block, ModuleLowering &module) {
  BlockFacts &fact = facts[&block];
  for (Operation &op : llvm::reverse(block)) {
    if (isa<contract::ChargeOp>(op)) {
      fact.lastCharge = &op;
      break;
    }
    if (op.hasTrait<contract::ObservesGas>() || module.hasLastingEffect(&op))
      return;
  }
  fact.hasPureEnd = true;
}

/// A block that has no charge of its own leaves the check to those that lead to it alone: they
/// have charges, and often a reason to check anyway.
void ChargePlan::moveCheckUp(Block &block) {
  BlockFacts &fact = facts.find(&block)->second;
  bool isEmpty = fact.hasPureEnd && !fact.lastCharge;
  if (!fact.mustCheck || !isEmpty || block.isEntryBlock())
    return;
  if (!llvm::all_of(block.getPredecessors(),
                    [](Block *from) { return isa<cf::BranchOp>(from->getTerminator()); }))
    return;
  fact.mustCheck = false;
  for (Block *from : block.getPredecessors())
    facts[from].mustCheck = true;
}

/// Those ways out that lead to a join take the charge by themselves; nothing is gained if most do.
bool ChargePlan::canPassOn(Block &block) const {
  const BlockFacts &fact = facts.find(&block)->second;
  if (!fact.hasPureEnd || fact.mustCheck ||
      !isa<cf::CondBranchOp, cf::SwitchOp>(block.getTerminator()))
    return false;
  size_t numOnly = llvm::count_if(block.getSuccessors(), [&](Block *successor) {
    return facts.find(successor)->second.waysIn == 1;
  });
  return 2 * numOnly >= block.getNumSuccessors();
}
