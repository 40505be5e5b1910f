//===- FastPath.cpp - Pay regions ahead, with a slow twin -----------------===//
#include "lowering/wasm/FastPath.h"

#include "hostabi/Traps.h"
#include "lowering/wasm/CountedLoops.h"
#include "lowering/wasm/FloatStores.h"
#include "lowering/wasm/FunctionEmitter.h"
#include "mlir-dialect/IR/CostSum.h"
#include "mlir-dialect/IR/Effects.h"

#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

namespace {
/// A load or store that may be outside the memory.
struct Access {
  Operation *op;
  Value address;
  uint64_t end;               ///< Bytes from the address that must be inside.
  AddressKeys::Key key, base; ///< Of the address, and of what it is but for a constant.
  uint32_t constant;
  bool isAvailable;      ///< Its address can be had at the region's start.
  CostsAttr outstanding; ///< What the region's charge has paid for and is still to come.
};

/// From a charge, or the block's start, to the next one, or to what sees the gas left.
struct GasRegion {
  ChargeOp charge; ///< Null if nothing was paid.
  SmallVector<Operation *> ops;
  SmallVector<Access> accesses;
  bool needsTwin = false;
  size_t twinEnd = 0; ///< What the twin must do, of `ops`.
};

class FastMaker {
public:
  FastMaker(FuncOp func, const ControlFlow &flow, const Inside &always, ModuleState &module)
      : func(func), flow(flow), always(always), module(module), builder(func.getContext()),
        floats(func) {
    made.gasSlot = func.getNumSlots();
    made.limitSlot = made.gasSlot + 1;
  }

  FastPath make(Speed speed);

private:
  void chooseBlocks(Speed speed);
  void chooseLimit(ArrayRef<Block *> chosen);
  void splitWays(Block *block);
  void makeBlock(Block *chosen);
  GasRegion scan(Operation *first);
  void scanOp(GasRegion &region, Operation *op, CostSum &outstanding);
  void scanAccess(GasRegion &region, Operation *op, AccessRange range, CostsAttr left);
  SmallVector<SmallVector<Access>> groupsOf(const GasRegion &region);
  bool isWorthATwin(const GasRegion &region);
  Value isOutside(ArrayRef<Access> group);
  void makeTwin(GasRegion &region);
  void checkAccess(const Access &access);
  void checkAll(GasRegion &region);
  void lookAtNans(const StoreGroup &group);
  bool mayLeave(Operation *op) const;
  void planLook(Operation *op);
  Value isOutside(Value address, uint64_t end);
  Value constant(Type type, int64_t value);
  Block *makeSide();
  void cutAtExits();
  CostsAttr attr(const CostSum &costs) {
    return costs.isZero() ? CostsAttr() : costs.toAttr(func.getContext());
  }

  FuncOp func;
  const ControlFlow &flow;
  const Inside &always;
  ModuleState &module;
  OpBuilder builder;
  FloatBits floats;
  FastPath made;

  // Of the block that is being made fast:
  Block *block = nullptr;
  SmallVector<std::pair<Value, Block *>> exits; ///< In order: where to go if something holds.
  AddressKeys addresses;
  FloatStores floatStores;
  DenseMap<Operation *, Operation *> checked;  ///< Accesses that are looked at: where that begins.
  llvm::DenseSet<Block *> paid;                ///< With all rounds of the loop.
  llvm::DenseSet<Block *> comesBack;           ///< Of those in `exits`.
  DenseMap<AddressKeys::Key, uint64_t> inside; ///< Bytes from an address that are in the memory.
  bool hasLooked = false;                      ///< Since the last charge.
  bool hasGrown = false;                       ///< The memory, in this region.
};
} // namespace

//===----------------------------------------------------------------------===//
// Which blocks
//===----------------------------------------------------------------------===//

void FastMaker::chooseBlocks(Speed speed) {
  for (Block *block : flow.order())
    if (speed == Speed::Whole || flow[block].isCallFree)
      made.blocks.insert(block);
}

/// Puts a block on each way between those that are fast and those that are not.
void FastMaker::splitWays(Block *block) {
  bool isFast = made.isFast(block);
  Operation *end = block->getTerminator();
  SmallVector<OperandRange> values = passedValues(end);
  SmallVector<Block *> targets(end->getSuccessors());
  llvm::SmallDenseMap<Block *, Block *> between;
  for (auto [to, passed] : llvm::zip_equal(targets, values)) {
    if (made.isFast(to) == isFast)
      continue;
    Block *&way = between[to];
    if (!way)
      way = makeBetween(end, to, passed);
    FastPath::Start start;
    (isFast ? start.leaves : start.enters) = true;
    start.looks = isFast;
    made.starts[way] = start;
    to = way;
  }
  if (!between.empty())
    retarget(end, targets);
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

/// Somebody sees what has been done, or nobody looks at the gas for long.
static bool mustLookBefore(const OpRow &row, Operation *op) {
  return row.lasts || isa<ReturnOp>(op);
}

void FastMaker::planLook(Operation *op) {
  if (!std::exchange(hasLooked, true))
    made.looks.insert(op);
}

void FastMaker::scanAccess(GasRegion &region, Operation *op, AccessRange range, CostsAttr left) {
  auto [address, end] = range;
  if (always.accesses.contains(op))
    return;
  AddressKeys::Key key = addresses.keyOf(address);
  if (inside.lookup(key) >= end)
    return;
  auto [base, constant] = splitAddress(addresses.resolve(address));
  bool isAvailable = !hasGrown && addresses.isAvailable(address);
  region.accesses.push_back(
      {op, address, end, key, addresses.keyOf(base), constant, isAvailable, left});
}

void FastMaker::scanOp(GasRegion &region, Operation *op, CostSum &outstanding) {
  const OpRow row = module.rows[op];
  addresses.visit(op);
  floatStores.note(op, addresses);
  if (auto cost = dyn_cast<CostOpInterface>(op))
    outstanding.subtract(cost.getStaticCosts());
  bool ends = op->hasTrait<ObservesGas>() || op->hasTrait<OpTrait::IsTerminator>();
  region.needsTwin |= row.lasts && !outstanding.isZero();
  if ((row.lasts || row.mayTrap) && !ends)
    region.twinEnd = region.ops.size();
  if (auto range = accessOf(op))
    scanAccess(region, op, *range, attr(outstanding));
  else if (row.mayTrap && !op->hasTrait<ObservesGas>() && !dividesSafely(op))
    made.exact[op] = attr(outstanding);
  hasGrown |= isa<MemoryGrowOp>(op);
}

/// `first` is its charge, or the first op of a block.
GasRegion FastMaker::scan(Operation *first) {
  GasRegion region;
  CostSum outstanding;
  region.charge = dyn_cast<ChargeOp>(first);
  if (region.charge)
    outstanding.add(region.charge.getCosts());
  addresses.startRegion();
  hasGrown = false;
  for (Operation *op = region.charge ? first->getNextNode() : first; op && !isa<ChargeOp>(op);
       op = op->getNextNode()) {
    region.ops.push_back(op);
    scanOp(region, op, outstanding);
    if (op->hasTrait<ObservesGas>())
      break;
  }
  return region;
}

/// Those that one look can stand for: their addresses are a common value and constants that do not
/// differ by much.
SmallVector<SmallVector<Access>> FastMaker::groupsOf(const GasRegion &region) {
  constexpr uint32_t mostApart = 1 << 16;
  llvm::MapVector<AddressKeys::Key, SmallVector<Access>> byBase;
  for (const Access &access : region.accesses)
    if (access.isAvailable)
      byBase[access.base].push_back(access);
  SmallVector<SmallVector<Access>> groups;
  for (auto &[base, accesses] : byBase) {
    llvm::sort(accesses, [](const Access &a, const Access &b) {
      return std::pair(a.constant, a.end) < std::pair(b.constant, b.end);
    });
    for (const Access &access : accesses) {
      bool isFar = groups.empty() || groups.back().front().base != base ||
                   access.constant - groups.back().front().constant >= mostApart;
      if (isFar)
        groups.emplace_back();
      groups.back().push_back(access);
    }
  }
  return groups;
}

/// There are fewer looks if they are taken at the start.
bool FastMaker::isWorthATwin(const GasRegion &region) {
  DenseMap<AddressKeys::Key, uint64_t> ends;
  size_t alone = 0;
  for (const Access &access : region.accesses)
    if (uint64_t &end = ends[access.key]; access.isAvailable && end < access.end) {
      end = access.end;
      ++alone;
    }
  return alone > 1 && groupsOf(region).size() < alone;
}

//===----------------------------------------------------------------------===//
// Changes
//===----------------------------------------------------------------------===//

Value FastMaker::constant(Type type, int64_t value) {
  return arith::ConstantOp::create(builder, func.getLoc(), builder.getIntegerAttr(type, value));
}

Value FastMaker::isOutside(Value address, uint64_t end) {
  Type wide = builder.getI64Type();
  Location where = func.getLoc();
  Value last = arith::ExtUIOp::create(builder, where, wide, address);
  if (int64_t more = int64_t(end) - made.limitEnd)
    last = arith::AddIOp::create(builder, where, last, constant(wide, more));
  made.usesLimit = true;
  Value limit = LocalGetOp::create(builder, where, wide, int32_t(made.limitSlot));
  return arith::CmpIOp::create(builder, where, arith::CmpIPredicate::sgt, last, limit);
}

/// Whether one of them will be: one look says that none is, and if it does not, each is looked at.
Value FastMaker::isOutside(ArrayRef<Access> group) {
  llvm::MapVector<AddressKeys::Key, Access> furthest;
  uint64_t end = 0;
  for (const Access &access : group) {
    auto [known, isNew] = furthest.insert({access.key, access});
    if (!isNew && known->second.end < access.end)
      known->second = access;
    end = std::max(end, access.constant - group.front().constant + access.end);
  }
  Value any;
  for (auto &[key, access] : furthest) {
    Value outside = isOutside(addresses.cloneAt(builder, access.address), access.end);
    any = any ? arith::OrIOp::create(builder, func.getLoc(), any, outside) : outside;
    inside[key] = access.end;
  }
  if (furthest.size() == 1)
    return any;
  Value mayBe = isOutside(addresses.cloneAt(builder, group.front().address), end);
  return arith::AndIOp::create(builder, func.getLoc(), mayBe, any);
}

/// What runs in place of the rest of the block.
Block *FastMaker::makeSide() {
  auto *side = new Block();
  func.getBody().getBlocks().insert(std::next(block->getIterator()), side);
  builder.setInsertionPointToEnd(side);
  return side;
}

/// Behind the charge: a look at the gas left and at what will be accessed.
void FastMaker::makeTwin(GasRegion &region) {
  Location where = region.charge.getLoc();
  Block *twin = makeSide();
  IRMapping values;
  for (Operation *op : ArrayRef(region.ops).take_front(region.twinEnd))
    builder.clone(*op, values);
  TrapOp::create(builder, where, int32_t(TrapKind::OutOfGas));
  FastPath::Start start;
  start.isTwin = start.leaves = start.looks = true;
  start.refund = region.charge.getCosts();
  made.starts[twin] = start;

  builder.setInsertionPointAfter(region.charge);
  Type wide = builder.getI64Type();
  Value left = LocalGetOp::create(builder, where, wide, int32_t(made.gasSlot));
  Value isSlow =
      arith::CmpIOp::create(builder, where, arith::CmpIPredicate::slt, left, constant(wide, 0));
  for (ArrayRef<Access> group : groupsOf(region))
    isSlow = arith::OrIOp::create(builder, where, isSlow, isOutside(group));
  exits.push_back({isSlow, twin});
}

/// Just before it; if it is outside, that is the trap.
void FastMaker::checkAccess(const Access &access) {
  Block *fault = makeSide();
  TrapOp::create(builder, access.op->getLoc(), int32_t(TrapKind::MemoryOutOfBounds));
  FastPath::Start start;
  start.leaves = true;
  start.refund = access.outstanding;
  made.starts[fault] = start;
  builder.setInsertionPoint(access.op);
  Operation *before = access.op->getPrevNode();
  exits.push_back({isOutside(access.address, access.end), fault});
  checked[access.op] = before ? before->getNextNode() : &block->front();
}

/// Something that is not what it seems, so that what was done is seen.
bool FastMaker::mayLeave(Operation *op) const {
  return checked.contains(op) || made.looks.contains(op) || made.exact.contains(op);
}

/// Sums of NaNs are NaNs; if there may be one, the values are stored again, as they should be:
/// before an access behind them is looked at, since that may be the end.
void FastMaker::lookAtNans(const StoreGroup &group) {
  Operation *look = checked.lookup(group.before), *next = look ? look : group.before;
  Location where = next->getLoc();
  Block *again = makeSide();
  for (StoreOp store : group.stores)
    builder.clone(*store);
  builder.setInsertionPoint(next);
  Value sum;
  for (StoreOp store : group.stores) {
    made.raw.insert(store);
    Value value = store.getValue();
    sum = sum ? FAddOp::create(builder, where, value.getType(), sum, value) : value;
  }
  comesBack.insert(again);
  made.blocks.insert(again);
  exits.push_back(
      {arith::CmpFOp::create(builder, where, arith::CmpFPredicate::UNE, sum, sum), again});
}

/// Cuts the block behind each condition: from the end, so that no op is moved twice.
void FastMaker::cutAtExits() {
  llvm::sort(exits, [](auto &a, auto &b) {
    return a.first.getDefiningOp()->isBeforeInBlock(b.first.getDefiningOp());
  });
  for (auto [condition, side] : llvm::reverse(exits)) {
    Operation *last = condition.getDefiningOp();
    Block *rest = block->splitBlock(last->getNextNode());
    made.blocks.insert(rest);
    if (comesBack.contains(side)) {
      builder.setInsertionPointToEnd(side);
      cf::BranchOp::create(builder, last->getLoc(), rest);
    }
    builder.setInsertionPointToEnd(block);
    cf::CondBranchOp::create(builder, last->getLoc(), condition, side, rest);
  }
  exits.clear();
}

/// In order: what one look found inside, the next need not look at.
void FastMaker::checkAll(GasRegion &region) {
  for (const Access &access : region.accesses)
    if (uint64_t &known = inside[access.key]; known < access.end) {
      known = access.end;
      checkAccess(access);
    }
}

void FastMaker::makeBlock(Block *chosen) {
  block = chosen;
  addresses = AddressKeys();
  floatStores = FloatStores();
  inside.clear();
  hasLooked = paid.contains(block);
  bool hasLookedEver = hasLooked; // Then no way around a loop through here is without a look.
  bool goesBack = llvm::any_of(block->getSuccessors(), [&](Block *to) {
    return flow.knows(to) && flow.isBack(block, to) && !always.shortLoops.contains(to);
  });
  for (Operation *next = &block->front(); next;) {
    GasRegion region = scan(next);
    next = region.ops.empty() ? next->getNextNode() : region.ops.back()->getNextNode();
    region.needsTwin |= isWorthATwin(region);
    hasLooked &= !region.charge;
    if (region.charge && region.needsTwin) {
      makeTwin(region);
      hasLooked = true;
    }
    hasLookedEver |= hasLooked;
    for (Operation *op : region.ops)
      if (mustLookBefore(module.rows[op], op) ||
          (goesBack && !hasLookedEver && op->hasTrait<OpTrait::IsTerminator>()))
        planLook(op);
    hasLookedEver |= hasLooked;
    checkAll(region);
    for (const StoreGroup &group :
         floatStores.groups(region.ops, floats, [&](Operation *op) { return mayLeave(op); }))
      lookAtNans(group);
  }
  cutAtExits();
}

/// What is looked at most needs no addition.
void FastMaker::chooseLimit(ArrayRef<Block *> chosen) {
  std::map<int64_t, uint64_t> uses{{made.limitEnd, 0}};
  for (Block *block : chosen)
    for (Operation &op : *block)
      if (auto access = accessOf(&op); access && !always.accesses.contains(&op))
        uses[int64_t(access->end)] += uint64_t(1) << std::min(4 * flow[block].depth, 32u);
  for (auto [end, count] : uses)
    if (count > uses[made.limitEnd])
      made.limitEnd = end;
}

FastPath FastMaker::make(Speed speed) {
  chooseBlocks(speed);
  SmallVector<Block *> chosen;
  for (Block *block : flow.order())
    if (made.isFast(block))
      chosen.push_back(block);
  if (chosen.empty())
    return std::move(made);
  chooseLimit(chosen);
  if (speed == Speed::Whole)
    made.starts[flow.order().front()].enters = true;
  for (Block *block : flow.order())
    splitWays(block);
  paid = payForLoops(made, func, always, module);
  for (Block *block : chosen)
    makeBlock(block);
  return std::move(made);
}

FastPath wasmgen::makeFast(FuncOp func, const ControlFlow &flow, const Inside &inside, Speed speed,
                           ModuleState &module) {
  return FastMaker(func, flow, inside, module).make(speed);
}
