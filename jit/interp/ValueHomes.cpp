//===- ValueHomes.cpp - Give each value of a function its word ------------===//
//
// A `local_get` is read from its slot where it is used, as long as the slot is not written
// between; a value that a `local_set` stores is computed in the slot; an argument of a call is
// computed in the callee's frame. Everything else gets a word for as long as it lives.
//
//===----------------------------------------------------------------------===//
#include "jit/interp/FunctionPlan.h"

#include <algorithm>
#include <fmt/format.h>

using namespace mlir;
using namespace writ;
using namespace writ::interp;

/// Comparisons that only the branch at their block's end reads are made there.
void FunctionPlan::fuseComparisons() {
  for (const PlannedBlock &block : blocks) {
    uint32_t last = block.end - 1;
    const PlannedOp &branch = ops[last];
    if (branch.kind != OpKind::CondBr)
      continue;
    PlannedValue &condition = values[operandIds[branch.operands]];
    if (condition.isBlockArgument || condition.uses != 1 || condition.def < block.begin ||
        condition.home == Home::Constant)
      continue;
    PlannedOp &comparison = ops[condition.def];
    if (comparison.kind != OpKind::CmpI && comparison.kind != OpKind::CmpF)
      continue;
    condition.home = Home::Fused;
    comparison.isSkipped = true;
    for (uint32_t id : operandsOf(comparison))
      values[id].lastUse = std::max(values[id].lastUse, last);
  }
}

//===----------------------------------------------------------------------===//
// Values that share a slot's word
//===----------------------------------------------------------------------===//

void FunctionPlan::shareSlots() {
  slotStates.assign(numSlots, {});
  nextInSlot.assign(values.size(), none);
  lastCall = 0;
  for (currentBlock = 0; currentBlock < blocks.size(); ++currentBlock) {
    for (uint32_t op = blocks[currentBlock].begin; op < blocks[currentBlock].end; ++op) {
      switch (ops[op].kind) {
      case OpKind::LocalGet:
        planLocalGet(op);
        break;
      case OpKind::LocalSet:
        planLocalSet(op);
        break;
      case OpKind::Call:
      case OpKind::CallIndirect:
        planCall(op);
        break;
      case OpKind::ReturnCall:
      case OpKind::ReturnCallIndirect:
        ownWords = std::max(ownWords, ops[op].op->getNumOperands());
        break;
      default:
        break;
      }
    }
  }
}

void FunctionPlan::planLocalGet(uint32_t op) {
  uint32_t id = ops[op].result;
  PlannedValue &value = values[id];
  if (value.uses == 0) {
    ops[op].isSkipped = true;
    return;
  }
  uint32_t slot = cast<contract::LocalGetOp>(ops[op].op).getSlot();
  SlotState &state = slotStates[slot];
  state.lastTouch = op + 1;
  if (value.isUsedElsewhere)
    return;
  value.home = Home::Word;
  value.index = slot;
  ops[op].isSkipped = true;
  nextInSlot[id] = state.block == currentBlock ? state.first : none;
  state.first = id;
  state.block = currentBlock;
}

/// The slot is written while the value is still needed: it gets a word of its own.
void FunctionPlan::leaveSlot(uint32_t id) {
  PlannedValue &value = values[id];
  value.home = Home::Undecided;
  ops[value.set == none ? value.def : value.set].isSkipped = false;
  value.set = none;
}

/// May the op that makes the value write it to the slot, and so before `op`, the `local_set`?
/// `lastReader` is the last op that reads the slot's old value.
bool FunctionPlan::canWriteSlotEarly(uint32_t id, uint32_t slot, uint32_t op,
                                     uint32_t lastReader) const {
  const PlannedValue &value = values[id];
  return value.isResult && value.home == Home::Undecided && value.block == currentBlock &&
         !value.isUsedElsewhere && slotStates[slot].lastTouch <= value.def + 1 &&
         lastReader <= value.def;
}

void FunctionPlan::planLocalSet(uint32_t op) {
  uint32_t slot = cast<contract::LocalSetOp>(ops[op].op).getSlot();
  uint32_t id = operandIds[ops[op].operands];
  SlotState &state = slotStates[slot];
  uint32_t lastReader = 0;
  for (uint32_t held = state.block == currentBlock ? state.first : none; held != none;
       held = nextInSlot[held]) {
    if (values[held].lastUse > op)
      leaveSlot(held);
    else
      lastReader = std::max(lastReader, values[held].lastUse);
  }
  state.block = currentBlock;
  state.first = none;
  if (canWriteSlotEarly(id, slot, op, lastReader)) {
    PlannedValue &value = values[id];
    value.home = Home::Word;
    value.index = slot;
    value.set = op;
    ops[op].isSkipped = true;
    nextInSlot[id] = none;
    state.first = id;
  }
  state.lastTouch = op + 1;
}

/// Arguments that are made after the last call, which used the same words, are made where the
/// callee wants them.
void FunctionPlan::planCall(uint32_t op) {
  llvm::ArrayRef<uint32_t> arguments = operandsOf(ops[op]);
  if (ops[op].kind == OpKind::CallIndirect)
    arguments = arguments.drop_front();
  for (uint32_t i = 0; i < arguments.size(); ++i) {
    PlannedValue &value = values[arguments[i]];
    if (!value.isResult || value.home != Home::Undecided || value.uses != 1 ||
        value.block != currentBlock || value.def + 1 < lastCall)
      continue;
    value.home = Home::Argument;
    value.index = i;
  }
  size_t words = std::max(arguments.size(), size_t(ops[op].op->getNumResults()));
  maxArguments = std::max(maxArguments, uint32_t(words));
  lastCall = op + 1;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

static bool fits(int64_t value, unsigned bits) { return llvm::isIntN(bits, value); }

/// A zero-extended constant is the constant that it is made of, with other upper bits.
int64_t FunctionPlan::constantFor(const PlannedOp &op, unsigned index) const {
  const PlannedConstant &constant = constants[values[operandIds[op.operands + index]].index];
  bool isWidened = constant.width == 32 && op.op->getOperand(index).getType().isInteger(64);
  return isWidened ? int64_t(constant.bits) : llvm::SignExtend64(constant.bits, constant.width);
}

bool FunctionPlan::takesImmediate(const PlannedOp &op, unsigned index, OpKind user) const {
  const PlannedConstant &constant = constants[values[operandIds[op.operands + index]].index];
  int64_t number = constantFor(op, index);
  switch (kindInfo(op.kind).family) {
  case Family::IntBinary:
    if (index == 0)
      return (kindInfo(op.kind).isCommutative || op.kind == OpKind::Sub) && fits(number, 32);
    return fits(op.kind == OpKind::Sub ? -number : number, 32);
  case Family::IntDivision:
    return index == 1 && number != 0 && number != -1 && fits(number, 32);
  case Family::IntUnary:
  case Family::Float:
    return false;
  case Family::None:
    break;
  }
  switch (op.kind) {
  case OpKind::CmpI:
    return fits(number, user == OpKind::CondBr ? 16 : 32);
  case OpKind::LocalSet:
  case OpKind::Call:
  case OpKind::Br:
  case OpKind::Switch:
    return true; // A move.
  case OpKind::Load:
    return constant.bits + cast<contract::LoadOp>(op.op).getOffset() <= UINT32_MAX;
  case OpKind::Store:
    if (index == 0)
      return fits(number, 16);
    return constant.bits + cast<contract::StoreOp>(op.op).getOffset() <= UINT32_MAX;
  default:
    return false;
  }
}

/// Counts the uses, inside loops, for which a constant must be put into a word first.
void FunctionPlan::countConstantUses() {
  if (constants.empty() || loops.empty())
    return;
  for (const PlannedBlock &block : blocks) {
    if (block.loop == none)
      continue;
    for (uint32_t i = block.begin; i < block.end; ++i) {
      const PlannedOp &op = ops[i];
      bool isFused = (op.kind == OpKind::CmpI || op.kind == OpKind::CmpF) &&
                     values[op.result].home == Home::Fused && values[op.result].def == i;
      if (op.isSkipped && !isFused)
        continue;
      llvm::ArrayRef<uint32_t> operands = operandsOf(op);
      for (unsigned k = 0; k < operands.size(); ++k)
        if (values[operands[k]].home == Home::Constant &&
            !takesImmediate(op, k, isFused ? OpKind::CondBr : op.kind))
          ++constants[values[operands[k]].index].loopUses;
    }
  }
}

/// The constants that are used most in loops are put into the frame when the function starts.
void FunctionPlan::placeConstants() {
  std::vector<uint32_t> wanted;
  for (uint32_t i = 0; i < constants.size(); ++i)
    if (constants[i].loopUses > 0)
      wanted.push_back(i);
  auto isBetter = [&](uint32_t a, uint32_t b) {
    return constants[a].loopUses != constants[b].loopUses
               ? constants[a].loopUses > constants[b].loopUses
               : a < b;
  };
  size_t count = std::min<size_t>(wanted.size(), maxFrameConstants);
  std::partial_sort(wanted.begin(), wanted.begin() + count, wanted.end(), isBetter);
  frameWords = ownWords + numScratch;
  for (size_t i = 0; i < count; ++i)
    constants[wanted[i]].word = frameWords++;
}

//===----------------------------------------------------------------------===//
// The other values
//===----------------------------------------------------------------------===//

/// The last op at which the value's word must still be the value's. In a loop that began after
/// the value was made, that is the loop's end.
uint32_t FunctionPlan::endOfLife(const PlannedValue &value) const {
  if (!value.isUsedElsewhere)
    return value.lastUse;
  auto isAfter = [](uint32_t op, const PlannedBlock &block) { return op < block.begin; };
  auto found = std::upper_bound(blocks.begin(), blocks.end(), value.lastUse, isAfter) - 1;
  uint32_t loop = found->loop, outermost = none;
  // Values of WebAssembly's operand stack are not read in loops that begin above them.
  for (unsigned steps = 0; loop != none && loops[loop].header > value.block; ++steps) {
    if (steps == 64)
      return uint32_t(ops.size() - 1);
    outermost = loop;
    loop = loops[loop].parent;
  }
  if (outermost == none)
    return value.lastUse;
  return blocks[loops[outermost].end].end - 1;
}

void FunctionPlan::takeWord(uint32_t id, uint32_t op) {
  PlannedValue &value = values[id];
  if (value.home != Home::Undecided)
    return;
  value.home = Home::Word;
  if (freeWords.empty()) {
    value.index = frameWords++;
  } else {
    value.index = freeWords.back();
    freeWords.pop_back();
  }
  uint32_t end = std::max(endOfLife(value), op);
  nextEnding[id] = endingAt[end];
  endingAt[end] = id;
}

void FunctionPlan::placeValues() {
  freeWords.clear();
  for (uint32_t word = ownWords; word > numSlots; --word)
    freeWords.push_back(word - 1);
  endingAt.assign(ops.size(), none);
  nextEnding.assign(values.size(), none);
  for (const PlannedBlock &block : blocks) {
    for (uint32_t i = 0; i < block.numArguments; ++i)
      if (values[block.firstArgument + i].uses > 0)
        takeWord(block.firstArgument + i, block.begin);
    for (uint32_t op = block.begin; op < block.end; ++op) {
      // Values that end here and began before give their words to the results.
      for (uint32_t id = endingAt[op]; id != none; id = nextEnding[id])
        freeWords.push_back(values[id].index);
      endingAt[op] = none;
      PlannedOp &planned = ops[op];
      if (planned.isSkipped)
        continue;
      uint32_t results = planned.op->getNumResults();
      if (results == 1 && values[planned.result].uses == 0 && isPure(planned.kind)) {
        planned.isSkipped = true;
        continue;
      }
      for (uint32_t i = 0; i < results; ++i)
        takeWord(planned.result + i, op);
      for (uint32_t id = endingAt[op]; id != none; id = nextEnding[id])
        freeWords.push_back(values[id].index);
    }
  }
}

/// The bound that lets the metered limit come first (README.md).
Result<void> FunctionPlan::checkBound(contract::FuncOp func) const {
  uint64_t bytes = 8 * (uint64_t(frameWords) + 1);
  if (func.getFrame() == 0 || bytes <= 2 * uint64_t(func.getFrame()))
    return {};
  return internalError(fmt::format("interpreter: {}: the frame takes {} bytes; the metered frame "
                                   "of {} allows twice as many",
                                   func.getSymName().str(), bytes, func.getFrame()));
}
