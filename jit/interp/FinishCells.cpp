//===- FinishCells.cpp - Pair ops and set the handlers --------------------===//
#include "jit/interp/FunctionEmitter.h"
#include "jit/interp/Pairs.h"

using namespace writ;
using namespace writ::interp;

/// The branch that also pays for the block that it goes to, on both of its ways; or `op`.
static Opcode withCharge(Opcode op, bool goesOnToCharge) {
  switch (op) {
#define WRIT_COMPARE(Name, Mnemonic, T, Expression)                                                \
  case Opcode::Br##Name:                                                                           \
    return goesOnToCharge ? Opcode::Br##Name##Charge : op;                                         \
  case Opcode::Br##Name##Imm:                                                                      \
    return goesOnToCharge ? Opcode::Br##Name##ImmCharge : op;
#define WRIT_FLOAT_COMPARE(Name, Mnemonic, T, Expression)                                          \
  case Opcode::Br##Name:                                                                           \
    return goesOnToCharge ? Opcode::Br##Name##Charge : op;
#include "jit/interp/Bytecode.def"
  case Opcode::Jump:
    return Opcode::JumpCharge;
  default:
    return op;
  }
}

/// Words that an op reads first and second, for `Link`; none if it reads fewer, or a
/// pair cannot link them.
static std::pair<uint32_t, uint32_t> linkedWords(const Cell &cell, Format format) {
  switch (format) {
  case Format::DS:
  case Format::DSI:
  case Format::Load:
    return {cell.b, none};
  case Format::DSS:
    return {cell.b, cell.c};
  case Format::SSJ:
  case Format::Store:
    return {cell.a, cell.b};
  case Format::SHJ:
  case Format::StoreImm:
    return {cell.a, none};
  case Format::StoreAt:
    return {none, cell.a};
  default:
    return {none, none};
  }
}

static bool hasResult(Format format) {
  return format == Format::DS || format == Format::DSS || format == Format::DSI ||
         format == Format::DI || format == Format::Load || format == Format::LoadAt ||
         format == Format::DSSS;
}

/// The pair of the cells at `first` and behind it, or the op itself.
static Opcode pairAt(const Cell *first, Opcode firstOp, Opcode secondOp) {
  auto [x, y] = linkedWords(first[1], opInfo(secondOp).format);
  if (hasResult(opInfo(firstOp).format)) {
    if (first->a == x)
      if (Opcode pair = pairOf(firstOp, secondOp, Link::First); pair != firstOp)
        return pair;
    if (first->a == y)
      if (Opcode pair = pairOf(firstOp, secondOp, Link::Second); pair != firstOp)
        return pair;
  }
  return pairOf(firstOp, secondOp, Link::None);
}

/// Pays charges by the branches that lead to them.
void FunctionEmitter::joinCharges(uint32_t begin) {
  auto opAt = [&](uint32_t cell) {
    return cell - begin < opcodes.size() ? opcodes[cell - begin] : Opcode::Data;
  };
  for (const Jump &jump : jumps) {
    if (jump.entry != none || opAt(blockCells[jump.block]) != Opcode::Charge)
      continue;
    Opcode &op = opcodes[jump.cell - begin];
    op = withCharge(op, opAt(jump.cell + 1) == Opcode::Charge);
  }
}

/// Goes from the end to the beginning, and knows from each op on how much pairs save.
void FunctionEmitter::choosePairs(uint32_t begin) {
  opStarts.clear();
  for (uint32_t i = 0; i < opcodes.size();) {
    opStarts.push_back(i);
    Format format = opInfo(opcodes[i]).format;
    i += format == Format::SwitchTable ? switchCells(code.cells[begin + i]) : cellsOf(format);
  }
  // What is saved from the next op on, and from the one after it.
  uint32_t savedFromNext = 0, savedFromSecond = 0;
  for (size_t k = opStarts.size(); k-- > 0;) {
    uint32_t i = opStarts[k], saved = savedFromNext;
    Opcode chosen = opcodes[i];
    if (k + 1 < opStarts.size() && opStarts[k + 1] == i + 1) {
      Opcode pair = pairAt(&code.cells[begin + i], opcodes[i], opcodes[i + 1]);
      uint32_t savedByPair = 0;
      if (isPair(pair))
        savedByPair = savedFromSecond + (pairInfo(pair).link == Link::None ? 4 : 5);
      if (savedByPair > saved) {
        chosen = pair;
        saved = savedByPair;
      }
    }
    savedFromSecond = savedFromNext;
    savedFromNext = saved;
    // The second op of a pair keeps its own handler, for those that begin there.
    code.cells[begin + i].handler = handlerOf(chosen);
  }
}
