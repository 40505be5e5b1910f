//===- FunctionPlan.cpp - What is decided before a function's code --------===//

#include "jit/singlepass/FunctionPlan.h"

#include "jit/singlepass/Signature.h"
#include "mlir-dialect/IR/OpWalk.h"

#include <algorithm>

using namespace writ;
using namespace writ::singlepass;

bool FunctionPlan::plan(contract::FuncOp func) {
  blocks.clear();
  indices.clear();
  saved.clear();
  usesMemory = hasCalls = false;
  stackWords = mostWords = 0;
  callWeight = 0;
  slots.assign(func.getNumSlots(), {});
  llvm::ArrayRef<mlir::Type> params = func.getArgumentTypes();
  for (size_t i = 0; i < params.size(); ++i)
    slots[i].kind = kindOf(params[i]);
  size_t next = params.size();
  for (mlir::Attribute local : func.getLocals())
    slots[next++].kind = kindOf(mlir::cast<mlir::TypeAttr>(local).getValue());
  for (mlir::Block &block : func.getBody()) {
    indices[&block] = uint32_t(blocks.size());
    blocks.push_back({&block});
  }
  findLoops();
  if (!countUses())
    return false;
  pinSlots(unsigned(params.size()), func);
  return true;
}

/// A branch back makes a loop of the blocks from its target to itself.
void FunctionPlan::findLoops() {
  constexpr size_t few = 4;
  successors.clear();
  for (uint32_t i = 0; i < blocks.size(); ++i) {
    blocks[i].firstSuccessor = uint32_t(successors.size());
    for (mlir::Block *successor : blocks[i].block->back().getSuccessors()) {
      uint32_t index = indices.lookup(successor);
      if (index <= i)
        blocks[index].loopEnd = i;
      if (successors.size() - blocks[i].firstSuccessor < few)
        successors.push_back({successor, index});
    }
    blocks[i].successorsEnd = uint32_t(successors.size());
  }
  std::vector<uint32_t> ends(blocks.size(), 0);
  uint32_t depth = 0;
  for (uint32_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].loopEnd != none) {
      ++depth;
      ++ends[blocks[i].loopEnd];
    }
    blocks[i].depth = depth;
    depth -= ends[i];
  }
}

static uint64_t weightOf(uint32_t depth) { return uint64_t(1) << (3 * std::min(depth, 4u)); }

void FunctionPlan::countCall(mlir::Operation *op) {
  unsigned general = 0, floats = 0;
  mlir::OperandRange operands = op->getOperands();
  if (mlir::isa<contract::CallIndirectOp, contract::ReturnCallIndirectOp>(op))
    operands = operands.drop_front();
  for (mlir::Value operand : operands)
    ++(isFloat(kindOf(operand.getType())) ? floats : general);
  auto beyond = [](unsigned count, size_t inRegisters) {
    return count > inRegisters ? uint32_t(count - inRegisters) : 0;
  };
  stackWords = std::max(stackWords,
                        beyond(general, std::size(generalParams)) + beyond(floats, numFloatParams));
  mostWords = std::max({mostWords, uint32_t(operands.size()), op->getNumResults()});
}

bool FunctionPlan::countUses() {
  for (const PlannedBlock &block : blocks) {
    uint64_t weight = weightOf(block.depth);
    for (mlir::Operation &op : contract::OpWalk(*block.block)) {
      const OpEntry &entry = entries[&op];
      if (!entry.emit)
        return false;
      switch (entry.trait) {
      case OpTrait::None:
        break;
      case OpTrait::Slot:
        if (auto get = mlir::dyn_cast<contract::LocalGetOp>(op))
          slots[get.getSlot()].weight += weight;
        else
          slots[mlir::cast<contract::LocalSetOp>(op).getSlot()].weight += weight;
        break;
      case OpTrait::Memory:
        usesMemory = true;
        break;
      case OpTrait::Call:
      case OpTrait::TailCall:
        countCall(&op);
        [[fallthrough]];
      case OpTrait::Runtime:
        hasCalls = true;
        callWeight += weight;
        break;
      }
    }
  }
  return true;
}

/// Pins the slots that are used most, as far as registers go and it pays: a general one costs
/// saving the register, a float one saving the slot at each call.
void FunctionPlan::pinSlots(unsigned numParams, contract::FuncOp func) {
  // Arguments of the entry block are read like slots.
  for (mlir::BlockArgument argument : func.getBody().front().getArguments())
    if (!argument.use_empty())
      ++slots[argument.getArgNumber()].weight;
  uint32_t taken = usesMemory ? bit(memoryReg) : 0;
  if (!hasCalls) { // Parameters may stay where they are.
    unsigned general = 0;
    for (unsigned i = 0; i < numParams; ++i) {
      if (isFloat(slots[i].kind))
        continue;
      unsigned number = general++;
      if (number == 0 || number >= std::size(generalParams) || slots[i].weight == 0)
        continue;
      slots[i].pin = generalParams[number];
      taken |= bit(slots[i].pin);
    }
  }
  std::vector<uint32_t> general, floats;
  for (uint32_t i = 0; i < slots.size(); ++i) {
    if (slots[i].pin != noReg)
      continue;
    if (isFloat(slots[i].kind)) {
      if (slots[i].weight > 2 * callWeight)
        floats.push_back(i);
    } else if (slots[i].weight >= 3) {
      general.push_back(i);
    }
  }
  auto choose = [&](std::vector<uint32_t> &from, size_t count) {
    count = std::min(count, from.size());
    std::partial_sort(from.begin(), from.begin() + count, from.end(), [&](uint32_t a, uint32_t b) {
      return slots[a].weight != slots[b].weight ? slots[a].weight > slots[b].weight : a < b;
    });
    from.resize(count);
  };
  choose(general, std::size(generalPins));
  choose(floats, numFloatPins);
  for (size_t i = 0; i < general.size(); ++i) {
    slots[general[i]].pin = generalPins[i];
    saved.push_back(generalPins[i]);
  }
  for (size_t i = 0; i < floats.size(); ++i)
    slots[floats[i]].pin = Reg(firstFloatPin + i);
  temps = (generalTemps & ~taken) | floatTemps;
}
