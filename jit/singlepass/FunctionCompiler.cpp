//===- FunctionCompiler.cpp - Walk one function's blocks and ops ----------===//

#include "jit/singlepass/FunctionCompiler.h"

#include "mlir-dialect/IR/OpWalk.h"
#include "mlir-dialect/IR/Position.h"

#include <fmt/format.h>

using namespace writ;
using namespace writ::singlepass;

FunctionCompiler::FunctionCompiler(ModuleCompiler &module)
    : module(module), masm(module.masm), plan(module.ops) {}

void FunctionCompiler::reset(uint32_t callee) {
  functionIndex = callee;
  func = module.callees[callee].source;
  functionOffset = contract::byteOffset(func);
  self = &module.signature(module.callees[callee].signature);
  contextWord = stackWord = gasWord = none;
  frameTaken = 0;
  owned = locked = reserved = 0;
  stamp = 0;
  numWords = 0;
  memoryBaseIsSet = missingLiveIn = false;
  table.clear();
  states.clear();
  freeStates.clear();
  freeWords.clear();
  frameUses.clear();
  frameAdjusts.clear();
  traps.clear();
  unpaid.clear();
  ticks.clear();
  exacts.clear();
  truncations.clear();
  tables.clear();
  openLoops.clear();
  floatPinned.clear();
  blocks.clear();
  blocks.resize(plan.blocks.size());
  slots.assign(plan.slots.size(), {});
  areaBytes = 8 * plan.stackWords;
  if (self->popBytes && plan.hasCalls) // Then each call passes at least 8.
    areaBytes = (areaBytes + 8) / 16 * 16 + 8;
}

static Error notCore(uint32_t index, contract::FuncOp func) {
  return internalError(fmt::format("singlepass: function {} '{}' has an op that is not core", index,
                                   std::string_view(func.getSymName())));
}

Result<void> FunctionCompiler::compile(uint32_t callee) {
  if (!plan.plan(module.callees[callee].source))
    return notCore(callee, module.callees[callee].source);
  reset(callee);
  for (uint32_t i = 0; i < slots.size(); ++i) {
    const PlannedSlot &slot = plan.slots[i];
    bool isSaved = slot.pin != noReg && isXmm(slot.pin) && plan.hasCalls;
    if (slot.pin != noReg)
      pinned[slot.pin] = i;
    if (isSaved)
      floatPinned.push_back(i);
    if (slot.weight != 0 && (slot.pin == noReg || isSaved))
      slots[i].home = allocateWord();
  }
  emitPrologue();
  for (uint32_t i = 0; i < blocks.size(); ++i)
    if (!walkBlock(i))
      return internalError("singlepass: a value is used before it is made");
  if (missingLiveIn)
    return internalError("singlepass: the interpreter needs a value that is gone");
  emitLatePaths();
  return finish();
}

bool FunctionCompiler::walkBlock(uint32_t index) {
  beginBlock(index);
  unlockAll();
  for (mlir::Operation *op = &plan.blocks[index].block->front(); op; op = nextOp) {
    nextOp = contract::nextOp(op);
    for (mlir::Value operand : op->getOperands())
      if (idOf(operand) == none)
        return false;
    if (contract::CostsAttr costs = module.attached.of(op))
      passMarker(costs);
    const OpEntry &entry = plan.entryOf(op);
    mayBeObserved |= entry.canBeObserved;
    entry.emit(*this, op);
    unlockAll();
  }
  endBlock(index);
  return true;
}

mlir::Operation *FunctionCompiler::nextReal(mlir::Operation *op) {
  do
    op = contract::nextOp(op);
  while (op && mlir::isa<contract::CostOp>(op));
  return op;
}

void FunctionCompiler::passMarkers(mlir::Operation *op, mlir::Operation *until) {
  for (op = contract::nextOp(op); op != until; op = contract::nextOp(op))
    if (auto cost = mlir::dyn_cast<contract::CostOp>(op))
      passMarker(cost.getCosts());
  if (contract::CostsAttr costs = module.attached.of(until))
    passMarker(costs);
}

x86::Mem FunctionCompiler::constant(uint64_t bits) {
  pendingConstant = bits;
  hasPendingConstant = true;
  return x86::ptr(x86::rip, 0);
}

void FunctionCompiler::finishConstant() {
  if (hasPendingConstant)
    module.usesConstant(pendingConstant);
  hasPendingConstant = false;
}
