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

/// Nothing is gained if all ways out have to take the charge by themselves; on the way out of a
/// loop that is worth it.
bool ChargePlan::canPassOn(Block &block) const {
  const BlockFacts &fact = facts.find(&block)->second;
  Operation *terminator = block.getTerminator();
  if (!fact.hasPureEnd || fact.mustCheck || !isa<cf::CondBranchOp, cf::SwitchOp>(terminator))
    return false;
  bool helps = false;
  for (Block *successor : block.getSuccessors()) {
    const BlockFacts &to = facts.find(successor)->second;
    bool isOnly = to.waysIn == 1;
    bool leavesLoop = fact.loopEnd != 0 && to.position > fact.loopEnd;
    if (!isOnly && !(leavesLoop && isa<cf::CondBranchOp>(terminator)))
      return false;
    helps |= isOnly;
  }
  return helps;
}
