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
  bool isCertain = false; ///< One of them runs whenever the function does.
  bool isHot = false;     ///< One of them runs in a loop.
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
static bool isWorthAssuming(const Object &object) {
  bool isPointer = object.assumed.base >= firstGlobalBase || object.isCertain;
  return isPointer && (object.isHot || object.accesses.size() > 2);
}

Inside wasmgen::findInside(FuncOp func, const ControlFlow &flow, uint64_t bytes, bool mayAssume) {
  constexpr int64_t mostApart = 1 << 20;
  Inside inside;
  AddressRanges ranges(func, flow);
  llvm::MapVector<Base, Object> objects;
  llvm::DenseSet<Block *> certain = certainBlocks(func);
  size_t numOps = 0;
  for (Block *block : flow.order())
    for (Operation &op : *block) {
      ++numOps;
      auto access = accessOf(&op);
      if (!access)
        continue;
      Range where = ranges.whereIs(access->address);
      if (where.base == noBase && uint64_t(where.most) + access->end <= bytes)
        inside.accesses.insert(&op);
      int64_t end = where.most + int64_t(std::min<uint64_t>(access->end, uint64_t(1) << 32));
      if (!mayAssume || where.base == noBase || where.least < -mostApart || end > mostApart)
        continue;
      Object &object = objects[where.base];
      int64_t least = std::min(object.assumed.least, where.least);
      object.assumed = {where.base, least, std::max(object.assumed.end, end)};
      object.accesses.push_back(&op);
      object.isCertain |= certain.contains(block);
      object.isHot |= flow[block].depth != 0;
    }
  // Prices are below 2^32: sums of what has not been looked at stay far below 2^63.
  constexpr int64_t mostRounds = 1024;
  constexpr size_t mostOps = 1 << 16;
  llvm::DenseSet<Block *> outer;
  for (Block *block : llvm::reverse(flow.order())) {
    if (!flow[block].isLoop || numOps > mostOps)
      continue;
    auto rounds = outer.contains(block) ? std::nullopt : ranges.mostRounds(block);
    if (rounds && *rounds <= mostRounds)
      inside.shortLoops.insert(block);
    outer.insert(flow[block].loop);
  }
  for (auto &[base, object] : objects)
    if (isWorthAssuming(object)) {
      inside.accesses.insert_range(object.accesses);
      inside.assumed.push_back(object.assumed);
    }
  return inside;
}
