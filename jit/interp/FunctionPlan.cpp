//===- FunctionPlan.cpp - Number a function's ops and values --------------===//
#include "jit/interp/FunctionPlan.h"

#include <algorithm>

using namespace mlir;
using namespace writ;
using namespace writ::interp;

Result<void> FunctionPlan::plan(contract::FuncOp func) {
  ops.clear();
  operandIds.clear();
  values.clear();
  blocks.clear();
  constants.clear();
  successors.clear();
  ids.clear();
  blockIndices.clear();
  numParams = uint32_t(func.getArgumentTypes().size());
  numSlots = func.getNumSlots();
  ownWords = std::max(numSlots, uint32_t(func.getResultTypes().size()));
  maxArguments = 0;
  for (Block &block : func.getBody()) {
    blockIndices[&block] = uint32_t(blocks.size());
    blocks.push_back({&block, 0, 0, 0});
  }
  findLoops();
  if (Result<void> numbered = number(func); !numbered)
    return numbered;
  fuseComparisons();
  shareSlots();
  countConstantUses();
  placeConstants();
  placeValues();
  return checkBound(func);
}

//===----------------------------------------------------------------------===//
// Loops: a branch back makes one of the blocks from its target to itself.
//===----------------------------------------------------------------------===//

void FunctionPlan::findLoops() {
  loops.clear();
  std::vector<uint32_t> lastBranchTo(blocks.size(), none);
  for (uint32_t i = 0; i < blocks.size(); ++i) {
    blocks[i].firstSuccessor = uint32_t(successors.size());
    for (Block *successor : blocks[i].block->getSuccessors()) {
      successors.push_back(blockIndices.lookup(successor));
      if (successors.back() <= i)
        lastBranchTo[successors.back()] = i;
    }
  }
  uint32_t open = none;
  for (uint32_t i = 0; i < blocks.size(); ++i) {
    while (open != none && loops[open].end < i)
      open = loops[open].parent;
    if (uint32_t end = lastBranchTo[i]; end != none) {
      // Loops that overlap are made to nest.
      for (uint32_t outer = open; outer != none && loops[outer].end < end;
           outer = loops[outer].parent)
        loops[outer].end = end;
      loops.push_back({i, end, open});
      open = uint32_t(loops.size() - 1);
    }
    blocks[i].loop = open;
  }
}

//===----------------------------------------------------------------------===//
// Ops and values
//===----------------------------------------------------------------------===//

uint32_t FunctionPlan::addValue(Value value, uint32_t block, bool isBlockArgument) {
  uint32_t op = uint32_t(ops.size());
  auto id = uint32_t(values.size());
  PlannedValue planned{value, op, block, op};
  planned.isBlockArgument = isBlockArgument;
  planned.isCondition = value.getType().isInteger(1);
  values.push_back(planned);
  ids.try_emplace(value, id);
  return id;
}

void FunctionPlan::use(uint32_t id, uint32_t op, uint32_t block) {
  PlannedValue &value = values[id];
  value.lastUse = op;
  ++value.uses;
  value.isUsedElsewhere |= value.block != block;
}

void FunctionPlan::addConstant(Operation *op, uint64_t bits, unsigned width) {
  uint32_t id = addValue(op->getResult(0), uint32_t(blocks.size()), false);
  values[id].home = Home::Constant;
  values[id].index = uint32_t(constants.size());
  constants.push_back({bits, width});
  ops.back().result = id;
  ops.back().isSkipped = true;
}

static uint64_t constantBits(arith::ConstantOp op) {
  if (auto integer = dyn_cast<IntegerAttr>(op.getValue()))
    return integer.getValue().getZExtValue();
  return cast<FloatAttr>(op.getValue()).getValue().bitcastToAPInt().getZExtValue();
}

/// If the op's result is a word that there is already, makes it the same value. Words hold
/// narrow integers zero-extended, floats as their bits.
bool FunctionPlan::numberAlias(PlannedOp &planned) {
  if (planned.op->getNumOperands() == 0)
    return false;
  uint32_t operand = operandIds[planned.operands];
  switch (planned.kind) {
  case OpKind::ExtU:
  case OpKind::Bitcast:
    break;
  case OpKind::CmpI: {
    // A condition compared with 0 is itself.
    const PlannedValue &zero = values[operandIds[planned.operands + 1]];
    bool isNe = cast<arith::CmpIOp>(planned.op).getPredicate() == arith::CmpIPredicate::ne;
    if (!isNe || !values[operand].isCondition || zero.home != Home::Constant ||
        constants[zero.index].bits != 0)
      return false;
    break;
  }
  default:
    return false;
  }
  ids.try_emplace(planned.op->getResult(0), operand);
  planned.result = operand;
  planned.isSkipped = true;
  return true;
}

static Error badIR(Operation *op, const char *reason) {
  return internalError("interpreter: " + op->getName().getStringRef().str() + ": " + reason);
}

/// Conditions are 0 and 1 here, which signed predicates would not understand.
static bool canCompare(arith::CmpIOp op) {
  unsigned width = widthOf(op.getLhs().getType());
  using P = arith::CmpIPredicate;
  P p = op.getPredicate();
  bool isSigned = p == P::slt || p == P::sle || p == P::sgt || p == P::sge;
  return width == 32 || width == 64 || !isSigned;
}

/// What a sign extension of a truncation looks at is the wide value itself.
static Value throughTruncation(OpKind kind, Value operand) {
  if (kind == OpKind::ExtS)
    if (auto truncation = operand.getDefiningOp<arith::TruncIOp>())
      return truncation.getIn();
  return operand;
}

Result<void> FunctionPlan::numberOp(Operation *op, uint32_t block) {
  OpKind kind = kinds.of(op);
  if (kind == OpKind::Other)
    return badIR(op, "not a core op");
  auto index = uint32_t(ops.size());
  ops.push_back({op, uint32_t(operandIds.size()), none, kind});
  for (Value operand : op->getOperands()) {
    auto found = ids.find(throughTruncation(kind, operand));
    if (found == ids.end())
      return badIR(op, "an operand is defined after its use");
    operandIds.push_back(found->second);
  }
  if (kind == OpKind::CmpI && !canCompare(cast<arith::CmpIOp>(op)))
    return badIR(op, "operands of a type that no core op has");
  if (kind == OpKind::Constant) {
    addConstant(op, constantBits(cast<arith::ConstantOp>(op)), widthOf(op->getResult(0).getType()));
    return {};
  }
  if (kind == OpKind::RefNull) {
    addConstant(op, 0, 64);
    return {};
  }
  if (numberAlias(ops.back()))
    return {};
  for (uint32_t id : operandsOf(ops.back()))
    use(id, index, block);
  ops.back().result = uint32_t(values.size());
  for (Value result : op->getResults())
    addValue(result, block, false);
  for (size_t i = ops.back().result; i < values.size(); ++i)
    values[i].def = values[i].lastUse = index;
  if (op->getNumResults() == 1)
    values.back().isResult = kind != OpKind::LocalGet;
  return {};
}

Result<void> FunctionPlan::number(contract::FuncOp func) {
  for (uint32_t i = 0; i < blocks.size(); ++i) {
    blocks[i].begin = uint32_t(ops.size());
    blocks[i].firstArgument = uint32_t(values.size());
    blocks[i].numArguments = blocks[i].block->getNumArguments();
    for (BlockArgument argument : blocks[i].block->getArguments())
      addValue(argument, i, true);
    for (Operation &op : *blocks[i].block) {
      // A module's ops are many and each is met for the first time here.
      if (const void *next = op.getNextNode()) {
        __builtin_prefetch(next);
        __builtin_prefetch(static_cast<const char *>(next) + 64);
      }
      if (Result<void> done = numberOp(&op, i); !done)
        return done;
    }
    blocks[i].end = uint32_t(ops.size());
  }
  return {};
}
