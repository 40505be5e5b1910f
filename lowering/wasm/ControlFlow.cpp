//===- ControlFlow.cpp - What it takes to nest a flat graph ---------------===//
#include "lowering/wasm/ControlFlow.h"

#include "mlir-dialect/IR/Position.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Dominance.h"

#include <algorithm>
#include <fmt/format.h>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

/// Numbers what can be reached from `entry`. The last successor comes first in post-order, so that
/// the first one's code stands first.
void ControlFlow::findOrder(Block *entry) {
  blocks.clear();
  theOrder.clear();
  SmallVector<std::pair<Block *, unsigned>> path{{entry, entry->getNumSuccessors()}};
  blocks[entry];
  while (!path.empty()) {
    auto &[block, left] = path.back();
    if (left == 0) {
      theOrder.push_back(block);
      path.pop_back();
      continue;
    }
    Block *next = block->getSuccessor(--left);
    if (blocks.try_emplace(next).second)
      path.push_back({next, next->getNumSuccessors()});
  }
  std::reverse(theOrder.begin(), theOrder.end());
  for (size_t number = 0; number < theOrder.size(); ++number)
    blocks[theOrder[number]].number = uint32_t(number);
}

SmallVector<OperandRange> wasmgen::passedValues(Operation *end) {
  SmallVector<OperandRange> values;
  if (auto table = dyn_cast<cf::SwitchOp>(end)) {
    values.push_back(table.getDefaultOperands());
    OperandRange rest = table->getOperands().drop_front(1 + values.front().size());
    for (int32_t count : table.getCaseOperandSegments()) {
      values.push_back(rest.take_front(size_t(count)));
      rest = rest.drop_front(size_t(count));
    }
  } else if (auto branch = dyn_cast<BranchOpInterface>(end)) {
    for (unsigned index = 0; index < branch->getNumSuccessors(); ++index)
      values.push_back(branch.getSuccessorOperands(index).getForwardedOperands());
  }
  return values;
}

Block *wasmgen::makeBetween(Operation *end, Block *to, OperandRange values) {
  auto *between = new Block();
  end->getParentRegion()->getBlocks().insert(to->getIterator(), between);
  auto builder = OpBuilder::atBlockEnd(between);
  cf::BranchOp::create(builder, end->getLoc(), to, values);
  return between;
}

void wasmgen::retarget(Operation *end, ArrayRef<Block *> targets) {
  auto table = dyn_cast<cf::SwitchOp>(end);
  if (!table) {
    for (unsigned index = 0; index < targets.size(); ++index) {
      if (targets[index] == end->getSuccessor(index))
        continue;
      SuccessorOperands values = cast<BranchOpInterface>(end).getSuccessorOperands(index);
      values.erase(0, values.size());
      end->setSuccessor(targets[index], index);
    }
    return;
  }
  SmallVector<ValueRange> values;
  for (auto [passed, from, to] : llvm::zip_equal(passedValues(end), end->getSuccessors(), targets))
    values.push_back(from == to ? ValueRange(passed) : ValueRange());
  OpBuilder builder(end);
  auto made = cf::SwitchOp::create(builder, end->getLoc(), table.getFlag(), targets.front(),
                                   values.front(), table.getCaseValuesAttr(), targets.drop_front(),
                                   ArrayRef(values).drop_front());
  made->setDiscardableAttrs(end->getDiscardableAttrDictionary());
  end->erase();
}

/// Values are set before a branch that may go elsewhere too: that must not change anything which is
/// needed there. True if the graph has changed.
bool ControlFlow::splitEdges() {
  struct Way {
    unsigned index;
    Block *between = nullptr;
  };
  bool hasChanged = false;
  for (Block *block : theOrder) {
    Operation *end = block->getTerminator();
    if (end->getNumSuccessors() < 2)
      continue;
    SmallVector<OperandRange> values = passedValues(end);
    SmallVector<Block *> targets(end->getSuccessors());
    llvm::SmallDenseMap<Block *, Way, 8> direct, split;
    for (unsigned index = 0; index < targets.size(); ++index) {
      Block *to = targets[index];
      if (to->getNumArguments() == 0)
        continue;
      auto isLike = [&](const Way &way) { return llvm::equal(values[index], values[way.index]); };
      if (!isBack(block, to) && isLike(direct.try_emplace(to, Way{index}).first->second))
        continue;
      Way &way = split.try_emplace(to, Way{index}).first->second;
      if (!way.between || !isLike(way))
        way = {index, makeBetween(end, to, values[index])};
      targets[index] = way.between;
    }
    if (llvm::equal(targets, end->getSuccessors()))
      continue;
    retarget(end, targets);
    hasChanged = true;
  }
  return hasChanged;
}

/// "token.wasm:0x1f3: ", as far as the function knows.
static std::string positionOf(FuncOp func, Operation *op) {
  auto place = dyn_cast<FileLineColLoc>(func.getLoc());
  uint32_t offset = byteOffset(op);
  if (!place || offset == ~0u)
    return "";
  return fmt::format("{}:{:#x}: ", place.getFilename().str(), offset);
}

Result<void> ControlFlow::findLoops(FuncOp func, DominanceInfo &dominance) {
  for (Block *block : theOrder) {
    bool isSwitch = isa<cf::SwitchOp>(block->getTerminator());
    for (Block *to : block->getSuccessors()) {
      FlowBlock &target = blocks[to];
      if (isBack(block, to)) {
        if (block != to && !dominance.dominates(to, block))
          return badInput(positionOf(func, block->getTerminator()) + "function '" +
                          func.getSymName().str() +
                          "' has a loop with more than one entry, which WebAssembly has not");
        target.isLoop = true;
        backEdges[target.number].push_back(block);
        continue;
      }
      target.isMerge |= isSwitch || target.from != nullptr;
      target.from = block;
    }
  }
  for (Block *block : theOrder) {
    FlowBlock &flow = blocks[block];
    if (flow.isMerge || flow.isLoop)
      flow.from = nullptr;
  }
  return {};
}

/// The head of the outermost loop around `from` that `to`, which it dominates, is not in.
Block *ControlFlow::loopLeft(Block *from, Block *to) const {
  constexpr unsigned mostLevels = 64; // Then it stands in some of them.
  // A loop that has an entry at `to` does not have `from` in it, any other with `to` does.
  const FlowBlock &place = (*this)[from];
  Block *around = place.isLoop ? from : place.loop;
  Block *common = (*this)[to].loop, *left = nullptr;
  for (unsigned level = 0; around != common && around && level < mostLevels; ++level) {
    left = around;
    around = (*this)[around].loop;
  }
  return left;
}

/// Code that a loop is left for stands behind it, as compilers write it: engines find in the loop
/// only what runs in it.
void ControlFlow::placeMerges(FuncOp func, DominanceInfo &dominance) {
  auto &tree = dominance.getDomTree(&func.getBody());
  for (Block *block : llvm::drop_begin(theOrder)) {
    FlowBlock &flow = blocks[block];
    Block *dominator = tree.getNode(block)->getIDom()->getBlock();
    // A trap stands where it is, unless code behind the loop leads to it too.
    bool isAside = isa<TrapOp>(block->getTerminator()) && !flow.isMerge;
    Block *left = isAside ? nullptr : loopLeft(dominator, block);
    flow.isMerge |= left != nullptr;
    if (left)
      blocks[left].exits.push_back(block);
    else if (flow.isMerge)
      blocks[dominator].merges.push_back(block);
  }
}

/// Loops found from the inside out share a table of what each block is in: a loop that was found
/// counts as its head. The number of the head of the loop around each block; of a head, of the
/// next loop.
std::vector<uint32_t> ControlFlow::findDepths() {
  std::vector<uint32_t> headOf(theOrder.size(), ~0u), around(theOrder.size(), ~0u);
  auto outermost = [&](uint32_t number) {
    while (around[number] != ~0u) {
      if (uint32_t next = around[around[number]]; next != ~0u)
        around[number] = next; // Halves the path.
      number = around[number];
    }
    return number;
  };
  for (uint32_t head = uint32_t(theOrder.size()); head-- > 0;) {
    SmallVector<uint32_t> work;
    for (Block *block : backEdges[head])
      work.push_back(blocks[block].number);
    while (!work.empty()) {
      uint32_t number = outermost(work.pop_back_val());
      if (number == head)
        continue;
      headOf[number] = around[number] = head;
      for (Block *before : theOrder[number]->getPredecessors())
        if (auto found = blocks.find(before); found != blocks.end())
          work.push_back(found->second.number);
    }
  }
  for (uint32_t number = 0; number < theOrder.size(); ++number) {
    FlowBlock &flow = blocks[theOrder[number]];
    flow.depth = flow.isLoop;
    if (headOf[number] == ~0u)
      continue;
    flow.loop = theOrder[headOf[number]];
    flow.depth += blocks[flow.loop].depth;
  }
  return headOf;
}

void ControlFlow::findCallFree(const std::vector<uint32_t> &headOf) {
  std::vector<bool> calls(theOrder.size(), false);
  for (uint32_t number = uint32_t(theOrder.size()); number-- > 0;) {
    Block *block = theOrder[number];
    bool observes = llvm::any_of(*block, [](Operation &op) { return op.hasTrait<ObservesGas>(); });
    uint32_t head = blocks[block].isLoop ? number : headOf[number];
    if (observes && head != ~0u)
      calls[head] = true;
  }
  for (uint32_t number = uint32_t(theOrder.size()); number-- > 0;)
    if (calls[number] && headOf[number] != ~0u)
      calls[headOf[number]] = true;
  for (uint32_t number = 0; number < theOrder.size(); ++number) {
    FlowBlock &flow = blocks[theOrder[number]];
    uint32_t head = flow.isLoop ? number : headOf[number];
    flow.isCallFree = head != ~0u && !calls[head];
  }
}

Result<ControlFlow> ControlFlow::analyze(FuncOp func) {
  ControlFlow flow;
  Block *entry = &func.getBody().front();
  flow.findOrder(entry);
  if (flow.splitEdges())
    flow.findOrder(entry);
  flow.backEdges.assign(flow.theOrder.size(), {});
  if (flow.theOrder.size() == 1 && entry->getNumSuccessors() == 0)
    return flow;
  DominanceInfo dominance(func);
  if (Result<void> found = flow.findLoops(func, dominance); !found)
    return found.error();
  flow.findCallFree(flow.findDepths());
  flow.placeMerges(func, dominance);
  return flow;
}
