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

/// The values that successor `index` of `end` gets.
static SuccessorOperands valuesOf(Operation *end, unsigned index) {
  return cast<BranchOpInterface>(end).getSuccessorOperands(index);
}

Block *writ::wasmgen::splitEdge(Operation *end, unsigned index, Block *between) {
  Block *to = end->getSuccessor(index);
  SuccessorOperands values = valuesOf(end, index);
  SmallVector<Value> passed;
  for (unsigned number = 0; number < values.size(); ++number)
    passed.push_back(values[number]);
  values.erase(0, values.size());
  if (!between) {
    between = new Block();
    end->getParentRegion()->getBlocks().insert(to->getIterator(), between);
    auto builder = OpBuilder::atBlockEnd(between);
    cf::BranchOp::create(builder, end->getLoc(), to, passed);
  }
  end->setSuccessor(between, index);
  return between;
}

/// Values are set before a branch that may go elsewhere too: that must not change anything which is
/// needed there. True if the graph has changed.
bool ControlFlow::splitEdges() {
  bool hasChanged = false;
  for (Block *block : theOrder) {
    Operation *end = block->getTerminator();
    if (end->getNumSuccessors() < 2)
      continue;
    llvm::SmallDenseMap<Block *, unsigned, 8> seen;
    for (unsigned index = 0; index < end->getNumSuccessors(); ++index) {
      Block *to = end->getSuccessor(index);
      if (to->getNumArguments() == 0)
        continue;
      auto [first, isNew] = seen.try_emplace(to, index);
      bool isSame = isNew || llvm::equal(valuesOf(end, index).getForwardedOperands(),
                                         valuesOf(end, first->second).getForwardedOperands());
      if (!isBack(block, to) && isSame)
        continue;
      splitEdge(end, index);
      hasChanged = true;
    }
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

Result<void> ControlFlow::findLoops(FuncOp func) {
  backEdges.assign(theOrder.size(), {});
  if (theOrder.size() == 1 && theOrder[0]->getNumSuccessors() == 0)
    return {};
  DominanceInfo dominance(func);
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
    if (flow.isMerge)
      blocks[dominance.getDomTree(&func.getBody()).getNode(block)->getIDom()->getBlock()]
          .merges.push_back(block);
  }
  return {};
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
    if (headOf[number] != ~0u)
      flow.depth += blocks[theOrder[headOf[number]]].depth;
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
  if (Result<void> found = flow.findLoops(func); !found)
    return found.error();
  flow.findCallFree(flow.findDepths());
  return flow;
}
