//===- AddressRanges.cpp - What addresses can be --------------------------===//
#include "lowering/wasm/AddressRanges.h"

#include "lowering/wasm/FunctionEmitter.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;
using arith::CmpIPredicate;

static constexpr unsigned mostSteps = 64; ///< For one question.
static constexpr unsigned mostNested = 6; ///< Loops in which a write is noted.

static bool isWide(Value value) { return value.getType().isInteger(64); }

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

std::optional<AddressRanges::Rounds> AddressRanges::roundsIn(Block *head) {
  stepsLeft = mostSteps;
  return roundsOf(head);
}

/// What is asked for while it is being computed counts as unknown.
Known AddressRanges::rangeOf(Value value) {
  if (auto constant = constantOf(value))
    return bounded(exactly(*constant));
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

/// The only block outside of the loop from which it is entered.
Block *AddressRanges::entryTo(Block *head) {
  auto [known, isNew] = entries.try_emplace(flow[head].number);
  if (!isNew)
    return known->second;
  Block *from = nullptr;
  for (Block *before : head->getPredecessors()) {
    if (!flow.knows(before) || flow.isBack(before, head) || before == from)
      continue;
    if (from)
      return nullptr;
    from = before;
  }
  return known->second = from;
}

Known AddressRanges::valueAtEntry(Block *head, uint32_t slot) {
  Block *from = entryTo(head);
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
  if (!step)
    return join(entry, rangeOf(writes.last.getValue()));
  std::optional<Rounds> begun = roundsOf(head);
  Known change = begun ? product(exactly(step->by), Range{0, begun->most}) : std::nullopt;
  if (!change)
    return std::nullopt;
  return bounded(Range{entry->least + std::min<int64_t>(0, change->least),
                       entry->most + std::max<int64_t>(0, change->most), entry->base});
}

/// Where the loop begins, what is known on each way to it holds.
Known AddressRanges::valueAtHead(Block *head, uint32_t slot) {
  if (Known range = valueInLoop(head, slot))
    return range;
  constexpr size_t mostBack = 8;
  if (flow.backTo(head).size() > mostBack)
    return std::nullopt;
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
    *than += int64_t(1) << 32;
  }
  return Test{compare.getLhs(), holds, *than};
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

std::optional<AddressRanges::Rounds> AddressRanges::roundsOf(Block *head) {
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
  std::optional<Rounds> least;
  for (Block *tested : always)
    if (auto found = roundsBy(head, tested, always); found && (!least || found->most < least->most))
      least = found;
  return rounds[flow[head].number] = least;
}

std::optional<AddressRanges::Rounds> AddressRanges::roundsBy(Block *head, Block *tested,
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
  for (unsigned step = 0; step < mostSteps; ++step)
    if (auto sum = splitSum(number)) {
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
  if (!until)
    return std::nullopt;
  return Rounds{*until + 1, first->least == first->most};
}
