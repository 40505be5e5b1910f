//===- ChargePlan.cpp - Which charges move down, and where gas is checked -===//

#include "lowering/ChargePlan.h"

#include "lowering/ModuleLowering.h"

using namespace mlir;
using namespace writ;
using namespace writ::lowering;

ChargePlan::ChargePlan(llvm::ArrayRef<Block *> order, ModuleLowering &module) {
  findEdges(order);
  findLoops(order);
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
  unsigned position = 0;
  for (Block &block : *order.front()->getParent())
    if (rank.contains(&block))
      facts[&block].position = ++position;
  facts[order.front()].mustCheck = true;
  for (Block *block : order)
    for (Block *successor : block->getSuccessors()) {
      BlockFacts &to = facts[successor];
      if (to.from != block) // Several cases of a switch may lead to one block.
        ++to.waysIn;
      to.from = block;
      if (rank.lookup(successor) > rank.lookup(block))
        continue;
      BlockFacts &from = facts[block];
      from.mustCheck = true;
      to.loopEnd = std::max(to.loopEnd, from.position);
    }
}

/// Gives each block the end of the innermost loop around it, as the source nests them.
void ChargePlan::findLoops(llvm::ArrayRef<Block *> order) {
  llvm::SmallVector<unsigned> ends;
  for (Block &block : *order.front()->getParent()) {
    auto found = facts.find(&block);
    if (found == facts.end())
      continue;
    BlockFacts &fact = found->second;
    while (!ends.empty() && ends.back() < fact.position)
      ends.pop_back();
    if (fact.loopEnd >= fact.position)
      ends.push_back(fact.loopEnd);
    fact.loopEnd = ends.empty() ? 0 : ends.back();
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
    facts.find(from)->second.mustCheck = true;
}

/// Nothing is gained if all ways out have to take the charge by themselves. Some of a switch's may,
/// and the way out of a loop.
bool ChargePlan::canPassOn(Block &block) const {
  const BlockFacts &fact = facts.find(&block)->second;
  Operation *terminator = block.getTerminator();
  if (!fact.hasPureEnd || fact.mustCheck || !isa<cf::CondBranchOp, cf::SwitchOp>(terminator))
    return false;
  bool isSwitch = isa<cf::SwitchOp>(terminator);
  size_t numOnly = 0, numOthers = 0;
  for (Block *successor : block.getSuccessors()) {
    const BlockFacts &to = facts.find(successor)->second;
    bool leavesLoop = fact.loopEnd != 0 && to.position > fact.loopEnd;
    if (to.waysIn == 1)
      ++numOnly;
    else if (isSwitch || leavesLoop)
      ++numOthers;
    else
      return false;
  }
  return isSwitch ? numOthers < numOnly : numOnly != 0;
}
