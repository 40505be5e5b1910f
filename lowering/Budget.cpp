//===- Budget.cpp - Units of work that optimizing a function needs --------===//

#include "lowering/Budget.h"

#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace writ;

namespace {
/// Where a block's ops lie in the function, and how far the furthest branch back to it.
struct Extent {
  uint64_t begin = 0, end = 0;
  uint64_t loopEnd = 0; ///< 0 if no branch goes back to the block.
  unsigned ways = 0;    ///< How many edges lead to it.
};
} // namespace

uint64_t writ::optimizerWork(contract::FuncOp func) {
  llvm::DenseMap<Block *, Extent> extents;
  uint64_t ops = 0, edges = 0;
  for (Block &block : func.getBody()) {
    uint64_t begin = ops;
    for (Operation &op : block)
      ops += 1 + op.getNumOperands() / 4;
    extents[&block].begin = begin;
    extents[&block].end = ops;
  }
  for (Block &block : func.getBody())
    for (Block *successor : block.getTerminator()->getSuccessors()) {
      Extent &to = extents[successor];
      ++to.ways;
      edges += 1 + successor->getNumArguments();
      if (to.begin <= extents[&block].begin)
        to.loopEnd = std::max(to.loopEnd, extents[&block].end);
    }
  // A slot may need a phi wherever ways join, and the analyses of loops see the ops of an
  // inner loop once for each loop around it.
  uint64_t joins = 0, loopOps = 0;
  for (auto &[block, extent] : extents) {
    joins += extent.ways > 1;
    loopOps += extent.loopEnd ? extent.loopEnd - extent.begin : 0;
  }
  return ops + edges + joins * func.getNumSlots() / 4 + loopOps / 4;
}
