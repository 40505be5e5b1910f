//===- CountTicks.cpp - Count entries and rounds of loops -----------------===//
#include "mlir-dialect/Transforms/FunctionPasses.h"
#include "mlir-dialect/Transforms/Passes.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Dominance.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace writ::contract {
#define GEN_PASS_DEF_COUNTTICKS
#include "mlir-dialect/Transforms/Passes.h.inc"
} // namespace writ::contract

using namespace writ;
using namespace writ::contract;

namespace {
/// A block that a branch goes back to.
struct Header {
  Block *block;
  unsigned index; ///< Of the block, in the order of the source.
  unsigned last;  ///< The last block that branches back.
  SmallVector<Value, 4> live;
  bool isFull = false; ///< More is alive than may be.
};

/// A value that is read in other blocks than its own.
struct LongValue {
  unsigned made;
  unsigned last = 0; ///< The last block that reads it.
};

class TickPlacer {
public:
  TickPlacer(FuncOp func, unsigned mostValues) : func(func), mostValues(mostValues) {}

  void run() {
    findHeaders();
    if (!headers.empty()) {
      findLongValues();
      for (auto &[value, life] : longValues)
        addToHeaders(value, life);
    }
    placeEntryTick();
    placeLoopTicks();
  }

private:
  void findHeaders();
  void findLongValues();
  void addToHeaders(Value value, LongValue life);
  void placeEntryTick();
  void placeLoopTicks();

  FuncOp func;
  unsigned mostValues;
  DenseMap<Block *, unsigned> indices;
  SmallVector<Header, 4> headers; ///< In the order of the source.
  SmallVector<unsigned, 4> nextOpen;
  llvm::MapVector<Value, LongValue> longValues;
  std::optional<DominanceInfo> dominance;
  size_t numOps = 0;
};
} // namespace

void TickPlacer::findHeaders() {
  for (Block &block : func.getBody())
    indices.try_emplace(&block, indices.size());
  DenseMap<unsigned, unsigned> lastBranchTo;
  for (Block &block : func.getBody()) {
    unsigned index = indices.lookup(&block);
    for (Block *successor : block.getSuccessors())
      if (unsigned to = indices.lookup(successor); to <= index)
        lastBranchTo[to] = index;
  }
  if (lastBranchTo.empty())
    return;
  for (Block &block : func.getBody())
    if (auto found = lastBranchTo.find(indices.lookup(&block)); found != lastBranchTo.end())
      headers.push_back({&block, found->first, found->second, {}});
  for (unsigned i = 0; i <= headers.size(); ++i)
    nextOpen.push_back(i);
}

void TickPlacer::findLongValues() {
  for (Block &block : func.getBody()) {
    unsigned index = indices.lookup(&block);
    for (Operation &op : block) {
      ++numOps;
      for (Value operand : op.getOperands()) {
        Block *made = operand.getParentBlock();
        if (made == &block || isa_and_present<arith::ConstantOp>(operand.getDefiningOp()))
          continue;
        longValues.try_emplace(operand, LongValue{indices.lookup(made)}).first->second.last = index;
      }
    }
  }
}

/// Adds `value` to the headers behind its block, up to the last block that reads it: more than
/// those where it is alive, if anything. Those that are full are passed over, so that each
/// header is looked at a limited number of times, whatever the input.
void TickPlacer::addToHeaders(Value value, LongValue life) {
  auto firstBehind = llvm::partition_point(
      headers, [&](const Header &header) { return header.index <= life.made; });
  for (auto i = unsigned(firstBehind - headers.begin());; ++i) {
    unsigned open = i;
    while (nextOpen[open] != open)
      open = nextOpen[open] = nextOpen[nextOpen[open]];
    i = open;
    if (i == headers.size() || headers[i].index > life.last)
      return;
    if (!dominance)
      dominance.emplace(func);
    if (!dominance->dominates(value.getParentBlock(), headers[i].block))
      continue;
    headers[i].live.push_back(value);
    if (headers[i].live.size() <= mostValues)
      continue;
    headers[i].isFull = true;
    nextOpen[i] = i + 1;
  }
}

void TickPlacer::placeEntryTick() {
  Block &entry = func.getBody().front();
  for (Operation &op : entry)
    if (isa<EnterOp>(op)) {
      OpBuilder builder(op.getNextNode());
      TickOp::create(builder, func.getLoc(), 0, ValueRange());
      return;
    }
  OpBuilder builder = OpBuilder::atBlockBegin(&entry);
  TickOp::create(builder, func.getLoc(), 0, ValueRange());
}

void TickPlacer::placeLoopTicks() {
  size_t room = 4 * numOps + 1024;
  uint32_t number = 0;
  for (Header &header : headers) {
    SmallVector<Value> live;
    for (BlockArgument argument : header.block->getArguments())
      live.push_back(argument);
    live.append(header.live);
    size_t needed = func.getNumSlots() + live.size();
    auto isNameable = [](Value value) {
      auto integer = dyn_cast<IntegerType>(value.getType());
      return !integer || integer.getWidth() >= 32;
    };
    bool isNumbered = !header.isFull && needed <= room && llvm::all_of(live, isNameable);
    if (isNumbered)
      room -= needed;
    else
      live.clear();
    OpBuilder builder = OpBuilder::atBlockBegin(header.block);
    TickOp::create(builder, header.block->front().getLoc(), isNumbered ? ++number : 0, live);
  }
}

void writ::contract::countTicks(FuncOp func, unsigned mostValues) {
  if (!func.isExternal())
    TickPlacer(func, mostValues).run();
}

namespace {
struct CountTicks : contract::impl::CountTicksBase<CountTicks> {
  using CountTicksBase::CountTicksBase;

  void runOnOperation() override { countTicks(getOperation(), mostValues); }
};
} // namespace
