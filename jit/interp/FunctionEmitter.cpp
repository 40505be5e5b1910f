//===- FunctionEmitter.cpp - Cells, operands and moves --------------------===//
#include "jit/interp/FunctionEmitter.h"

#include "jit/interp/Pairs.h"
#include "mlir-dialect/IR/Position.h"

#include "mlir/IR/Location.h"

#include <cstring>
#include <fmt/format.h>

using namespace mlir;
using namespace writ;
using namespace writ::interp;

/// Words beyond this cannot be named by an op; they go through scratch words.
static constexpr uint32_t lastNearWord = 0xffff;

//===----------------------------------------------------------------------===//
// Cells
//===----------------------------------------------------------------------===//

Cell &FunctionEmitter::put(Opcode opcode) {
  Cell cell;
  cell.extra[0] = cell.extra[1] = cell.data[0] = cell.data[1] = 0;
  code.cells.push_back(cell);
  opcodes.push_back(opcode);
  return code.cells.back();
}

Cell &FunctionEmitter::putData() { return put(Opcode::Data); }

Cell &FunctionEmitter::putABC(Opcode opcode, uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  Cell &cell = put(opcode);
  cell.a = uint16_t(a);
  cell.b = uint16_t(b);
  cell.c = uint16_t(c);
  cell.d = uint16_t(d);
  return cell;
}

Cell &FunctionEmitter::putImm(Opcode opcode, uint32_t a, uint32_t b, uint32_t imm) {
  Cell &cell = put(opcode);
  cell.a = uint16_t(a);
  cell.b = uint16_t(b);
  cell.uimm = imm;
  return cell;
}

uint32_t writ::interp::offsetOf(Operation *op) { return contract::byteOffset(op); }

/// The next cell may trap.
void FunctionEmitter::markPosition() { code.positions.push_back({here(), offsetOf(op->op)}); }

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

const PlannedConstant *FunctionEmitter::constantOf(uint32_t id) const {
  const PlannedValue &value = plan.values[id];
  return value.home == Home::Constant ? &plan.constants[value.index] : nullptr;
}

bool FunctionEmitter::isImmediate(uint32_t number) const {
  return constantOf(operandId(number)) && plan.takesImmediate(*op, number, op->kind);
}

int64_t FunctionEmitter::immediateOf(uint32_t number) const {
  return plan.constantFor(*op, number);
}

void FunctionEmitter::noteRead(uint32_t id) {
  const PlannedValue &value = plan.values[id];
  regions.noteRead(plan.wordOf(value), value.value, value.isBlockArgument ? none : value.def);
}

/// A word that an op can name and that holds what `word` does.
uint32_t FunctionEmitter::readWord(uint32_t word, uint32_t scratch) {
  if (word <= lastNearWord)
    return word;
  uint32_t near = plan.scratchWord(scratch);
  putImm(Opcode::FarLoad, near, 0, word);
  return near;
}

/// A word that an op can name and that holds the value.
uint32_t FunctionEmitter::read(uint32_t id, uint32_t scratch) {
  if (const PlannedConstant *constant = constantOf(id)) {
    if (constant->word != none)
      return constant->word;
    uint32_t word = plan.scratchWord(scratch);
    moveConstant(word, *constant);
    return word;
  }
  noteRead(id);
  return readWord(plan.wordOf(plan.values[id]), scratch);
}

/// The word that the op is to write for the value.
uint32_t FunctionEmitter::write(uint32_t id) {
  uint32_t word = plan.wordOf(plan.values[id]);
  regions.noteWrite(word);
  if (word <= lastNearWord)
    return word;
  farWrite = word;
  return plan.scratchWord(0);
}

void FunctionEmitter::finishWrite() {
  if (farWrite == none)
    return;
  putImm(Opcode::FarStore, plan.scratchWord(0), 0, farWrite);
  farWrite = none;
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

void FunctionEmitter::move(uint32_t to, uint32_t from) {
  if (to == from)
    return;
  if (to <= lastNearWord) {
    if (from <= lastNearWord)
      putABC(Opcode::Mov, to, from);
    else
      putImm(Opcode::FarLoad, to, 0, from);
    return;
  }
  putImm(Opcode::FarStore, readWord(from, 0), 0, to);
}

void FunctionEmitter::moveConstant(uint32_t to, const PlannedConstant &constant) {
  uint32_t word = to <= lastNearWord ? to : plan.scratchWord(0);
  uint64_t bits = constant.bits;
  if (bits == uint32_t(bits)) {
    putImm(Opcode::ConstU32, word, 0, uint32_t(bits));
  } else if (int64_t(bits) == int32_t(bits)) {
    putImm(Opcode::ConstS32, word, 0, uint32_t(bits));
  } else {
    putABC(Opcode::Const64, word);
    Cell &data = putData();
    data.data[0] = uint32_t(bits);
    data.data[1] = uint32_t(bits >> 32);
  }
  if (word != to)
    putImm(Opcode::FarStore, word, 0, to);
}

void FunctionEmitter::moveValue(uint32_t to, uint32_t id) {
  const PlannedConstant *constant = constantOf(id);
  if (constant && constant->word == none)
    return moveConstant(to, *constant);
  if (constant)
    return move(to, constant->word);
  noteRead(id);
  move(to, plan.wordOf(plan.values[id]));
}

/// All at once: each reads what was there before.
void FunctionEmitter::moveAll(const std::vector<Move> &moves) {
  wordMoves.clear();
  for (const Move &m : moves) {
    uint32_t from = m.from;
    if (from == none) {
      if (constantOf(m.id))
        continue; // Below, when nothing reads the target any more.
      noteRead(m.id);
      from = plan.wordOf(plan.values[m.id]);
    }
    wordMoves.push_back({m.to, from});
  }
  for (const WordMove &m : moveOrder.order(wordMoves, plan.scratchWord(3)))
    move(m.to, m.from);
  for (const Move &m : moves)
    if (m.from == none && constantOf(m.id))
      moveValue(m.to, m.id);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// The metered frame is taken, the locals are cleared and the constants put in place.
void FunctionEmitter::emitEnter(uint64_t bytes) {
  hasEntered = true;
  frameBytes = bytes;
  putImm(Opcode::Enter, plan.numParams, 0, uint32_t(bytes));
  Cell &data = putData();
  data.data[0] = plan.numSlots - plan.numParams;
  data.data[1] = code.functions.back().roomWords;
  for (uint32_t slot = plan.numParams; slot < plan.numSlots; ++slot)
    regions.noteWrite(slot);
  for (const PlannedConstant &constant : plan.constants)
    if (constant.word != none) {
      moveConstant(constant.word, constant);
      code.functions.back().constants.push_back({constant.word, constant.bits});
    }
  // Parameters as values: what the slots hold now.
  for (uint32_t i = 0; i < plan.numParams; ++i) {
    const PlannedValue &argument = plan.values[plan.blocks.front().firstArgument + i];
    if (argument.uses == 0)
      continue;
    regions.noteRead(i, {}, 0);
    regions.noteWrite(argument.index);
    move(argument.index, i);
  }
}

/// A function that does not begin with a `contract.enter` of its own gets one that takes nothing.
void FunctionEmitter::emitPrologue() {
  hasEntered = false;
  frameBytes = 0;
  for (uint32_t i = plan.blocks.front().begin;; ++i) {
    OpKind kind = plan.ops[i].kind;
    if (kind == OpKind::Enter)
      return;
    if (kind != OpKind::Constant && kind != OpKind::Charge && kind != OpKind::Cost)
      break;
  }
  emitEnter(0);
}

Result<void> FunctionEmitter::emitOp() {
  if (op->kind == OpKind::LocalSet && op->isSkipped) {
    // The value was made in the slot. Before this region? Then its name is the value's.
    const PlannedValue &value = valueOf(0);
    if (value.set != none && regions.isBefore(value.def))
      regions.noteRead(value.index, value.value, value.def);
    return {};
  }
  if (op->isSkipped)
    return {};
  if (op->kind == OpKind::Enter) {
    uint64_t bytes = cast<contract::EnterOp>(op->op).getBytes();
    if (hasEntered || bytes > UINT32_MAX)
      return internalError("interpreter: contract.enter is not at the start, or too large");
    markPosition();
    regions.noteEffect();
    emitEnter(bytes);
    return {};
  }
  if (hasEffect(op->kind))
    regions.noteEffect();
  if (!emitPlain() && !emitState() && !emitControl())
    return internalError("interpreter: " + op->op->getName().getStringRef().str() +
                         ": operand types that no core op has");
  finishWrite();
  return {};
}

Result<void> FunctionEmitter::emit(contract::FuncOp function, uint32_t index) {
  func = function;
  Function &entry = code.functions.emplace_back();
  entry.code = &code;
  entry.index = index;
  entry.begin = firstCell = here();
  entry.frameWords = plan.frameWords;
  entry.roomWords = plan.calleeFrame() + plan.maxArguments;
  entry.params = uint32_t(func.getArgumentTypes().size());
  entry.results = uint32_t(func.getResultTypes().size());
  if (plan.scratchWord(numScratch + maxFrameConstants) > lastNearWord)
    return Error{ErrorKind::Limit,
                 fmt::format("interpreter: function {}: {} locals or results; at most {} can be "
                             "addressed",
                             index, plan.ownWords, lastNearWord - numScratch - maxFrameConstants)};
  regions.beginFunction(entry.roomWords);
  opcodes.clear();
  jumps.clear();
  blockCells.assign(plan.blocks.size(), 0);
  emitPrologue();
  for (block = 0; block < plan.blocks.size(); ++block) {
    blockCells[block] = here();
    regions.endRegion();
    for (uint32_t i = plan.blocks[block].begin; i < plan.blocks[block].end; ++i) {
      op = &plan.ops[i];
      if (Result<void> done = emitOp(); !done)
        return done;
    }
  }
  regions.endRegion();
  entry.end = here();
  patchJumps();
  joinCharges(entry.begin);
  choosePairs(entry.begin);
  return {};
}

void FunctionEmitter::patchJumps() {
  for (const Jump &jump : jumps) {
    auto distance = int32_t(blockCells[jump.block] - jump.cell);
    if (jump.entry == none) {
      code.cells[jump.cell].imm = distance;
      continue;
    }
    auto *table = reinterpret_cast<char *>(&code.cells[jump.cell + 1]);
    std::memcpy(table + 4 * size_t(jump.entry), &distance, 4);
  }
}
