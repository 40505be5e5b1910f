//===- Inside.cpp - Accesses that are never outside the memory ------------===//
#include "lowering/wasm/Inside.h"

#include "lowering/wasm/FunctionEmitter.h"

#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

namespace {
/// Accesses that are counted from the same base.
struct Object {
  Assumption assumed{};
  SmallVector<Operation *> accesses;
};
} // namespace

/// Blocks that run whenever the function does, unless it traps before.
static llvm::DenseSet<Block *> certainBlocks(FuncOp func) {
  llvm::DenseSet<Block *> certain;
  Block *block = &func.getBody().front();
  while (block && certain.insert(block).second)
    block = block->getNumSuccessors() == 1 ? block->getSuccessor(0) : nullptr;
  return certain;
}

/// Pointers may be tagged, or mark that there is nothing: they are assumed to be what they look
/// like only if they are used as such in any case.
static bool isWorthAssuming(const Object &object, const ControlFlow &flow,
                            const llvm::DenseSet<Block *> &certain) {
  bool isPointer = object.assumed.base >= firstGlobalBase ||
                   llvm::any_of(object.accesses,
                                [&](Operation *op) { return certain.contains(op->getBlock()); });
  bool isHot =
      llvm::any_of(object.accesses, [&](Operation *op) { return flow[op->getBlock()].depth != 0; });
  return isPointer && (isHot || object.accesses.size() > 2);
}

/// Adds an access that is counted from a base, if it is near enough to that.
static void addToObject(llvm::MapVector<Base, Object> &objects, Operation *op, Range where,
                        uint64_t size) {
  constexpr int64_t mostApart = 1 << 14;
  int64_t end = where.most + int64_t(std::min<uint64_t>(size, uint64_t(1) << 32));
  if (where.base == noBase || where.least < -mostApart || end > mostApart)
    return;
  Object &object = objects[where.base];
  object.assumed = {where.base, std::min(object.assumed.least, where.least),
                    std::max(object.assumed.end, end)};
  object.accesses.push_back(op);
}

/// Of all ops, each once.
static uint64_t sumOfCounts(const ControlFlow &flow) {
  uint64_t sum = 0;
  for (Block *block : flow.order())
    for (auto cost : block->getOps<CostOpInterface>())
      if (CostsAttr costs = cost.getStaticCosts())
        for (CostCount count : costs.getCounts())
          sum += count.count;
  return sum;
}

/// Prices are below 2^32, so that what is not looked at on the way stays far below 2^63.
static void findLoops(Inside &inside, AddressRanges &ranges, const ControlFlow &flow) {
  constexpr int64_t mostRounds = 1024;
  constexpr uint64_t mostCost = 1 << 16;
  llvm::DenseSet<Block *> outer;
  bool isCheap = sumOfCounts(flow) <= mostCost;
  for (Block *block : llvm::reverse(flow.order())) {
    if (!flow[block].isLoop)
      continue;
    auto rounds = outer.contains(block) ? std::nullopt : ranges.roundsIn(block);
    if (rounds && rounds->most <= mostRounds && isCheap)
      inside.shortLoops.insert(block);
    if (rounds && rounds->isExact && flow.backTo(block) == ArrayRef(block))
      inside.counted[block] = rounds->most;
    outer.insert(flow[block].loop);
  }
}

Inside wasmgen::findInside(FuncOp func, const ControlFlow &flow, uint64_t bytes, bool mayAssume) {
  Inside inside;
  AddressRanges ranges(func, flow);
  llvm::MapVector<Base, Object> objects;
  for (Block *block : flow.order())
    for (Operation &op : *block)
      if (auto access = accessOf(&op)) {
        Range where = ranges.whereIs(access->address);
        if (where.base == noBase && uint64_t(where.most) + access->end <= bytes)
          inside.accesses.insert(&op);
        if (mayAssume)
          addToObject(objects, &op, where, access->end);
      }
  llvm::DenseSet<Block *> certain = certainBlocks(func);
  for (auto &[base, object] : objects)
    if (isWorthAssuming(object, flow, certain)) {
      inside.accesses.insert_range(object.accesses);
      inside.assumed.push_back(object.assumed);
    }
  findLoops(inside, ranges, flow);
  return inside;
}
