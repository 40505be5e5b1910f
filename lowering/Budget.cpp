//===- Budget.cpp - Units of work that optimizing a function needs --------===//

#include "lowering/Budget.h"

#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace writ;

namespace {
/// Where a block's ops lie in the function, and how far the furthest branch back to it.
struct Extent {
  uint64_t index = 0; ///< Of the block.
  uint64_t begin = 0, end = 0;
  uint64_t loopEnd = 0; ///< 0 if no branch goes back to the block.
  unsigned ways = 0;    ///< How many edges lead to it.
};

/// What optimizing a function depends on.
struct Size {
  llvm::DenseMap<Block *, Extent> extents;
  uint64_t ops = 0, edges = 0;
  uint64_t switchEdges = 0;
  uint64_t squares = 0; ///< Of the ops in each block.
  uint64_t spans = 0;   ///< Blocks that values live across.

  void measureBlocks(contract::FuncOp func);
  void measureEdges(contract::FuncOp func);
  void measureSpans(contract::FuncOp func);
};
} // namespace

void Size::measureBlocks(contract::FuncOp func) {
  for (Block &block : func.getBody()) {
    uint64_t begin = ops;
    for (Operation &op : block)
      ops += 1 + op.getNumOperands() / 4;
    extents[&block] = {extents.size(), begin, ops};
    squares += (ops - begin) * (ops - begin);
  }
}

void Size::measureEdges(contract::FuncOp func) {
  for (Block &block : func.getBody()) {
    Operation *terminator = block.getTerminator();
    if (isa<cf::SwitchOp>(terminator))
      switchEdges += terminator->getNumSuccessors();
    const Extent from = extents.find(&block)->second;
    for (Block *successor : terminator->getSuccessors()) {
      Extent &to = extents.find(successor)->second;
      ++to.ways;
      edges += 1 + successor->getNumArguments();
      if (to.begin <= from.begin)
        to.loopEnd = std::max(to.loopEnd, from.end);
    }
  }
}

void Size::measureSpans(contract::FuncOp func) {
  auto measure = [&](Value value, Block *home) {
    uint64_t from = extents.find(home)->second.index, last = from;
    for (OpOperand &use : value.getUses())
      if (Block *block = use.getOwner()->getBlock(); block != home)
        last = std::max(last, extents.find(block)->second.index);
    spans += last - from;
  };
  for (Block &block : func.getBody()) {
    for (BlockArgument argument : block.getArguments())
      measure(argument, &block);
    for (Operation &op : block)
      if (!op.hasTrait<OpTrait::ConstantLike>())
        for (Value result : op.getResults())
          measure(result, &block);
  }
}

uint64_t writ::optimizerWork(contract::FuncOp func) {
  Size size;
  size.measureBlocks(func);
  size.measureEdges(func);
  size.measureSpans(func);
  // A slot may need a phi wherever ways join, and the analyses of loops see the ops of an
  // inner loop once for each loop around it.
  uint64_t joins = 0, loopOps = 0;
  for (auto &[block, extent] : size.extents) {
    joins += extent.ways > 1;
    loopOps += extent.loopEnd ? extent.loopEnd - extent.begin : 0;
  }
  return 25 * (size.ops + size.edges) + joins * func.getNumSlots() / 8 + loopOps / 32 +
         size.squares / 5000 + size.spans / 10 + size.switchEdges * size.extents.size() / 25;
}
