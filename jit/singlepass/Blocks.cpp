//===- Blocks.cpp - Blocks, their arguments and the ways between ----------===//
//
// At the borders of blocks only pinned slots, context, gas and memory base are in registers, and
// a block's first few arguments. Values that other blocks read are in the frame.
//
//===----------------------------------------------------------------------===//

#include "jit/singlepass/FunctionCompiler.h"

using namespace writ;
using namespace writ::singlepass;

/// Decided at the first branch to the block, or at the block itself.
void FunctionCompiler::decideArguments(uint32_t index) {
  BlockState &block = blocks[index];
  unsigned general = 0, floats = 0;
  for (mlir::BlockArgument argument : plan.blocks[index].block->getArguments()) {
    Location place;
    place.kind = kindOf(argument.getType());
    if (isFloat(place.kind) && floats < numFloatBlockParams) {
      place.reg = Reg(xmm0 + floats++);
    } else if (!isFloat(place.kind) && general < std::size(generalBlockParams)) {
      place.reg = generalBlockParams[general++];
    } else {
      place.type = Location::Type::Word;
      place.word = allocateWord();
    }
    block.arguments.push_back(place);
  }
}

void FunctionCompiler::beginBlock(uint32_t index) {
  const PlannedBlock &planned = plan.blocks[index];
  currentBlock = index;
  masm.bind(blocks[index].label);
  outstanding.clear();
  memoryBaseIsSet = true;
  flagsLive = false;
  while (!openLoops.empty() && openLoops.back().second < index)
    openLoops.pop_back();
  bool isLoopHeader = planned.loopEnd != none;
  if (isLoopHeader) {
    // Loops that overlap are made to nest.
    for (auto outer = openLoops.rbegin();
         outer != openLoops.rend() && outer->second < planned.loopEnd; ++outer)
      outer->second = planned.loopEnd;
    openLoops.push_back({index, planned.loopEnd});
  }
  if (index == 0) {
    for (mlir::BlockArgument argument : planned.block->getArguments()) {
      defineSlot(argument, argument.getArgNumber());
      unlockAll();
    }
    return;
  }
  if (blocks[index].arguments.empty())
    decideArguments(index);
  for (mlir::BlockArgument argument : planned.block->getArguments()) {
    Location place = blocks[index].arguments[argument.getArgNumber()];
    // Branches back write the word again.
    uint32_t madeIn = isLoopHeader ? index - 1 : index;
    if (place.isRegister()) {
      define(argument, place.reg);
      if (uint32_t id = idOf(argument); id != none)
        states[id].block = madeIn;
      continue;
    }
    if (argument.use_empty()) {
      releaseHome(place.word, madeIn);
      continue;
    }
    uint32_t id = newState(argument, place.kind);
    for ([[maybe_unused]] mlir::OpOperand &use : argument.getUses())
      ++states[id].uses;
    states[id].place = Place::Home;
    states[id].home = place.word;
    states[id].block = madeIn;
  }
}

void FunctionCompiler::endBlock(uint32_t index) {
  forgetRegisters();
  for (uint32_t word : blocks[index].endingWords)
    freeWord(word);
  blocks[index].endingWords.clear();
}

bool FunctionCompiler::isNext(mlir::Block *block) const {
  return currentBlock + 1 < plan.blocks.size() && plan.blocks[currentBlock + 1].block == block;
}

void FunctionCompiler::jumpTo(mlir::Block *block) {
  if (!isNext(block))
    masm.jump(labelOf(block));
}

void FunctionCompiler::branchTo(mlir::Block *block, mlir::ValueRange args) {
  if (!args.empty()) {
    uint32_t index = plan.indexOf(block, currentBlock);
    if (blocks[index].arguments.empty())
      decideArguments(index);
    llvm::SmallVector<Move, 4> moves;
    for (size_t i = 0; i < args.size(); ++i)
      if (!block->getArgument(unsigned(i)).use_empty())
        moves.push_back({blocks[index].arguments[i], locationOf(idOf(args[i]))});
    perform(moves);
  }
}

void FunctionCompiler::branch(const Condition &condition, Label &to) {
  switch (condition.parity) {
  case Condition::Parity::Ignored:
    masm.jumpIf(condition.cond, to);
    break;
  case Condition::Parity::OrSet:
    masm.jumpIf(Cond::P, to);
    masm.jumpIf(condition.cond, to);
    break;
  case Condition::Parity::AndNotSet: {
    Label not_;
    masm.jumpIf(Cond::P, not_);
    masm.jumpIf(condition.cond, to);
    masm.bind(not_);
    break;
  }
  }
}
