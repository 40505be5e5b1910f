//===- AddressRanges.cpp - Addresses that are never outside ---------------===//
#include "lowering/wasm/AddressRanges.h"

#include "lowering/wasm/FunctionEmitter.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;
using arith::CmpIPredicate;

static constexpr int64_t two31 = int64_t(1) << 31, two32 = int64_t(1) << 32;
/// Sums and small products of such numbers do not wrap around 64 bits.
static constexpr int64_t mostNumber = int64_t(1) << 45;
static constexpr unsigned mostSteps = 64; ///< For one question.
static constexpr unsigned mostNested = 6; ///< Loops in which a write is noted.

using Known = std::optional<Range>;

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

static bool isWide(Value value) { return value.getType().isInteger(64); }

/// As an unsigned number.
static Known asUnsigned(Known range, bool isWide) {
  if (isWide)
    return range && range->base == noBase && range->least >= 0 ? range : std::nullopt;
  Range any{0, two32 - 1};
  if (!range || range->base != noBase || range->most - range->least >= two32)
    return any;
  int64_t base = llvm::divideFloorSigned(range->least, two32) * two32;
  Range moved{range->least - base, range->most - base};
  return moved.most < two32 ? moved : any;
}

static Known asSigned(Known range, bool isWide) {
  if (isWide)
    return range;
  Range any{-two31, two31 - 1};
  if (!range || range->base != noBase)
    return any;
  Known moved = asUnsigned(Range{range->least + two31, range->most + two31}, false);
  return Range{moved->least - two31, moved->most - two31};
}

static Known bounded(Known range) {
  bool isFine = range && range->least >= -mostNumber && range->most <= mostNumber;
  return isFine ? range : std::nullopt;
}

static Known join(Known a, Known b) {
  if (!a || !b || a->base != b->base)
    return std::nullopt;
  return Range{std::min(a->least, b->least), std::max(a->most, b->most), a->base};
}

/// Both hold. Numbers that a test keeps small are hardly addresses.
static Known narrower(Known a, Known b) {
  constexpr int64_t few = int64_t(1) << 24;
  if (!a || !b)
    return a ? a : b;
  if (b->base == noBase)
    std::swap(a, b);
  if (a->base != b->base)
    return a->most - a->least < few ? a : b;
  return a->most - a->least < b->most - b->least ? a : b;
}

static Known sum(Range a, Range b, bool isDifference) {
  if (isDifference) {
    if (a.base == b.base)
      a.base = b.base = noBase;
    b = {-b.most, -b.least, b.base};
  }
  if (b.base != noBase && (isDifference || a.base != noBase))
    return std::nullopt;
  return Range{a.least + b.least, a.most + b.most, a.base == noBase ? b.base : a.base};
}

static Known product(Known a, Known b) {
  constexpr int64_t mostFactor = int64_t(1) << 31;
  if (!a || !b || a->base != noBase || b->base != noBase ||
      std::max(std::abs(b->least), std::abs(b->most)) > mostFactor ||
      std::max(std::abs(a->least), std::abs(a->most)) > mostFactor)
    return std::nullopt;
  auto [least, most] =
      std::minmax({a->least * b->least, a->least * b->most, a->most * b->least, a->most * b->most});
  return Range{least, most};
}

static std::optional<int64_t> constantOf(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  auto number = constant ? dyn_cast<IntegerAttr>(constant.getValue()) : IntegerAttr();
  if (!number)
    return std::nullopt;
  return number.getValue().getSExtValue();
}

/// `value` is `base` and a constant.
static std::optional<std::pair<Value, int64_t>> splitSum(Value value) {
  auto sum = value.getDefiningOp<arith::AddIOp>();
  if (!sum)
    return std::nullopt;
  if (auto constant = constantOf(sum.getRhs()))
    return std::pair(sum.getLhs(), *constant);
  if (auto constant = constantOf(sum.getLhs()))
    return std::pair(sum.getRhs(), *constant);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

AddressRanges::AddressRanges(FuncOp func, const ControlFlow &flow) : func(func), flow(flow) {
  for (Operation &op : func.getBody().front()) {
    if (op.hasTrait<ObservesGas>() || isa<GlobalSetOp>(op))
      break;
    if (isa<GlobalGetOp>(op))
      firstReads.insert(&op);
  }
  isDeep.assign(flow.order().size(), false);
  for (Block *block : flow.order())
    for (auto write : block->getOps<LocalSetOp>())
      noteWrite(write);
}

void AddressRanges::noteWrite(LocalSetOp write) {
  Block *block = write->getBlock();
  uint32_t slot = uint32_t(write.getSlot());
  writesOf[{flow[block].number, slot}].push_back(write);
  Block *head = headAround(block);
  for (unsigned level = 0; head && level < mostNested; ++level, head = flow[head].loop) {
    Writes &writes = writesIn[{flow[head].number, slot}];
    ++writes.count;
    writes.last = write;
  }
  for (; head && !isDeep[flow[head].number]; head = flow[head].loop)
    isDeep[flow[head].number] = true;
}

Range AddressRanges::whereIs(Value address) {
  stepsLeft = mostSteps;
  Known range = rangeOf(address);
  return range && range->base != noBase ? *range : *asUnsigned(range, false);
}

std::optional<int64_t> AddressRanges::mostRounds(Block *head) {
  stepsLeft = mostSteps;
  return roundsOf(head);
}

/// What is asked for while it is being computed counts as unknown.
Known AddressRanges::rangeOf(Value value) {
  if (auto constant = constantOf(value))
    return bounded(Range{*constant, *constant});
  auto [known, isNew] = ranges.try_emplace(value);
  if (!isNew || stepsLeft == 0)
    return known->second;
  --stepsLeft;
  Known range = bounded(compute(value));
  return ranges[value] = range;
}

Known AddressRanges::compute(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op || !value.getType().isIntOrIndex())
    return std::nullopt;
  if (auto get = dyn_cast<LocalGetOp>(op))
    return valueAt(uint32_t(get.getSlot()), op->getBlock(), op);
  return ofOp(op);
}

/// Numbers below 2^bits.
static Range below(unsigned bits) { return {0, (int64_t(1) << bits) - 1}; }

/// As narrow numbers are zero-extended.
static Known extended(Known range, unsigned bits) {
  if (bits == 32)
    return asUnsigned(range, false);
  bool fits = range && range->least >= 0 && range->most <= below(bits).most;
  return fits ? range : below(bits);
}

static Known combined(Operation *op, Known a, Known b) {
  bool isWide = op->getResult(0).getType().isInteger(64);
  if (isa<arith::AddIOp, arith::SubIOp>(op))
    return a && b ? sum(*a, *b, isa<arith::SubIOp>(op)) : std::nullopt;
  if (isa<arith::MulIOp>(op))
    return product(a, b);
  a = asUnsigned(a, isWide);
  b = asUnsigned(b, isWide);
  if (isa<arith::AndIOp>(op)) {
    int64_t most = std::min(a ? a->most : INT64_MAX, b ? b->most : INT64_MAX);
    return Range{0, most};
  }
  if (isa<arith::OrIOp, arith::XOrIOp>(op) && a && b)
    return below(llvm::Log2_64_Ceil(uint64_t(std::max(a->most, b->most)) + 1));
  return std::nullopt;
}

/// The second operand is `by`.
static Known withConstant(Operation *op, Known a, int64_t by) {
  bool isWide = op->getResult(0).getType().isInteger(64);
  int64_t width = isWide ? 64 : 32;
  if (isa<ShlOp>(op) && by >= 0 && by < 31)
    return product(a, Range{int64_t(1) << by, int64_t(1) << by});
  a = asUnsigned(a, isWide);
  if (isa<ShrUOp>(op) && by > 0 && by < width)
    return a ? Range{a->least >> by, a->most >> by} : below(unsigned(width - by));
  if (isa<RemUOp>(op) && by > 0)
    return Range{0, by - 1};
  if (isa<DivUOp>(op) && by > 0 && a)
    return Range{a->least / by, a->most / by};
  return std::nullopt;
}

Known AddressRanges::ofOp(Operation *op) {
  if (auto get = dyn_cast<GlobalGetOp>(op)) {
    bool isBase = firstReads.contains(op) && get.getType().isInteger(32);
    return isBase ? Known(Range{0, 0, firstGlobalBase + uint32_t(get.getGlobal())}) : Known();
  }
  if (auto load = dyn_cast<LoadOp>(op))
    return load.getIsSigned() || load.getBits() > 32 ? Known() : below(unsigned(load.getBits()));
  if (auto wide = dyn_cast<arith::ExtUIOp>(op))
    return extended(rangeOf(wide.getIn()), wide.getIn().getType().getIntOrFloatBitWidth());
  if (auto narrow = dyn_cast<arith::TruncIOp>(op)) {
    Known range = rangeOf(narrow.getIn());
    unsigned bits = narrow.getType().getIntOrFloatBitWidth();
    return bits == 32 ? range : extended(range, bits);
  }
  if (auto select = dyn_cast<arith::SelectOp>(op))
    return join(rangeOf(select.getTrueValue()), rangeOf(select.getFalseValue()));
  if (isa<arith::CmpIOp, arith::CmpFOp>(op))
    return below(1);
  if (isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::AndIOp, arith::OrIOp, arith::XOrIOp>(
          op))
    return combined(op, rangeOf(op->getOperand(0)), rangeOf(op->getOperand(1)));
  if (isa<ShlOp, ShrUOp, RemUOp, DivUOp>(op))
    if (auto by = constantOf(op->getOperand(1)))
      return withConstant(op, rangeOf(op->getOperand(0)), *by);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

/// The last one before `before`, or in the block.
LocalSetOp AddressRanges::writeBefore(uint32_t slot, Block *block, Operation *before) {
  auto found = writesOf.find({flow[block].number, slot});
  if (found == writesOf.end())
    return nullptr;
  auto &writes = found->second;
  if (!before)
    return writes.back();
  auto next = llvm::partition_point(
      writes, [&](LocalSetOp write) { return write->isBeforeInBlock(before); });
  return next == writes.begin() ? LocalSetOp() : *std::prev(next);
}

/// What the slot holds before an op, or at the end of the block: from there towards the entry, as
/// long as there is one way to have come.
Known AddressRanges::valueAt(uint32_t slot, Block *block, Operation *before) {
  Known bound;
  for (; stepsLeft != 0; --stepsLeft) {
    if (LocalSetOp write = writeBefore(slot, block, before))
      return narrower(rangeOf(write.getValue()), bound);
    if (block->isEntryBlock()) {
      FunctionType type = func.getFunctionType();
      if (slot >= type.getNumInputs())
        return Range{0, 0};
      bool isBase = type.getInput(slot).isInteger(32);
      return isBase ? narrower(Range{0, 0, slot}, bound) : bound;
    }
    const FlowBlock &place = flow[block];
    if (place.isLoop)
      return narrower(valueAtHead(block, slot), bound);
    if (!place.from)
      return narrower(place.loop ? valueInLoop(place.loop, slot) : Known(), bound);
    bound = narrower(boundOn(place.from, block, slot), bound);
    block = place.from;
    before = nullptr;
  }
  return bound;
}

Known AddressRanges::valueAtEntry(Block *head, uint32_t slot) {
  Block *from = nullptr;
  for (Block *before : head->getPredecessors()) {
    if (!flow.knows(before) || flow.isBack(before, head) || before == from)
      continue;
    if (from)
      return std::nullopt;
    from = before;
  }
  if (!from)
    return std::nullopt;
  return narrower(boundOn(from, head, slot), valueAt(slot, from, nullptr));
}

/// Anywhere in the loop.
Known AddressRanges::valueInLoop(Block *head, uint32_t slot) {
  if (isDeep[flow[head].number])
    return std::nullopt;
  Writes writes = writesIn.lookup({flow[head].number, slot});
  if (writes.count > 1)
    return std::nullopt;
  Known entry = valueAtEntry(head, slot);
  if (writes.count == 0 || !entry)
    return entry;
  std::optional<Step> step = stepOf(head, slot);
  std::optional<int64_t> begun = step ? roundsOf(head) : std::nullopt;
  if (!begun)
    return join(entry, rangeOf(writes.last.getValue()));
  Known change = product(Range{step->by, step->by}, Range{0, *begun});
  if (!change)
    return std::nullopt;
  return bounded(Range{entry->least + std::min<int64_t>(0, change->least),
                       entry->most + std::max<int64_t>(0, change->most), entry->base});
}

/// Where the loop begins, what is known on each way to it holds.
Known AddressRanges::valueAtHead(Block *head, uint32_t slot) {
  if (Known range = valueInLoop(head, slot))
    return range;
  Known range = valueAtEntry(head, slot);
  for (Block *back : flow.backTo(head))
    range = join(range, boundOn(back, head, slot));
  return range;
}

//===----------------------------------------------------------------------===//
// Conditions
//===----------------------------------------------------------------------===//

/// What holds if the way from one block to the other is taken.
std::optional<AddressRanges::Test> AddressRanges::testOf(Block *from, Block *to) {
  auto branch = dyn_cast<cf::CondBranchOp>(from->getTerminator());
  if (!branch || branch.getTrueDest() == branch.getFalseDest())
    return std::nullopt;
  auto compare = branch.getCondition().getDefiningOp<arith::CmpIOp>();
  if (!compare)
    return std::nullopt;
  CmpIPredicate holds = compare.getPredicate();
  if (branch.getTrueDest() != to)
    holds = arith::invertPredicate(holds);
  auto than = constantOf(compare.getRhs());
  if (!than || *than < -mostNumber || *than > mostNumber)
    return std::nullopt;
  bool isUnsigned = holds >= CmpIPredicate::ult;
  if (isUnsigned && *than < 0) {
    if (isWide(compare.getLhs()))
      return std::nullopt;
    *than += two32;
  }
  return Test{compare.getLhs(), holds, *than};
}

/// The numbers for which a comparison holds.
static Known whereHolds(CmpIPredicate holds, int64_t than, bool isWide) {
  int64_t mostUnsigned = isWide ? mostNumber : two32 - 1;
  switch (holds) {
  case CmpIPredicate::eq:
    return Range{than, than};
  case CmpIPredicate::ult:
    return Range{0, than - 1};
  case CmpIPredicate::ule:
    return Range{0, than};
  case CmpIPredicate::ugt:
    return isWide ? Known() : Range{than + 1, mostUnsigned};
  case CmpIPredicate::uge:
    return isWide ? Known() : Range{than, mostUnsigned};
  case CmpIPredicate::sgt:
    return isWide ? Known() : Range{than + 1, two31 - 1};
  case CmpIPredicate::sge:
    return isWide ? Known() : Range{than, two31 - 1};
  case CmpIPredicate::slt:
    return isWide ? Known() : Range{-two31, than - 1};
  case CmpIPredicate::sle:
    return isWide ? Known() : Range{-two31, than};
  case CmpIPredicate::ne:
    return std::nullopt;
  }
  return std::nullopt;
}

Known AddressRanges::boundOn(Block *from, Block *to, uint32_t slot) {
  std::optional<Test> test = testOf(from, to);
  if (!test)
    return std::nullopt;
  LocalSetOp write = writeBefore(slot, from, nullptr);
  auto get = test->value.getDefiningOp<LocalGetOp>();
  bool isRead = get && uint32_t(get.getSlot()) == slot && get->getBlock() == from &&
                (!write || write->isBeforeInBlock(get));
  bool isWritten = write && write.getValue() == test->value;
  if (!isRead && !isWritten)
    return std::nullopt;
  Known range = whereHolds(test->holds, test->than, isWide(test->value));
  return range && range->least <= range->most ? range : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

bool AddressRanges::isInLoop(Block *block, Block *head) const {
  return block == head || flow[block].loop == head;
}

std::optional<AddressRanges::Step> AddressRanges::stepOf(Block *head, uint32_t slot) {
  Writes writes = writesIn.lookup({flow[head].number, slot});
  if (isDeep[flow[head].number] || writes.count != 1 || headAround(writes.last->getBlock()) != head)
    return std::nullopt;
  auto sum = splitSum(writes.last.getValue());
  auto get = sum ? sum->first.getDefiningOp<LocalGetOp>() : LocalGetOp();
  if (!get || uint32_t(get.getSlot()) != slot || get->getBlock() != writes.last->getBlock())
    return std::nullopt;
  return Step{writes.last, sum->second};
}

/// How often the loop begins a round, at most, once it is entered.
std::optional<int64_t> AddressRanges::roundsOf(Block *head) {
  auto [known, isNew] = rounds.try_emplace(flow[head].number);
  if (!isNew)
    return known->second;
  ArrayRef<Block *> back = flow.backTo(head);
  SmallVector<Block *> always; // On each way around, from the last one.
  if (back.size() == 1)
    for (Block *block = back[0]; block && block != head && always.size() < mostSteps;
         block = flow[block].from)
      always.push_back(block);
  always.push_back(head);
  std::optional<int64_t> least;
  for (Block *tested : always)
    if (auto found = roundsBy(head, tested, always); found && (!least || *found < *least))
      least = found;
  return rounds[flow[head].number] = least;
}

/// Rounds until a test fails that holds while a number, which each round changes by `by`, is still
/// on its way.
static std::optional<int64_t> roundsUntil(Known first, int64_t by, CmpIPredicate holds,
                                          int64_t than, bool isWide) {
  bool isSigned = holds >= CmpIPredicate::slt && holds <= CmpIPredicate::sge;
  int64_t floor = isWide ? -mostNumber : isSigned ? -two31 : 0;
  int64_t ceiling = isWide ? mostNumber : isSigned ? two31 : two32;
  if (holds == CmpIPredicate::ne) {
    if (!first || first->base != noBase || first->least != first->most || by == 0)
      return std::nullopt;
    int64_t way = by > 0 ? than - first->least : first->least - than;
    if (!isWide)
      way = asUnsigned(Range{way, way}, false)->least;
    bool hits = way >= 0 && way % std::abs(by) == 0;
    return hits ? std::optional(way / std::abs(by)) : std::nullopt;
  }
  first = isSigned ? asSigned(first, isWide) : asUnsigned(first, isWide);
  if (!first)
    return std::nullopt;
  bool isUpper = holds == CmpIPredicate::ult || holds == CmpIPredicate::ule ||
                 holds == CmpIPredicate::slt || holds == CmpIPredicate::sle;
  bool isStrict = holds == CmpIPredicate::ult || holds == CmpIPredicate::slt ||
                  holds == CmpIPredicate::ugt || holds == CmpIPredicate::sgt;
  if (isUpper && by > 0) {
    int64_t end = isStrict ? than : than + 1; // The first number for which it fails.
    if (end + by > ceiling)
      return std::nullopt;
    return std::max<int64_t>(0, llvm::divideCeilSigned(end - first->least, by));
  }
  bool isLower = !isUpper && holds != CmpIPredicate::eq;
  if (isLower && by < 0) {
    int64_t end = isStrict ? than : than - 1;
    if (end + by < floor)
      return std::nullopt;
    return std::max<int64_t>(0, llvm::divideCeilSigned(first->most - end, -by));
  }
  return std::nullopt;
}

std::optional<int64_t> AddressRanges::roundsBy(Block *head, Block *tested,
                                               ArrayRef<Block *> always) {
  if (tested->getNumSuccessors() != 2 || headAround(tested) != head)
    return std::nullopt;
  Block *stays = tested->getSuccessor(0);
  if (isInLoop(stays, head) == isInLoop(tested->getSuccessor(1), head))
    return std::nullopt;
  if (!isInLoop(stays, head))
    stays = tested->getSuccessor(1);
  std::optional<Test> test = testOf(tested, stays);
  if (!test)
    return std::nullopt;
  int64_t more = 0;
  Value number = test->value;
  while (auto sum = splitSum(number)) {
    number = sum->first;
    more = std::clamp(more + sum->second, -mostNumber, mostNumber);
  }
  auto get = number.getDefiningOp<LocalGetOp>();
  auto step = get ? stepOf(head, uint32_t(get.getSlot())) : std::nullopt;
  auto getAt = llvm::find(always, get ? get->getBlock() : nullptr);
  auto stepAt = llvm::find(always, step ? step->at->getBlock() : nullptr);
  if (!step || getAt == always.end() || stepAt == always.end())
    return std::nullopt;
  bool isAfter = getAt == stepAt ? step->at->isBeforeInBlock(get) : getAt < stepAt;
  Known first = valueAtEntry(head, uint32_t(get.getSlot()));
  if (first) {
    more += isAfter ? step->by : 0;
    first = bounded(Range{first->least + more, first->most + more, first->base});
  }
  auto until = roundsUntil(first, step->by, test->holds, test->than, isWide(test->value));
  return until ? std::optional(*until + 1) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

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
      int64_t end = where.most + int64_t(std::min<uint64_t>(access->end, two32));
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
